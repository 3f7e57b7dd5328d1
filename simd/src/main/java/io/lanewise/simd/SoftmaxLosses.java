package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.EQ;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Softmax and cross-entropy, of labels and of targets; see {@link Losses}. */
final class SoftmaxLosses {
  /** The vector from LENGTH - j on is 1 in lane j and 0 in the others. */
  private static final float[] ONE = new float[2 * LENGTH];

  static {
    ONE[LENGTH] = 1f;
  }

  private SoftmaxLosses() {}

  static void ofLabels(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    Scratch scratch = Scratch.take();
    int rows = Scratch.rows(z.columns());
    for (int i = 0; i < z.rows(); i += rows) {
      int some = Math.min(rows, z.rows() - i);
      Matrix zs = scratch.part(0, z, i, some);
      logSums(zs, scratch);
      labelLosses(zs, labels, labelsOff + i, scratch.part(1, rowLoss, i, some), scratch);
      if (dz != null) {
        labelGradient(labels, labelsOff + i, scale, scratch.part(2, dz, i, some), scratch);
      }
    }
    scratch.give();
  }

  private static void labelLosses(
      Matrix zs, int[] labels, int labelsOff, Matrix rowLosses, Scratch scratch) {
    float[] z = zs.array();
    float[] rowLoss = rowLosses.array();
    int row = zs.off();
    int ldz = zs.ld();
    int lossOff = rowLosses.off();
    int m = zs.rows();
    for (int i = 0; i < m; i++) {
      float fromMax = scratch.maxima[i] - z[row + i * ldz + labels[labelsOff + i]];
      rowLoss[lossOff + i] = scratch.logs[i] + fromMax;
    }
  }

  /**
   * Of each row the maximum, the sum of e^(z - max) less 1 and the logarithm of the sum, and those
   * exponentials in the block.
   */
  static void logSums(Matrix zs, Scratch scratch) {
    int m = zs.rows();
    int n = zs.columns();
    float[] block = scratch.block(n);
    float[] tails = scratch.sums;
    if (n <= LENGTH) {
      Reductions.shortExponentials(zs, scratch);
      Pass.rows(Pass.TAILS, n, zs, block, scratch);
    } else {
      float[] z = zs.array();
      int zOff = zs.off();
      int ldz = zs.ld();
      for (int i = 0; i < m; i++) {
        int row = zOff + i * ldz;
        float max = Reductions.max(n, z, row);
        scratch.maxima[i] = max;
        scratch.max = max;
        scratch.except = max;
        int count = Reductions.exponentials(n, z, row, block, i * n, scratch);
        tails[i] = (count - 1f) + Lanes.sum(scratch.lanes);
      }
    }
    Arrays.fill(tails, m, Scratch.wholeVectors(m), 0f);
    System.arraycopy(tails, 0, scratch.logs, 0, tails.length);
    Pass.of(Function.LOG1P).run(Scratch.wholeVectors(m), scratch.logs);
  }

  /** How many equal the maximum, less 1, and the sum of the other exponentials. */
  static void shortTails(int n, Matrix zs, float[] block, Scratch scratch) {
    float[] maxima = scratch.maxima;
    float[] tails = scratch.sums;
    float[] z = zs.array();
    int zOff = zs.off();
    int ldz = zs.ld();
    int m = zs.rows();
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, z, zOff + i * ldz, some);
      VectorMask<Float> isMax = v.compare(EQ, maxima[i]).and(some);
      FloatVector e = zero.blend(fromArray(FLOAT, block, i * n), some).blend(0f, isMax);
      // A count of at most 16 is exact in any order.
      tails[i] = (isMax.trueCount() - 1f) + Lanes.sum(e).lane(0);
    }
  }

  /** dz = (p - y) scale, y being 1 at the label and p - 0 = p. */
  private static void labelGradient(
      int[] labels, int labelsOff, float scale, Matrix dzs, Scratch scratch) {
    float[] dz = dzs.array();
    int dzOff = dzs.off();
    int lddz = dzs.ld();
    int m = dzs.rows();
    int n = dzs.columns();
    float[] block = scratch.block(n);
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    if (whole == 0) {
      // The label is in this vector: no quotient of its own.
      float[] sums = scratch.sums;
      for (int i = 0; i < m; i++) {
        FloatVector y = fromArray(FLOAT, ONE, LENGTH - labels[labelsOff + i]);
        FloatVector p = fromArray(FLOAT, block, i * n).div(1f + sums[i]);
        p.sub(y).mul(scale).intoArray(dz, dzOff + i * lddz, rest);
      }
      return;
    }
    for (int i = 0; i < m; i++) {
      float sum = 1f + scratch.sums[i];
      int row = dzOff + i * lddz;
      int j = 0;
      for (; j < whole; j += LENGTH) {
        fromArray(FLOAT, block, i * n + j).div(sum).mul(scale).intoArray(dz, row + j);
      }
      if (j < n) {
        fromArray(FLOAT, block, i * n + j).div(sum).mul(scale).intoArray(dz, row + j, rest);
      }
      int label = labels[labelsOff + i];
      dz[row + label] = (block[i * n + label] / sum - 1f) * scale;
    }
  }

  /** A block of rows. */
  static void ofTargets(
      Matrix zs, Matrix ys, float scale, Matrix dzs, Matrix rowLosses, Scratch scratch) {
    logSums(zs, scratch);
    int n = zs.columns();
    if (n <= LENGTH) {
      Pass.shortOfTargets(zs, ys, scale, dzs, rowLosses, scratch);
      return;
    }
    float[] z = zs.array();
    float[] y = ys.array();
    float[] rowLoss = rowLosses.array();
    int zRow = zs.off();
    int yRow = ys.off();
    for (int i = 0; i < zs.rows(); i++) {
      scratch.max = scratch.maxima[i];
      targetLogs(n, z, zRow, y, yRow, scratch.logs[i], scratch);
      rowLoss[rowLosses.off() + i] = Lanes.sum(scratch.lanes);
      if (dzs != null) {
        float total = Reductions.sum(n, y, yRow, scratch.lanes);
        softmaxGradient(i, total, scale, y, yRow, dzs, scratch);
      }
      zRow += zs.ld();
      yRow += ys.ld();
    }
  }

  static void shortOfTargets(
      Matrix zs, Matrix ys, float scale, Matrix dzs, Matrix rowLosses, Scratch scratch) {
    float[] z = zs.array();
    float[] y = ys.array();
    float[] dz = dzs == null ? null : dzs.array();
    float[] rowLoss = rowLosses.array();
    int zOff = zs.off();
    int ldz = zs.ld();
    int yOff = ys.off();
    int ldy = ys.ld();
    int dzOff = dzs == null ? 0 : dzs.off();
    int lddz = dzs == null ? 0 : dzs.ld();
    int rowLossOff = rowLosses.off();
    int m = zs.rows();
    int n = zs.columns();
    float[] block = scratch.block(n);
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, z, zOff + i * ldz, some);
      FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy, some);
      FloatVector log = FloatVector.broadcast(FLOAT, scratch.maxima[i]).sub(v);
      FloatVector term = log.add(scratch.logs[i]).mul(vy).blend(0f, vy.compare(EQ, 0f));
      // A lane starts from +0, which -0 would not change.
      rowLoss[rowLossOff + i] = Lanes.sum(zero.add(term)).lane(0);
      if (dz != null) {
        FloatVector p = fromArray(FLOAT, block, i * n).div(1f + scratch.sums[i]);
        FloatVector d = p.fma(Lanes.sum(zero.add(vy)), vy.neg());
        d.mul(scale).intoArray(dz, dzOff + i * lddz, some);
      }
    }
  }

  private static void targetLogs(
      int n, float[] z, int zRow, float[] y, int yRow, float logSum, Scratch scratch) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      targetLogs(first, n, z, zRow, y, yRow, logSum, scratch);
    }
  }

  private static void targetLogs(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float logSum, Scratch scratch) {
    float max = scratch.max;
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector vy = fromArray(FLOAT, y, yRow + j);
      FloatVector log = FloatVector.broadcast(FLOAT, max).sub(fromArray(FLOAT, z, zRow + j));
      sum = sum.add(log.add(logSum).mul(vy).blend(0f, vy.compare(EQ, 0f)));
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      // A target of 0 past the row: the term is +0, and a lane is never -0.
      FloatVector vy = fromArray(FLOAT, y, yRow + j, rest);
      FloatVector log = FloatVector.broadcast(FLOAT, max).sub(fromArray(FLOAT, z, zRow + j, rest));
      sum = sum.add(log.add(logSum).mul(vy).blend(0f, vy.compare(EQ, 0f)));
    }
    sum.intoArray(scratch.lanes, first);
  }

  private static void softmaxGradient(
      int i, float total, float scale, float[] y, int yRow, Matrix dzs, Scratch scratch) {
    float[] dz = dzs.array();
    int dzRow = dzs.at(i);
    int n = dzs.columns();
    float[] block = scratch.block(n);
    int blockRow = i * n;
    float sum = 1f + scratch.sums[i];
    FloatVector all = FloatVector.broadcast(FLOAT, total);
    int j = 0;
    for (; j <= n - LENGTH; j += LENGTH) {
      FloatVector p = fromArray(FLOAT, block, blockRow + j).div(sum);
      p.fma(all, fromArray(FLOAT, y, yRow + j).neg()).mul(scale).intoArray(dz, dzRow + j);
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      FloatVector p = fromArray(FLOAT, block, blockRow + j).div(sum);
      FloatVector vy = fromArray(FLOAT, y, yRow + j, rest);
      p.fma(all, vy.neg()).mul(scale).intoArray(dz, dzRow + j, rest);
    }
  }
}
