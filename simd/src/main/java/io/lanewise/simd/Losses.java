package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.EQ;

import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.ScalarKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses, a block of rows at a time, in the order of operations of the scalar kernels. The
 * gradient may overwrite z, so the losses of a block are taken first.
 */
final class Losses {
  private Losses() {}

  static void crossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    Scratch scratch = Scratch.get();
    int rows = Scratch.rows(n);
    for (int i = 0; i < m; i += rows) {
      int some = Math.min(rows, m - i);
      int row = zOff + i * ldz;
      int label = labelsOff + i;
      logSums(some, n, z, row, ldz, scratch);
      for (int r = 0; r < some; r++) {
        float fromMax = scratch.maxima[r] - z[row + r * ldz + labels[label + r]];
        rowLoss[rowLossOff + i + r] = scratch.logs[r] + fromMax;
      }
      if (dz != null) {
        labelGradient(some, n, labels, label, scale, dz, dzOff + i * lddz, lddz, scratch);
      }
    }
  }

  /**
   * Of each row the maximum, the sum of e^(z - max) less 1 and the logarithm of the sum, and those
   * exponentials in the block.
   */
  private static void logSums(int m, int n, float[] z, int zOff, int ldz, Scratch scratch) {
    float[] block = scratch.block(n);
    float[] tails = scratch.sums;
    if (n <= LENGTH) {
      Rows.shortExponentials(m, n, z, zOff, ldz, scratch);
      shortTails(m, n, z, zOff, ldz, block, scratch.maxima, tails);
    } else {
      for (int i = 0; i < m; i++) {
        int row = zOff + i * ldz;
        float max = Rows.max(n, z, row);
        scratch.maxima[i] = max;
        int count = Rows.exponentials(n, z, row, max, max, block, i * n, scratch);
        tails[i] = (count - 1f) + Lanes.sum(scratch.lanes);
      }
    }
    Arrays.fill(tails, m, Scratch.wholeVectors(m), 0f);
    System.arraycopy(tails, 0, scratch.logs, 0, tails.length);
    Pass.run(Pass.LOG1P, Scratch.wholeVectors(m), scratch.logs);
  }

  /** How many equal the maximum, less 1, and the sum of the other exponentials. */
  private static void shortTails(
      int m, int n, float[] z, int zOff, int ldz, float[] block, float[] maxima, float[] tails) {
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
      int m,
      int n,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      Scratch scratch) {
    float[] block = scratch.block(n);
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
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

  static void loss(
      LossFunction loss,
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    if (loss.kernel() == LossKernel.SOFTMAX_BINARY_CROSS_ENTROPY) {
      // Nobody trains with it in earnest, so one piece of code serves both.
      ScalarKernels.INSTANCE.loss(
          loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    Scratch scratch = Scratch.get();
    int rows = Scratch.rows(n);
    for (int i = 0; i < m; i += rows) {
      int some = Math.min(rows, m - i);
      int zRow = zOff + i * ldz;
      int yRow = yOff + i * ldy;
      int dzRow = dzOff + i * lddz;
      int lossRow = rowLossOff + i;
      switch (loss.kernel()) {
        case SOFTMAX_CROSS_ENTROPY ->
            softmaxCrossEntropy(
                some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss, lossRow,
                scratch);
        case SIGMOID_BINARY_CROSS_ENTROPY -> {
          float[] weights = loss.positiveWeights();
          if (weights != null) {
            ElementLosses.weightedBinaryCrossEntropy(
                weights, some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss,
                lossRow, scratch);
          } else {
            ElementLosses.sigmoidBinaryCrossEntropy(
                some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss, lossRow,
                scratch);
          }
        }
        case ABSOLUTE_ERROR ->
            DifferenceLosses.absoluteError(
                some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss, lossRow,
                scratch);
        case HUBER ->
            DifferenceLosses.huber(
                loss.delta(),
                some,
                n,
                z,
                zRow,
                ldz,
                y,
                yRow,
                ldy,
                scale,
                dz,
                dzRow,
                lddz,
                rowLoss,
                lossRow,
                scratch);
        case SQUARED_ERROR ->
            DifferenceLosses.squaredError(
                some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss, lossRow,
                scratch);
        case SIGMOID_CROSS_ENTROPY ->
            ElementLosses.sigmoidCrossEntropy(
                some, n, z, zRow, ldz, y, yRow, ldy, scale, dz, dzRow, lddz, rowLoss, lossRow,
                scratch);
        case SOFTMAX_BINARY_CROSS_ENTROPY -> throw new AssertionError(loss);
      }
    }
  }

  private static void softmaxCrossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff,
      Scratch scratch) {
    logSums(m, n, z, zOff, ldz, scratch);
    if (n <= LENGTH) {
      shortSoftmaxCrossEntropy(
          m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff, scratch);
      return;
    }
    for (int i = 0; i < m; i++) {
      int zRow = zOff + i * ldz;
      int yRow = yOff + i * ldy;
      targetLogs(n, z, zRow, y, yRow, scratch.maxima[i], scratch.logs[i], scratch.lanes);
      rowLoss[rowLossOff + i] = Lanes.sum(scratch.lanes);
      if (dz != null) {
        float total = Rows.sum(n, y, yRow, scratch.lanes);
        float sum = 1f + scratch.sums[i];
        softmaxGradient(
            n, scratch.block(n), i * n, y, yRow, sum, total, scale, dz, dzOff + i * lddz);
      }
    }
  }

  private static void shortSoftmaxCrossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff,
      Scratch scratch) {
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
      int n, float[] z, int zRow, float[] y, int yRow, float max, float logSum, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      targetLogs(first, n, z, zRow, y, yRow, max, logSum, lanes);
    }
  }

  private static void targetLogs(
      int first,
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float max,
      float logSum,
      float[] lanes) {
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
    sum.intoArray(lanes, first);
  }

  private static void softmaxGradient(
      int n,
      float[] block,
      int blockRow,
      float[] y,
      int yRow,
      float sum,
      float total,
      float scale,
      float[] dz,
      int dzRow) {
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
