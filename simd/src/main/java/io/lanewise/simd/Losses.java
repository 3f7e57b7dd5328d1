package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;

import io.lanewise.kernel.FloatMath;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.ScalarKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses, row by row, in the order of operations of the scalar kernels. The gradient may
 * overwrite z, so a row's loss is taken first.
 *
 * <p>As in {@link Rows}, a reduction runs once for each vector of the 16 virtual lanes.
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
    int done = n <= LENGTH ? Rows.rowsOfWholeLoads(m, z, zOff, ldz) : 0;
    if (done > 0) {
      crossEntropyOfShortRows(
          done, n, z, zOff, ldz, labels, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
    }
    float[] lanes = Lanes.scratch();
    for (int i = done; i < m; i++) {
      int row = zOff + i * ldz;
      int label = labels[labelsOff + i];
      float max = Rows.max(n, z, row, lanes);
      float count = countEqual(n, z, row, max, lanes);
      float fromMax = max - z[row + label];
      if (dz == null) {
        float tail = (count - 1f) + otherExponentials(n, z, row, max, lanes);
        rowLoss[rowLossOff + i] = FloatMath.log1p(tail) + fromMax;
      } else {
        int dzRow = dzOff + i * lddz;
        float tail = (count - 1f) + storedExponentials(n, z, row, max, dz, dzRow, lanes);
        rowLoss[rowLossOff + i] = FloatMath.log1p(tail) + fromMax;
        labelGradient(n, label, 1f + tail, scale, dz, dzRow);
      }
    }
  }

  /** Rows of at most one vector, with whole loads as in {@link Rows}. */
  private static void crossEntropyOfShortRows(
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
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector nothing = FloatVector.broadcast(FLOAT, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(FLOAT);
    float[] lanes = Lanes.clearedScratch();
    for (int i = 0; i < m; i++) {
      int row = zOff + i * ldz;
      int label = labels[labelsOff + i];
      FloatVector v = fromArray(FLOAT, z, row);
      float max = Lanes.max(nothing.blend(v, some));
      float fromMax = max - z[row + label];
      VectorMask<Float> isMax = v.compare(EQ, max).and(some);
      // As in Rows: exp of 0 past the row.
      FloatVector d = zero.blend(v.sub(max), some);
      FloatVector e = zero.blend(LaneMath.exp(d), some);
      // A count of at most 16 is exact in any order.
      e.blend(0f, isMax).intoArray(lanes, 0);
      float tail = (isMax.trueCount() - 1f) + Lanes.sum(lanes);
      rowLoss[rowLossOff + i] = FloatMath.log1p(tail) + fromMax;
      if (dz != null) {
        FloatVector p = e.div(1f + tail);
        FloatVector dv = p.sub(1f, VectorMask.fromLong(FLOAT, 1L << label)).mul(scale);
        dv.intoArray(dz, dzOff + i * lddz, some);
      }
    }
  }

  /** Turns the exponentials in dz into (p - y) scale, y being 1 at the label and p - 0 = p. */
  private static void labelGradient(
      int n, int label, float sum, float scale, float[] dz, int dzRow) {
    float exponential = dz[dzRow + label];
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      fromArray(FLOAT, dz, dzRow + j).div(sum).mul(scale).intoArray(dz, dzRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector e = fromArray(FLOAT, dz, dzRow + whole, rest);
      e.div(sum).mul(scale).intoArray(dz, dzRow + whole, rest);
    }
    dz[dzRow + label] = (exponential / sum - 1f) * scale;
  }

  static void loss(
      LossKernel loss,
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
    if (loss == LossKernel.SOFTMAX_BINARY_CROSS_ENTROPY) {
      // Nobody trains with it in earnest, so one piece of code serves both.
      ScalarKernels.INSTANCE.loss(
          loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    float[] lanes = Lanes.scratch();
    for (int i = 0; i < m; i++) {
      int row = zOff + i * ldz;
      int yRow = yOff + i * ldy;
      int dzRow = dzOff + i * lddz;
      rowLoss[rowLossOff + i] =
          switch (loss) {
            case SOFTMAX_CROSS_ENTROPY ->
                softmaxCrossEntropy(n, z, row, y, yRow, scale, dz, dzRow, lanes);
            case SIGMOID_BINARY_CROSS_ENTROPY ->
                ElementLosses.sigmoidBinaryCrossEntropy(
                    n, z, row, y, yRow, scale, dz, dzRow, lanes);
            case SQUARED_ERROR ->
                ElementLosses.squaredError(n, z, row, y, yRow, scale, dz, dzRow, lanes);
            case SIGMOID_CROSS_ENTROPY ->
                ElementLosses.sigmoidCrossEntropy(n, z, row, y, yRow, scale, dz, dzRow, lanes);
            case SOFTMAX_BINARY_CROSS_ENTROPY -> throw new AssertionError(loss);
          };
    }
  }

  private static float softmaxCrossEntropy(
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float scale,
      float[] dz,
      int dzRow,
      float[] lanes) {
    float max = Rows.max(n, z, zRow, lanes);
    float count = countEqual(n, z, zRow, max, lanes);
    float tail = (count - 1f) + otherExponentials(n, z, zRow, max, lanes);
    float loss = targetLogs(n, z, zRow, y, yRow, max, FloatMath.log1p(tail), lanes);
    if (dz != null) {
      float total = Rows.sum(n, y, yRow, lanes);
      softmaxGradient(n, z, zRow, y, yRow, max, 1f + tail, total, scale, dz, dzRow);
    }
    return loss;
  }

  private static float targetLogs(
      int n, float[] z, int zRow, float[] y, int yRow, float max, float logSum, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      targetLogs(first, n, z, zRow, y, yRow, max, logSum, lanes);
    }
    return Lanes.sum(lanes);
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
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int j = first; j < n; j += VIRTUAL) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector log = FloatVector.broadcast(FLOAT, max).sub(v).add(logSum);
      FloatVector term = log.mul(vy).blend(0f, vy.compare(EQ, 0f));
      sum = whole ? sum.add(term) : sum.lanewise(ADD, term, rest);
    }
    sum.intoArray(lanes, first);
  }

  private static void softmaxGradient(
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float max,
      float sum,
      float total,
      float scale,
      float[] dz,
      int dzRow) {
    int whole = FLOAT.loopBound(n);
    if (whole > 0) {
      wholeSoftmaxGradient(whole, z, zRow, y, yRow, max, sum, total, scale, dz, dzRow);
    }
    for (int j = whole; j < n; j++) {
      float p = FloatMath.exp(z[zRow + j] - max) / sum;
      dz[dzRow + j] = Math.fma(p, total, -y[yRow + j]) * scale;
    }
  }

  private static void wholeSoftmaxGradient(
      int whole,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float max,
      float sum,
      float total,
      float scale,
      float[] dz,
      int dzRow) {
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector p = LaneMath.exp(fromArray(FLOAT, z, zRow + j).sub(max)).div(sum);
      FloatVector y0 = fromArray(FLOAT, y, yRow + j);
      p.fma(FloatVector.broadcast(FLOAT, total), y0.neg()).mul(scale).intoArray(dz, dzRow + j);
    }
  }

  /** How many equal the maximum. */
  static float countEqual(int n, float[] z, int zRow, float max, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      countEqual(first, n, z, zRow, max, lanes);
    }
    return Lanes.sum(lanes);
  }

  private static void countEqual(int first, int n, float[] z, int zRow, float max, float[] lanes) {
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int j = first; j < n; j += VIRTUAL) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector term = zero.blend(1f, v.compare(EQ, max));
      sum = whole ? sum.add(term) : sum.lanewise(ADD, term, rest);
    }
    sum.intoArray(lanes, first);
  }

  /** The sum of exp(z - max) where z is not the maximum. */
  static float otherExponentials(int n, float[] z, int zRow, float max, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      otherExponentials(first, n, z, zRow, max, lanes);
    }
    return Lanes.sum(lanes);
  }

  private static void otherExponentials(
      int first, int n, float[] z, int zRow, float max, float[] lanes) {
    int j = first;
    if (j <= n - LENGTH) {
      j = wholeOtherExponentials(first, n, z, zRow, max, lanes);
    }
    for (int l = first; j < n; j++, l++) {
      float v = z[zRow + j];
      lanes[l] += v == max ? 0f : FloatMath.exp(v - max);
    }
  }

  private static int wholeOtherExponentials(
      int first, int n, float[] z, int zRow, float max, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector v = fromArray(FLOAT, z, zRow + j);
      sum = sum.add(LaneMath.exp(v.sub(max)).blend(0f, v.compare(EQ, max)));
    }
    sum.intoArray(lanes, first);
    return j;
  }

  /** {@link #otherExponentials}, and all of them into dz: the gradient needs no second exp. */
  private static float storedExponentials(
      int n, float[] z, int zRow, float max, float[] dz, int dzRow, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      storedExponentials(first, n, z, zRow, max, dz, dzRow, lanes);
    }
    return Lanes.sum(lanes);
  }

  private static void storedExponentials(
      int first, int n, float[] z, int zRow, float max, float[] dz, int dzRow, float[] lanes) {
    int j = first;
    if (j <= n - LENGTH) {
      j = wholeStoredExponentials(first, n, z, zRow, max, dz, dzRow, lanes);
    }
    for (int l = first; j < n; j++, l++) {
      float v = z[zRow + j];
      float e = FloatMath.exp(v - max);
      dz[dzRow + j] = e;
      lanes[l] += v == max ? 0f : e;
    }
  }

  private static int wholeStoredExponentials(
      int first, int n, float[] z, int zRow, float max, float[] dz, int dzRow, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector v = fromArray(FLOAT, z, zRow + j);
      FloatVector e = LaneMath.exp(v.sub(max));
      e.intoArray(dz, dzRow + j);
      sum = sum.add(e.blend(0f, v.compare(EQ, max)));
    }
    sum.intoArray(lanes, first);
    return j;
  }
}
