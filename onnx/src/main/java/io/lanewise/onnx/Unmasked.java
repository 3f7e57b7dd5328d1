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
    int n = y.columns() / heads;
    for (int row = 0; row < y.rows(); row++) {
      for (int h = 0; h < heads; h++) {
        int at = y.at(row) + h * n;
        if (hasNaN(y.array(), at, n) && isNaN(texts, heads, q, k, mask, scale, row, h)) {
          zeros(v, row / queries * keys, keys, h * n, n, y.array(), at);
        }
      }
    }
  }

  /** Gives queries of which -infinity masks all keys what weights of 0 make of v. */
  static void hide(int texts, int heads, Matrix v, Matrix mask, Matrix y) {
    int queries = y.rows() / texts;
    int keys = v.rows() / texts;
    int n = y.columns() / heads;
    for (int row = 0; row < y.rows(); row++) {
      int text = row / queries;
      if (isHidden(mask, mask.at(mask.rows() == texts ? text : row), keys)) {
        for (int h = 0; h < heads; h++) {
          zeros(v, text * keys, keys, h * n, n, y.array(), y.at(row) + h * n);
        }
      }
    }
  }

  private static boolean isHidden(Matrix mask, int at, int keys) {
    for (int j = 0; j < keys; j++) {
      if (mask.array()[at + j] != Float.NEGATIVE_INFINITY) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasNaN(float[] x, int at, int n) {
    boolean found = false;
    for (int i = 0; i < n; i++) {
      found |= Float.isNaN(x[at + i]);
    }
    return found;
  }

  /** What weights of 0 make of some columns of v: NaN where one is not finite. */
  private static void zeros(Matrix v, int first, int keys, int column, int n, float[] y, int at) {
    for (int c = 0; c < n; c++) {
      float t = 0;
      for (int j = 0; j < keys; j++) {
        t = Math.fma(0f, v.array()[v.at(first + j) + column + c], t);
      }
      y[at + c] = t;
    }
  }

  /** Whether the weights of that query are NaN: by its greatest score. */
  private static boolean isNaN(
      int texts,
      int heads,
      Matrix q,
      Matrix k,
      @Nullable Matrix mask,
      float scale,
      int row,
      int head) {
    int text = row / (q.rows() / texts);
    int keys = k.rows() / texts;
    int d = q.columns() / heads;
    int column = head * d;
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < keys; j++) {
      float s = 0;
      for (int p = column; p < column + d; p++) {
        s = Math.fma(q.array()[q.at(row) + p], k.array()[k.at(text * keys + j) + p], s);
      }
      float by = mask == null ? 0 : mask.array()[mask.at(mask.rows() == texts ? text : row) + j];
      max = Math.max(max, Math.fma(s, scale, by));
    }
    return Float.isNaN(max) || Float.isInfinite(max);
  }
}
