package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.negative;

import io.lanewise.math.FloatMath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reductions of a row: 16 virtual lanes, lane l takes elements l, l + 16, ...; then they are folded
 * 16 to 8 to 4 to 2 to 1, lane l with l + 8, l + 4, l + 2, l + 1. A machine with 4, 8 or 16 real
 * lanes keeps the same chains in 4, 2 or 1 vectors.
 */
final class ScalarRows {
  /** The virtual lanes; how many floats {@code lanes} has in each method here. */
  static final int LANES = 16;

  private ScalarRows() {}

  /** The maximum, -infinity of nothing; NaN if any element is NaN, and +0 is more than -0. */
  static float max(float[] x, int xOff, int n) {
    // In any order: it is the same number.
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x[xOff + j]);
    }
    return max;
  }

  /** The sum; each lane starts from +0. */
  static float sum(float[] x, int xOff, int n, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % LANES] += x[xOff + j];
    }
    return fold(lanes);
  }

  /** The sum of x[j] y[j]; each lane is a chain of fma(x, y, lane) from +0. */
  static float dot(float[] x, int xOff, float[] y, int yOff, int n, float[] lanes) {
    // Four chains at a time stay in registers, and their latency is hidden.
    for (int l = 0; l < LANES; l += 4) {
      float s0 = 0f;
      float s1 = 0f;
      float s2 = 0f;
      float s3 = 0f;
      int j = l;
      for (; j < n - 3; j += LANES) {
        s0 = Math.fma(x[xOff + j], y[yOff + j], s0);
        s1 = Math.fma(x[xOff + j + 1], y[yOff + j + 1], s1);
        s2 = Math.fma(x[xOff + j + 2], y[yOff + j + 2], s2);
        s3 = Math.fma(x[xOff + j + 3], y[yOff + j + 3], s3);
      }
      lanes[l] = s0;
      lanes[l + 1] = s1;
      lanes[l + 2] = s2;
      lanes[l + 3] = s3;
      for (int at = l; j < n && at < l + 4; j++, at++) {
        lanes[at] = Math.fma(x[xOff + j], y[yOff + j], lanes[at]);
      }
    }
    return fold(lanes);
  }

  /** Adds the lanes up, in the fixed order; destroys them. */
  static float fold(float[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  /** y = exp(x - the maximum), which may be x; returns their sum. */
  static float exponentials(float[] x, int xOff, float[] y, int yOff, int n, float[] lanes) {
    float max = max(x, xOff, n);
    for (int j = 0; j < n; j++) {
      y[yOff + j] = FloatMath.exp(x[xOff + j] - max);
    }
    return sum(y, yOff, n, lanes);
  }

  /** The scores of row i of q with the rows of k from a key on, of d columns of a head. */
  static void scores(Matrix q, int i, Matrix k, int key, int head, int d, float[] s) {
    int qRow = q.at(i) + head * d;
    for (int j = 0; j < s.length; j++) {
      int kRow = k.at(key + j) + head * d;
      float sum = 0f;
      for (int p = 0; p < d; p++) {
        sum = Math.fma(q.array()[qRow + p], k.array()[kRow + p], sum);
      }
      s[j] = sum;
    }
  }

  /**
   * y = f(z), or with a da dz = da f'(z), from what f saved; in arrays of their own, so that C2
   * makes vectors of it.
   */
  static void activate(
      Activation f, Matrix z, @Nullable Matrix da, Matrix y, PlainProduct scratch) {
    float[] s = scratch.row(0);
    float[] d = scratch.row(1);
    for (int i = 0; i < z.rows(); i++) {
      for (int first = 0; first < z.columns(); first += s.length) {
        int n = Math.min(z.columns() - first, s.length);
        System.arraycopy(z.array(), z.at(i) + first, s, 0, n);
        if (da == null) {
          apply(f, s, d, n);
        } else {
          System.arraycopy(da.array(), da.at(i) + first, d, 0, n);
          multiply(f, s, d, n);
        }
        System.arraycopy(d, 0, y.array(), y.at(i) + first, n);
      }
    }
  }

  /** d = f(s), without the choice of a formula for each element where that takes long. */
  private static void apply(Activation f, float[] s, float[] d, int n) {
    int width = PlainProduct.width(n);
    if (f == Activation.RELU) {
      for (int j = 0; j < width; j++) {
        d[j] = Math.max(s[j], 0f);
      }
    } else if (f == Activation.TANH) {
      FloatMath.tanh(width, s, d);
    } else if (f == Activation.SIGMOID) {
      for (int j = 0; j < n; j++) {
        d[j] = FloatMath.sigmoid(s[j]);
      }
    } else {
      for (int j = 0; j < n; j++) {
        d[j] = f.apply(s[j]);
      }
    }
  }

  /** d = d f'(z), without the choice of a formula for each element where it is short. */
  private static void multiply(Activation f, float[] s, float[] d, int n) {
    int width = PlainProduct.width(n);
    if (f == Activation.RELU) {
      for (int j = 0; j < width; j++) {
        // 1 above 0, else 0, or NaN.
        d[j] = d[j] * Math.signum(Math.max(s[j], 0f));
      }
    } else if (f == Activation.TANH) {
      for (int j = 0; j < width; j++) {
        d[j] = d[j] * Math.fma(negative(s[j]), s[j], 1f);
      }
    } else if (f == Activation.SIGMOID) {
      for (int j = 0; j < width; j++) {
        d[j] = d[j] * (s[j] * (1f - s[j]));
      }
    } else {
      for (int j = 0; j < n; j++) {
        d[j] = d[j] * f.derivative(s[j]);
      }
    }
  }
}
