package io.lanewise.kernel;

import java.util.Arrays;

/**
 * The losses over one row: returns the row's loss and writes its gradient where dz is not null. All
 * sums over a row use the 16 lanes of {@link ScalarRows}. The gradient may overwrite z, so the loss
 * is taken first.
 */
final class ScalarLosses {
  private ScalarLosses() {}

  /**
   * Softmax and cross-entropy of one class. The value is ln(1 + (count - 1) + rest) + (max -
   * z[label]), count being how many logits equal the maximum and rest the sum of the other
   * exponentials: so it keeps its relative accuracy where the loss is nearly 0.
   */
  static float crossEntropyRow(
      int n, float[] z, int zOff, int label, float scale, float[] dz, int dzOff, float[] lanes) {
    float max = ScalarRows.max(z, zOff, n, lanes);
    float count = countEqual(z, zOff, n, max, lanes);
    float rest = sumOfOtherExponentials(z, zOff, n, max, lanes);
    float tail = (count - 1f) + rest;
    float loss = FloatMath.log1p(tail) + (max - z[zOff + label]);
    if (dz != null) {
      float sum = 1f + tail;
      for (int j = 0; j < n; j++) {
        float p = FloatMath.exp(z[zOff + j] - max) / sum;
        dz[dzOff + j] = (p - (j == label ? 1f : 0f)) * scale;
      }
    }
    return loss;
  }

  static float row(
      LossFunction loss,
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    return switch (loss.kernel()) {
      case SOFTMAX_CROSS_ENTROPY ->
          softmaxCrossEntropy(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case SIGMOID_BINARY_CROSS_ENTROPY ->
          loss.positiveWeights() != null
              ? weightedBinaryCrossEntropy(
                  n, loss.positiveWeights(), z, zOff, y, yOff, scale, dz, dzOff, lanes)
              : sigmoidBinaryCrossEntropy(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case ABSOLUTE_ERROR -> absoluteError(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case HUBER -> huber(n, loss.delta(), z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case SQUARED_ERROR -> squaredError(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case SIGMOID_CROSS_ENTROPY ->
          sigmoidCrossEntropy(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
      case SOFTMAX_BINARY_CROSS_ENTROPY ->
          softmaxBinaryCrossEntropy(n, z, zOff, y, yOff, scale, dz, dzOff, lanes);
    };
  }

  /** A target of exactly 0 contributes nothing, even where its logit is -infinity. */
  private static float softmaxCrossEntropy(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    float max = ScalarRows.max(z, zOff, n, lanes);
    float count = countEqual(z, zOff, n, max, lanes);
    float rest = sumOfOtherExponentials(z, zOff, n, max, lanes);
    float tail = (count - 1f) + rest;
    float logSum = FloatMath.log1p(tail);
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float yj = y[yOff + j];
      float term = yj == 0f ? 0f : yj * (logSum + (max - z[zOff + j]));
      lanes[j % ScalarRows.LANES] += term;
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      float sum = 1f + tail;
      float total = ScalarRows.sum(y, yOff, n, lanes);
      for (int j = 0; j < n; j++) {
        float p = FloatMath.exp(z[zOff + j] - max) / sum;
        dz[dzOff + j] = Math.fma(p, total, -y[yOff + j]) * scale;
      }
    }
    return loss;
  }

  private static float countEqual(float[] z, int zOff, int n, float max, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % ScalarRows.LANES] += z[zOff + j] == max ? 1f : 0f;
    }
    return ScalarRows.fold(lanes);
  }

  private static float sumOfOtherExponentials(
      float[] z, int zOff, int n, float max, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      lanes[j % ScalarRows.LANES] += zj == max ? 0f : FloatMath.exp(zj - max);
    }
    return ScalarRows.fold(lanes);
  }

  private static float sigmoidBinaryCrossEntropy(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      // fma(-z, y, max(z, 0)) + log1p(e^-|z|)
      float tail = FloatMath.log1p(FloatMath.exp(-Math.abs(zj)));
      lanes[j % ScalarRows.LANES] += Math.fma(-zj, y[yOff + j], Math.max(zj, 0f)) + tail;
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (FloatMath.sigmoid(z[zOff + j]) - y[yOff + j]) * scale;
      }
    }
    return loss;
  }

  private static float squaredError(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float d = z[zOff + j] - y[yOff + j];
      lanes[j % ScalarRows.LANES] = Math.fma(d, d, lanes[j % ScalarRows.LANES]);
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      float twice = 2f * scale;
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (z[zOff + j] - y[yOff + j]) * twice;
      }
    }
    return loss;
  }

  /**
   * With a = p y, b = 1 - y and t = log1p(e^-|z|): fma(a, max(-z, 0) + t, b (max(z, 0) + t)). Both
   * parts are at least 0 for targets in [0, 1], so nothing cancels.
   */
  private static float weightedBinaryCrossEntropy(
      int n,
      float[] p,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      float tail = FloatMath.log1p(FloatMath.exp(-Math.abs(zj)));
      float positive = p[j] * y[yOff + j];
      float negative = (1f - y[yOff + j]) * (Math.max(zj, 0f) + tail);
      lanes[j % ScalarRows.LANES] += Math.fma(positive, Math.max(-zj, 0f) + tail, negative);
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        float positive = p[j] * y[yOff + j];
        float both = positive + (1f - y[yOff + j]);
        dz[dzOff + j] = Math.fma(both, FloatMath.sigmoid(z[zOff + j]), -positive) * scale;
      }
    }
    return loss;
  }

  private static float absoluteError(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % ScalarRows.LANES] += Math.abs(z[zOff + j] - y[yOff + j]);
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = Math.signum(z[zOff + j] - y[yOff + j]) * scale;
      }
    }
    return loss;
  }

  /** With c = min(|d|, delta), both branches are c (|d| - c / 2). */
  private static float huber(
      int n,
      float delta,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float size = Math.abs(z[zOff + j] - y[yOff + j]);
      float c = Math.min(size, delta);
      lanes[j % ScalarRows.LANES] += c * Math.fma(-0.5f, c, size);
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        float d = z[zOff + j] - y[yOff + j];
        dz[dzOff + j] = Math.max(Math.min(d, delta), -delta) * scale;
      }
    }
    return loss;
  }

  private static float sigmoidCrossEntropy(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float softplus = FloatMath.softplus(-z[zOff + j]);
      lanes[j % ScalarRows.LANES] = Math.fma(y[yOff + j], softplus, lanes[j % ScalarRows.LANES]);
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (-y[yOff + j] * FloatMath.sigmoid(-z[zOff + j])) * scale;
      }
    }
    return loss;
  }

  /**
   * With e_j = exp(z_j - max), s their sum and o_j = s - e_j (for one maximum, the sum of the
   * others, so that nothing cancels): -ln p_j = ln s - (z_j - max), -ln(1 - p_j) = ln s - ln o_j,
   * and with t_j = (1 - y_j) e_j / o_j - y_j, dz_j = t_j - p_j sum_i t_i. At the maximum t_j may be
   * large and p_j nearly 1; there the same is p_j - y_j - p_j times the sum of the other t_i, which
   * does not cancel. A factor y or 1 - y that is 0 takes its term away.
   */
  private static float softmaxBinaryCrossEntropy(
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff,
      float[] lanes) {
    float max = ScalarRows.max(z, zOff, n, lanes);
    float count = countEqual(z, zOff, n, max, lanes);
    float tail = (count - 1f) + sumOfOtherExponentials(z, zOff, n, max, lanes);
    float sum = 1f + tail;
    float logSum = FloatMath.log1p(tail);
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float yj = y[yOff + j];
      float d = z[zOff + j] - max;
      float others = d == 0f ? tail : sum - FloatMath.exp(d);
      float positive = yj == 0f ? 0f : yj * (logSum - d);
      float negative = yj == 1f ? 0f : (1f - yj) * (logSum - FloatMath.log(others));
      lanes[j % ScalarRows.LANES] += positive + negative;
    }
    float loss = ScalarRows.fold(lanes);
    if (dz != null) {
      Arrays.fill(lanes, 0f);
      for (int j = 0; j < n; j++) {
        float d = z[zOff + j] - max;
        lanes[j % ScalarRows.LANES] += d == 0f ? 0f : oddsTerm(d, y[yOff + j], sum, tail);
      }
      float others = ScalarRows.fold(lanes);
      Arrays.fill(lanes, 0f);
      for (int j = 0; j < n; j++) {
        float d = z[zOff + j] - max;
        lanes[j % ScalarRows.LANES] += d == 0f ? oddsTerm(d, y[yOff + j], sum, tail) : 0f;
      }
      float largest = ScalarRows.fold(lanes);
      float total = others + largest;
      for (int j = 0; j < n; j++) {
        float d = z[zOff + j] - max;
        float p = FloatMath.exp(d) / sum;
        float t = oddsTerm(d, y[yOff + j], sum, tail);
        float gradient =
            d == 0f
                ? Math.fma(-p, others + (largest - t), p - y[yOff + j])
                : Math.fma(-p, total, t);
        dz[dzOff + j] = gradient * scale;
      }
    }
    return loss;
  }

  /** (1 - y) e / o - y. */
  private static float oddsTerm(float d, float y, float sum, float tail) {
    float e = FloatMath.exp(d);
    float others = d == 0f ? tail : sum - e;
    float odds = y == 1f ? 0f : (1f - y) * (e / others);
    return odds - y;
  }
}
