package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses, a block of rows at a time, in the order of operations of the scalar kernels; softmax
 * and cross-entropy are in {@link SoftmaxLosses}. The gradient may overwrite z, so the losses of
 * all rows of a block are taken first.
 *
 * <p>The terms of the others each come from one element of a row. They go over the block in passes:
 * the rows are copied one after another into {@link Scratch}, where no loop has to mind their ends,
 * and a function of {@link LaneMath} is alone in its loop. What is copied becomes the gradient,
 * which each loss returns.
 */
final class Losses {
  private Losses() {}

  static void loss(LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    if (loss.kind() == LossFunction.Kind.SOFTMAX_BINARY_CROSS_ENTROPY) {
      // Nobody trains with it in earnest, so one piece of code serves both.
      ScalarKernels.INSTANCE.loss(loss, z, y, scale, dz, rowLoss);
      return;
    }
    Scratch scratch = Scratch.take();
    int rows = Scratch.rows(z.columns());
    for (int i = 0; i < z.rows(); i += rows) {
      int some = Math.min(rows, z.rows() - i);
      Matrix zs = scratch.part(0, z, i, some);
      Matrix ys = scratch.part(1, y, i, some);
      Matrix dzs = scratch.part(2, dz, i, some);
      Matrix losses = scratch.part(3, rowLoss, i, some);
      if (loss.kind() == LossFunction.Kind.SOFTMAX_CROSS_ENTROPY) {
        SoftmaxLosses.ofTargets(zs, ys, scale, dzs, losses, scratch);
      } else {
        block(loss, zs, ys, scale, dzs, losses, scratch);
      }
    }
    scratch.give();
  }

  private static void block(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch s) {
    // Compared one by one: a switch would be a class of its own.
    LossFunction.Kind kind = loss.kind();
    float[] gradient;
    if (kind == LossFunction.Kind.SIGMOID_BINARY_CROSS_ENTROPY) {
      gradient = binaryCrossEntropy(loss.positiveWeights(), z, y, scale, dz, rowLoss, s);
    } else if (kind == LossFunction.Kind.ABSOLUTE_ERROR) {
      gradient = absoluteError(z, y, scale, dz, rowLoss, s);
    } else if (kind == LossFunction.Kind.HUBER) {
      gradient = huber(loss.parameter(), z, y, scale, dz, rowLoss, s);
    } else if (kind == LossFunction.Kind.SQUARED_ERROR) {
      gradient = squaredError(z, y, scale, dz, rowLoss, s);
    } else if (kind == LossFunction.Kind.SIGMOID_CROSS_ENTROPY) {
      gradient = sigmoidCrossEntropy(z, y, scale, dz, rowLoss, s);
    } else {
      throw new AssertionError(loss);
    }
    if (dz != null) {
      Scratch.scatter(gradient, dz);
    }
  }

  private static float[] absoluteError(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = scratch.block(n);
    float[] d = differences(z, y, scratch.block(1, n));
    sizes(whole, d, block);
    Reductions.sums(n, block, rowLoss, scratch);
    if (dz != null) {
      // What is neither more nor less than 0 is its own sign: a 0, or NaN.
      clip(whole, 0f, 1f, scale, d);
    }
    return d;
  }

  private static float[] huber(
      float delta, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = scratch.block(n);
    float[] d = differences(z, y, scratch.block(1, n));
    huberTerms(whole, delta, d, block);
    Reductions.sums(n, block, rowLoss, scratch);
    if (dz != null) {
      clip(whole, delta, delta, scale, d);
    }
    return d;
  }

  private static float[] squaredError(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    float[] d = differences(z, y, scratch.block(1, n));
    if (n <= LENGTH) {
      Pass.rows(Pass.SQUARES, n, rowLoss, d, scratch);
    } else {
      for (int i = 0; i < z.rows(); i++) {
        float sum = Reductions.dot(n, d, i * n, d, i * n, scratch.lanes);
        rowLoss.array()[rowLoss.off() + i] = sum;
      }
    }
    if (dz != null) {
      scale(Scratch.wholeVectors(z.rows() * n), 2f * scale, d);
    }
    return d;
  }

  private static float[] differences(Matrix zs, Matrix ys, float[] block) {
    float[] z = zs.array();
    float[] y = ys.array();
    int rows = zs.isDense() && ys.isDense() ? 1 : zs.rows();
    int n = zs.rows() * zs.columns() / rows;
    int zRow = zs.off();
    int yRow = ys.off();
    int ldz = zs.ld();
    int ldy = ys.ld();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector vy = fromArray(FLOAT, y, yRow + j);
        fromArray(FLOAT, z, zRow + j).sub(vy).intoArray(block, i * n + j);
      }
      if (whole < n) {
        FloatVector vy = fromArray(FLOAT, y, yRow + whole, rest);
        fromArray(FLOAT, z, zRow + whole, rest).sub(vy).intoArray(block, i * n + whole);
      }
      zRow += ldz;
      yRow += ldy;
    }
    return block;
  }

  private static void sizes(int whole, float[] d, float[] block) {
    for (int i = 0; i < whole; i += LENGTH) {
      fromArray(FLOAT, d, i).abs().intoArray(block, i);
    }
  }

  /** c (size - c / 2), c being size but no more than delta. */
  private static void huberTerms(int whole, float delta, float[] d, float[] block) {
    FloatVector half = FloatVector.broadcast(FLOAT, -0.5f);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector size = fromArray(FLOAT, d, i).abs();
      FloatVector c = size.blend(delta, size.compare(GT, delta));
      c.fma(half, size).mul(c).intoArray(block, i);
    }
  }

  /** Of what is beyond the limit {@code most}, with its sign; times scale. */
  private static void clip(int whole, float limit, float most, float scale, float[] d) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, d, i);
      FloatVector c = v.blend(most, v.compare(GT, limit)).blend(-most, v.compare(LT, -limit));
      c.mul(scale).intoArray(d, i);
    }
  }

  private static void scale(int whole, float factor, float[] d) {
    for (int i = 0; i < whole; i += LENGTH) {
      fromArray(FLOAT, d, i).mul(factor).intoArray(d, i);
    }
  }

  static void shortSquares(int n, Matrix rowLosses, float[] d, Scratch scratch) {
    float[] rowLoss = rowLosses.array();
    int first = rowLosses.off();
    int m = rowLosses.rows();
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, d, i * n, some);
      // fma(d, d, 0)
      rowLoss[first + i] = Lanes.sum(v.mul(v)).lane(0);
    }
  }

  /** Weighted by factors of the positive parts, unless they are null. */
  private static float[] binaryCrossEntropy(
      float[] weights, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch s) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = s.block(n);
    float[] logits = Scratch.gather(z, s.block(1, n));
    float[] targets = Scratch.gather(y, s.block(2, n));
    float[] factors = weights == null ? null : repeat(weights, z.rows(), s.block(3, n));
    negatedSizes(whole, logits, block);
    Pass.of(Function.EXP).run(whole, block);
    Pass.of(Function.LOG1P).run(whole, block);
    if (factors == null) {
      terms(whole, logits, targets, block);
    } else {
      weightedTerms(whole, factors, logits, targets, block);
    }
    Reductions.sums(n, block, rowLoss, s);
    if (dz == null) {
      return logits;
    }
    Pass.of(Activation.Kind.SIGMOID).run(whole, logits);
    if (factors == null) {
      gradient(whole, targets, scale, logits);
    } else {
      weightedGradient(whole, factors, targets, scale, logits);
    }
    return logits;
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
      v.mul(-1f)
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

  private static float[] sigmoidCrossEntropy(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch s) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = s.block(n);
    float[] negated = Scratch.gather(z, s.block(1, n));
    float[] targets = Scratch.gather(y, s.block(2, n));
    scale(whole, -1f, negated);
    if (whole > 0) {
      Pass.of(Activation.Kind.SOFTPLUS).run(whole, negated, 0, block, 0);
    }
    for (int i = 0; i < z.rows(); i++) {
      float sum = Reductions.dot(n, targets, i * n, block, i * n, s.lanes);
      rowLoss.array()[rowLoss.at(i)] = sum;
    }
    if (dz != null) {
      Pass.of(Activation.Kind.SIGMOID).run(whole, negated);
      sigmoidGradient(whole, targets, scale, negated);
    }
    return negated;
  }

  /** block = -y block scale. */
  private static void sigmoidGradient(int whole, float[] y, float scale, float[] block) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector product = fromArray(FLOAT, y, i).neg().mul(fromArray(FLOAT, block, i));
      product.mul(scale).intoArray(block, i);
    }
  }
}
