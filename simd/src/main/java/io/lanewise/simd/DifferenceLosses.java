package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses of differences, z - y: squared, absolute and Huber's. The differences of the rows lie
 * one after another in {@link Scratch}, where no loop has to mind their ends; there they become the
 * gradient.
 */
final class DifferenceLosses {
  private DifferenceLosses() {}

  static void absoluteError(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = scratch.block(n);
    float[] d = differences(z, y, scratch.block(1, n));
    sizes(whole, d, block);
    Rows.sums(n, block, rowLoss, scratch);
    if (dz != null) {
      // What is neither more nor less than 0 is its own sign: a 0, or NaN.
      clip(whole, 0f, 1f, scale, d);
      Scratch.scatter(d, dz);
    }
  }

  static void huber(
      float delta, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    int whole = Scratch.wholeVectors(z.rows() * n);
    float[] block = scratch.block(n);
    float[] d = differences(z, y, scratch.block(1, n));
    huberTerms(whole, delta, d, block);
    Rows.sums(n, block, rowLoss, scratch);
    if (dz != null) {
      clip(whole, delta, delta, scale, d);
      Scratch.scatter(d, dz);
    }
  }

  static void squaredError(
      Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss, Scratch scratch) {
    int n = z.columns();
    float[] d = differences(z, y, scratch.block(1, n));
    squares(n, d, rowLoss, scratch.lanes);
    if (dz != null) {
      scale(Scratch.wholeVectors(z.rows() * n), 2f * scale, d);
      Scratch.scatter(d, dz);
    }
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

  private static void squares(int n, float[] d, Matrix rowLosses, float[] lanes) {
    float[] rowLoss = rowLosses.array();
    int first = rowLosses.off();
    int m = rowLosses.rows();
    if (n > LENGTH) {
      for (int i = 0; i < m; i++) {
        rowLoss[first + i] = Rows.dot(n, d, i * n, d, i * n, lanes);
      }
      return;
    }
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, d, i * n, some);
      // fma(d, d, 0)
      rowLoss[first + i] = Lanes.sum(v.mul(v)).lane(0);
    }
  }
}
