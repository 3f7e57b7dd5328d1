package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses of differences, z - y: squared, absolute and Huber's. The gradient may overwrite z, so
 * the loss of all the rows is taken first.
 */
final class DifferenceLosses {
  private DifferenceLosses() {}

  static void absoluteError(
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
    absoluteTerms(m, n, z, zOff, ldz, y, yOff, ldy, block);
    Rows.sums(m, n, block, scratch.lanes, rowLoss, rowLossOff);
    if (dz != null) {
      absoluteGradient(m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz);
    }
  }

  private static void absoluteTerms(
      int m, int n, float[] z, int zOff, int ldz, float[] y, int yOff, int ldy, float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector size = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j)).abs();
        size.intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector size = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j, rest)).abs();
        size.intoArray(block, i * n + j);
      }
    }
  }

  /** What is neither more nor less than 0 is its own sign: a 0, or NaN. */
  private static void absoluteGradient(
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
      int lddz) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector d = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j));
        d.blend(1f, d.compare(GT, 0f))
            .blend(-1f, d.compare(LT, 0f))
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector d = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j, rest));
        d.blend(1f, d.compare(GT, 0f))
            .blend(-1f, d.compare(LT, 0f))
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j, rest);
      }
    }
  }

  static void huber(
      float delta,
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
    huberTerms(m, n, delta, z, zOff, ldz, y, yOff, ldy, block);
    Rows.sums(m, n, block, scratch.lanes, rowLoss, rowLossOff);
    if (dz != null) {
      huberGradient(m, n, delta, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz);
    }
  }

  /** c (size - c / 2), c being size but no more than delta. */
  private static void huberTerms(
      int m,
      int n,
      float delta,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    FloatVector half = FloatVector.broadcast(FLOAT, -0.5f);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector size = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j)).abs();
        FloatVector c = size.blend(delta, size.compare(GT, delta));
        c.fma(half, size).mul(c).intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector size = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j, rest)).abs();
        FloatVector c = size.blend(delta, size.compare(GT, delta));
        c.fma(half, size).mul(c).intoArray(block, i * n + j);
      }
    }
  }

  private static void huberGradient(
      int m,
      int n,
      float delta,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector d = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j));
        d.blend(delta, d.compare(GT, delta))
            .blend(-delta, d.compare(LT, -delta))
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector d = v.sub(fromArray(FLOAT, y, yOff + i * ldy + j, rest));
        d.blend(delta, d.compare(GT, delta))
            .blend(-delta, d.compare(LT, -delta))
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j, rest);
      }
    }
  }

  static void squaredError(
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
    if (n <= LENGTH) {
      shortSquares(m, n, z, zOff, ldz, y, yOff, ldy, rowLoss, rowLossOff);
    } else {
      for (int i = 0; i < m; i++) {
        for (int first = 0; first < VIRTUAL; first += LENGTH) {
          squares(first, n, z, zOff + i * ldz, y, yOff + i * ldy, scratch.lanes);
        }
        rowLoss[rowLossOff + i] = Lanes.sum(scratch.lanes);
      }
    }
    if (dz != null) {
      squaredErrorGradient(m, n, z, zOff, ldz, y, yOff, ldy, 2f * scale, dz, dzOff, lddz);
    }
  }

  private static void shortSquares(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float[] rowLoss,
      int rowLossOff) {
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, z, zOff + i * ldz, some);
      FloatVector d = v.sub(fromArray(FLOAT, y, yOff + i * ldy, some));
      // fma(d, d, 0)
      rowLoss[rowLossOff + i] = Lanes.sum(d.mul(d)).lane(0);
    }
  }

  private static void squares(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector d = fromArray(FLOAT, z, zRow + j).sub(fromArray(FLOAT, y, yRow + j));
      sum = d.fma(d, sum);
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      FloatVector v = fromArray(FLOAT, z, zRow + j, rest);
      // 0 past the row: a sum of squares, never -0, stays what it is.
      FloatVector d = v.sub(fromArray(FLOAT, y, yRow + j, rest));
      sum = d.fma(d, sum);
    }
    sum.intoArray(lanes, first);
  }

  private static void squaredErrorGradient(
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
      int lddz) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        v.sub(vy).mul(scale).intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        v.sub(vy).mul(scale).intoArray(dz, dzOff + i * lddz + j, rest);
      }
    }
  }
}
