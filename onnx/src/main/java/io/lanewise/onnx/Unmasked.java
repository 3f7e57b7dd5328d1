package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Attention in which weights that are NaN are 0, as PyTorch exports it: those of a query of which
 * all keys are masked by -infinity, or whose scores are NaN. Softmax makes all weights of a query
 * NaN, or none.
 */
final class Unmasked {
  private Unmasked() {}

  /** Finds such queries by their NaN in y, and gives them what weights of 0 make of v. */
  static void guard(
      int texts,
      int heads,
      Matrix q,
      Matrix k,
      Matrix v,
      @Nullable Matrix mask,
      float scale,
      Matrix y) {
    int queries = q.rows() / texts;
    int keys = k.rows() / texts;
    int d = q.columns() / heads;
    int n = y.columns() / heads;
    for (int row = 0; row < y.rows(); row++) {
      for (int h = 0; h < heads; h++) {
        int at = y.at(row) + h * n;
        if (!hasNaN(y.array(), at, n)) {
          continue;
        }
        int text = row / queries;
        int masked = mask == null ? 0 : mask.at(mask.rows() == texts ? text : row);
        boolean all =
            isNaN(
                q.array(), q.at(row) + h * d, k, text * keys, keys, h * d, d, mask, masked, scale);
        for (int c = 0; all && c < n; c++) {
          float t = 0;
          for (int j = 0; j < keys; j++) {
            t = Math.fma(0f, v.array()[v.at(text * keys + j) + h * n + c], t);
          }
          y.array()[at + c] = t;
        }
      }
    }
  }

  private static boolean hasNaN(float[] x, int at, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[at + i] * 0;
    }
    return Float.isNaN(sum);
  }

  /** Whether the weights of that query are NaN. */
  private static boolean isNaN(
      float[] q,
      int qAt,
      Matrix k,
      int row,
      int keys,
      int column,
      int d,
      @Nullable Matrix mask,
      int masked,
      float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < keys; j++) {
      float s = 0;
      for (int p = 0; p < d; p++) {
        s = Math.fma(q[qAt + p], k.array()[k.at(row + j) + column + p], s);
      }
      s = Math.fma(s, scale, mask == null ? 0f : mask.array()[masked + j]);
      max = Math.max(max, s);
    }
    return Float.isNaN(max) || Float.isInfinite(max);
  }
}
