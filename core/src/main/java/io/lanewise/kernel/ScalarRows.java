package io.lanewise.kernel;

import io.lanewise.math.FloatMath;
import java.util.Arrays;

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
  static float max(float[] x, int xOff, int n, float[] lanes) {
    Arrays.fill(lanes, Float.NEGATIVE_INFINITY);
    for (int j = 0; j < n; j++) {
      lanes[j % LANES] = Math.max(lanes[j % LANES], x[xOff + j]);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] = Math.max(lanes[l], lanes[l + half]);
      }
    }
    return lanes[0];
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
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % LANES] = Math.fma(x[xOff + j], y[yOff + j], lanes[j % LANES]);
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
    float max = max(x, xOff, n, lanes);
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
}
