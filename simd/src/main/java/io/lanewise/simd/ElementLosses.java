package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.Matrix;
import jdk.incubator.vector.FloatVector;

/**
 * The losses of sigmoids, whose terms each come from one element of a row. They go over a block of
 * rows in passes: the rows are copied one after another into {@link Scratch}, where no loop has to
 * mind their ends, and a function of {@link LaneMath} is alone in its loop.
 *
 * <p>The gradient may overwrite z, so the loss of all the rows is taken first.
 */
final class ElementLosses {
  private ElementLosses() {}

  /** Weighted by factors of the positive parts, unless they are null. */
  static void binaryCrossEntropy(
      float[] weights, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch s) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = s.block(n);
    float[] logits = Scratch.gather(z, s.block(1, n));
    float[] targets = Scratch.gather(y, s.block(2, n));
    float[] factors = weights == null ? null : repeat(weights, z.rows(), s.block(3, n));
    negatedSizes(whole, logits, block);
    Pass.EXP.run(whole, block);
    Pass.LOG1P.run(whole, block);
    if (factors == null) {
      terms(whole, logits, targets, block);
    } else {
      weightedTerms(whole, factors, logits, targets, block);
    }
    Rows.sums(n, block, rowLoss, s);
    if (dz == null) {
      return;
    }
    Pass.SIGMOID.run(whole, logits);
    if (factors == null) {
      gradient(whole, targets, scale, logits);
    } else {
      weightedGradient(whole, factors, targets, scale, logits);
    }
    Scratch.scatter(logits, dz);
  }

  /** The row m times, by copies that double what there is. */
  private static float[] repeat(float[] row, int m, float[] block) {
    int all = m * row.length;
    System.arraycopy(row, 0, block, 0, row.length);
    for (int some = row.length; some < all; some *= 2) {
      System.arraycopy(block, 0, block, some, Math.min(some, all - some));
    }
    return block;
  }

  private static void negatedSizes(int whole, float[] x, float[] y) {
    for (int i = 0; i < whole; i += LENGTH) {
      fromArray(FLOAT, x, i).abs().neg().intoArray(y, i);
    }
  }

  /** block = fma(-z, y, max(z, 0)) + block. */
  private static void terms(int whole, float[] z, float[] y, float[] block) {
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, z, i);
      v.neg()
          .fma(fromArray(FLOAT, y, i), zero.blend(v, v.compare(GT, 0f)))
          .add(fromArray(FLOAT, block, i))
          .intoArray(block, i);
    }
  }

  /** block = (block - y) scale. */
  private static void gradient(int whole, float[] y, float scale, float[] block) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector d = fromArray(FLOAT, block, i).sub(fromArray(FLOAT, y, i));
      d.mul(scale).intoArray(block, i);
    }
  }

  /** block = fma(p y, max(-z, 0) + block, (1 - y) (max(z, 0) + block)). */
  private static void weightedTerms(int whole, float[] p, float[] z, float[] y, float[] block) {
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, z, i);
      FloatVector vy = fromArray(FLOAT, y, i);
      FloatVector tail = fromArray(FLOAT, block, i);
      FloatVector above = zero.blend(v, v.compare(GT, 0f)).add(tail);
      FloatVector below = zero.blend(v.neg(), v.compare(LT, 0f)).add(tail);
      FloatVector positive = fromArray(FLOAT, p, i).mul(vy);
      positive.fma(below, one.sub(vy).mul(above)).intoArray(block, i);
    }
  }

  /** block = fma(p y + (1 - y), block, -(p y)) scale. */
  private static void weightedGradient(
      int whole, float[] p, float[] y, float scale, float[] block) {
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector vy = fromArray(FLOAT, y, i);
      FloatVector positive = fromArray(FLOAT, p, i).mul(vy);
      FloatVector factor = positive.add(one.sub(vy));
      factor.fma(fromArray(FLOAT, block, i), positive.neg()).mul(scale).intoArray(block, i);
    }
  }

  static void sigmoidCrossEntropy(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch s) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = s.block(n);
    float[] negated = Scratch.gather(z, s.block(1, n));
    float[] targets = Scratch.gather(y, s.block(2, n));
    negate(whole, negated);
    if (whole > 0) {
      Pass.SOFTPLUS.run(whole, negated, 0, block, 0);
    }
    for (int i = 0; i < z.rows(); i++) {
      float sum = Rows.dot(n, targets, i * n, block, i * n, s.lanes);
      rowLoss.array()[rowLoss.at(i)] = sum;
    }
    if (dz != null) {
      Pass.SIGMOID.run(whole, negated);
      sigmoidGradient(whole, targets, scale, negated);
      Scratch.scatter(negated, dz);
    }
  }

  private static void negate(int whole, float[] x) {
    for (int i = 0; i < whole; i += LENGTH) {
      fromArray(FLOAT, x, i).neg().intoArray(x, i);
    }
  }

  /** block = -y block scale. */
  private static void sigmoidGradient(int whole, float[] y, float scale, float[] block) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector product = fromArray(FLOAT, y, i).neg().mul(fromArray(FLOAT, block, i));
      product.mul(scale).intoArray(block, i);
    }
  }
}
