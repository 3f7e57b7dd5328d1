package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses of sigmoids, whose terms each come from one element of a row. They go over a block of
 * rows in passes, through {@link Scratch}: a function of {@link LaneMath} is alone in its loop, and
 * the loops with masks have none, where C2 would box its vectors.
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

  static void weightedBinaryCrossEntropy(
      float[] weights,
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
    weightedTerms(m, n, weights, z, zOff, ldz, y, yOff, ldy, block);
    Rows.sums(m, n, block, scratch.lanes, rowLoss, rowLossOff);
    if (dz != null) {
      copy(m, n, z, zOff, ldz, block);
      Pass.run(Pass.SIGMOID, whole, block);
      weightedGradient(m, n, weights, block, y, yOff, ldy, scale, dz, dzOff, lddz);
    }
  }

  /** block = fma(p y, max(-z, 0) + block, (1 - y) (max(z, 0) + block)). */
  private static void weightedTerms(
      int m,
      int n,
      float[] weights,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float[] block) {
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        FloatVector tail = fromArray(FLOAT, block, i * n + j);
        FloatVector above = zero.blend(v, v.compare(GT, 0f)).add(tail);
        FloatVector below = zero.blend(v.neg(), v.compare(LT, 0f)).add(tail);
        fromArray(FLOAT, weights, j)
            .mul(vy)
            .fma(below, one.sub(vy).mul(above))
            .intoArray(block, i * n + j);
      }
      if (j < n) {
        FloatVector v = fromArray(FLOAT, z, zOff + i * ldz + j, rest);
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        FloatVector tail = fromArray(FLOAT, block, i * n + j);
        FloatVector above = zero.blend(v, v.compare(GT, 0f)).add(tail);
        FloatVector below = zero.blend(v.neg(), v.compare(LT, 0f)).add(tail);
        // Not past the row, where the next one begins, whose tails are still needed.
        fromArray(FLOAT, weights, j, rest)
            .mul(vy)
            .fma(below, one.sub(vy).mul(above))
            .intoArray(block, i * n + j, rest);
      }
    }
  }

  /** dz = fma(p y + (1 - y), block, -(p y)) scale. */
  private static void weightedGradient(
      int m,
      int n,
      float[] weights,
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
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0; i < m; i++) {
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j);
        FloatVector positive = fromArray(FLOAT, weights, j).mul(vy);
        positive
            .add(one.sub(vy))
            .fma(fromArray(FLOAT, block, i * n + j), positive.neg())
            .mul(scale)
            .intoArray(dz, dzOff + i * lddz + j);
      }
      if (j < n) {
        FloatVector vy = fromArray(FLOAT, y, yOff + i * ldy + j, rest);
        FloatVector positive = fromArray(FLOAT, weights, j, rest).mul(vy);
        positive
            .add(one.sub(vy))
            .fma(fromArray(FLOAT, block, i * n + j), positive.neg())
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
}
