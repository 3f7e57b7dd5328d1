package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses whose terms each come from one element of a row: no softmax. All but the squared error
 * go over a block of rows in passes, through {@link Scratch}: a function of {@link LaneMath} is
 * alone in its loop, and the loops with masks have none, where C2 would box its vectors.
 *
 * <p>The gradient may overwrite z, so the loss of all the rows is taken first.
 */
final class ElementLosses {
  private ElementLosses() {}

  static void sigmoidBinaryCrossEntropy(
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
    int whole = Scratch.wholeVectors(m * n);
    negatedSizes(m, n, z, zOff, ldz, block);
    Pass.run(Pass.EXP, whole, block);
    Pass.run(Pass.LOG1P, whole, block);
    binaryTerms(m, n, z, zOff, ldz, y, yOff, ldy, block);
    Rows.sums(m, n, block, scratch.lanes, rowLoss, rowLossOff);
    if (dz != null) {
      copy(m, n, z, zOff, ldz, block);
      Pass.run(Pass.SIGMOID, whole, block);
      binaryGradient(m, n, block, y, yOff, ldy, scale, dz, dzOff, lddz);
    }
  }

  private static void negatedSizes(int m, int n, float[] z, int zOff, int ldz, float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        v.abs().neg().intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        v.abs().neg().intoArray(block, i * n + j);
      }
    }
  }

  private static void copy(int m, int n, float[] z, int zOff, int ldz, float[] block) {
    for (int i = 0; n > 0 && i < m; i++) {
      System.arraycopy(z, zOff + i * ldz, block, i * n, n);
    }
  }

  /** block = fma(-z, y, max(z, 0)) + block. */
  private static void binaryTerms(
      int m, int n, float[] z, int zOff, int ldz, float[] y, int yOff, int ldy, float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        v.neg()
            .fma(vy, zero.blend(v, v.compare(GT, 0f)))
            .add(fromArray(FLOAT, block, i * n + j))
            .intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        v.neg()
            .fma(vy, zero.blend(v, v.compare(GT, 0f)))
            .add(fromArray(FLOAT, block, i * n + j))
            .intoArray(block, i * n + j);
      }
    }
  }

  private static void binaryGradient(
      int m,
      int n,
      float[] block,
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
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        fromArray(FLOAT, block, i * n + j).sub(vy).mul(scale).intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        fromArray(FLOAT, block, i * n + j)
            .sub(vy)
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j, rest);
      }
    }
  }

  static void sigmoidCrossEntropy(
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
    int whole = Scratch.wholeVectors(m * n);
    negated(m, n, z, zOff, ldz, block);
    Pass.run(Pass.SOFTPLUS, whole, block);
    for (int i = 0; i < m; i++) {
      rowLoss[rowLossOff + i] = Rows.dot(n, y, yOff + i * ldy, block, i * n, scratch.lanes);
    }
    if (dz != null) {
      negated(m, n, z, zOff, ldz, block);
      Pass.run(Pass.SIGMOID, whole, block);
      sigmoidGradient(m, n, block, y, yOff, ldy, scale, dz, dzOff, lddz);
    }
  }

  private static void negated(int m, int n, float[] z, int zOff, int ldz, float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        v.neg().intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        v.neg().intoArray(block, i * n + j);
      }
    }
  }

  private static void sigmoidGradient(
      int m,
      int n,
      float[] block,
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
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        vy.neg()
            .mul(fromArray(FLOAT, block, i * n + j))
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        vy.neg()
            .mul(fromArray(FLOAT, block, i * n + j))
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
