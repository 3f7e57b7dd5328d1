package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.negative;

import io.lanewise.math.FloatMath;
import java.util.Arrays;

/**
 * The losses over one row at a time: the row's loss, and its gradient where dz is not null. All
 * sums over a row use the 16 lanes of {@link ScalarRows}. The gradient may overwrite z, so the loss
 * is taken first.
 */
final class ScalarLosses {
  private final float[] lanes;
  private LossFunction loss;
  private Matrix zs;
  private Matrix ys;
  private Matrix dzs;
  private float scale;

  // The row at hand.
  private int n;
  private float[] z;
  private int zOff;
  private float[] y;
  private int yOff;
  private float[] dz;
  private int dzOff;

  ScalarLosses(float[] lanes) {
    this.lanes = lanes;
  }

  /**
   * @param loss null for labels, as ys
   * @param dzs null for the loss alone
   */
  void set(LossFunction loss, Matrix zs, Matrix ys, float scale, Matrix dzs) {
    this.loss = loss;
    this.zs = zs;
    this.ys = ys;
    this.dzs = dzs;
    this.scale = scale;
    n = zs.columns();
    z = zs.array();
    y = ys == null ? null : ys.array();
    dz = dzs == null ? null : dzs.array();
  }

  /** Lets go of what the caller has. */
  void clear() {
    loss = null;
    zs = null;
    ys = null;
    dzs = null;
    z = null;
    y = null;
    dz = null;
  }

  private void row(int i) {
    zOff = zs.at(i);
    yOff = ys == null ? 0 : ys.at(i);
    dzOff = dzs == null ? 0 : dzs.at(i);
  }

  /**
   * Softmax and cross-entropy of one class. The value is ln(1 + (count - 1) + rest) + (max -
   * z[label]), count being how many logits equal the maximum and rest the sum of the other
   * exponentials: so it keeps its relative accuracy where the loss is nearly 0.
   */
  float crossEntropy(int i, int label) {
    row(i);
    float max = ScalarRows.max(z, zOff, n);
    float count = countEqual(max);
    float rest = sumOfOtherExponentials(max);
    float tail = (count - 1f) + rest;
    float value = FloatMath.log1p(tail) + (max - z[zOff + label]);
    if (dz != null) {
      float sum = 1f + tail;
      for (int j = 0; j < n; j++) {
        float p = FloatMath.exp(z[zOff + j] - max) / sum;
        dz[dzOff + j] = (p - (j == label ? 1f : 0f)) * scale;
      }
    }
    return value;
  }

  /** The sum less the 1 of the maximum goes into log1p, so that a small rest counts. */
  void logSoftmax(int i, Matrix a) {
    row(i);
    float max = ScalarRows.max(z, zOff, n);
    float count = countEqual(max);
    float logSum = FloatMath.log1p((count - 1f) + sumOfOtherExponentials(max));
    for (int j = 0; j < n; j++) {
      a.array()[a.at(i) + j] = (z[zOff + j] - max) - logSum;
    }
  }

  float loss(int i) {
    row(i);
    return loss.kind().row(this, loss.positiveWeights() != null);
  }

  /** A target of exactly 0 contributes nothing, even where its logit is -infinity. */
  float softmaxCrossEntropy() {
    float max = ScalarRows.max(z, zOff, n);
    float count = countEqual(max);
    float rest = sumOfOtherExponentials(max);
    float tail = (count - 1f) + rest;
    float logSum = FloatMath.log1p(tail);
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float yj = y[yOff + j];
      float term = yj == 0f ? 0f : yj * (logSum + (max - z[zOff + j]));
      lanes[j % ScalarRows.LANES] += term;
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      float sum = 1f + tail;
      float total = ScalarRows.sum(y, yOff, n, lanes);
      for (int j = 0; j < n; j++) {
        float p = FloatMath.exp(z[zOff + j] - max) / sum;
        dz[dzOff + j] = Math.fma(p, total, -y[yOff + j]) * scale;
      }
    }
    return value;
  }

  private float countEqual(float max) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % ScalarRows.LANES] += z[zOff + j] == max ? 1f : 0f;
    }
    return ScalarRows.fold(lanes);
  }

  private float sumOfOtherExponentials(float max) {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      lanes[j % ScalarRows.LANES] += zj == max ? 0f : FloatMath.exp(zj - max);
    }
    return ScalarRows.fold(lanes);
  }

  float sigmoidBinaryCrossEntropy() {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      // fma(-z, y, max(z, 0)) + log1p(e^-|z|)
      float tail = FloatMath.log1p(FloatMath.exp(-Math.abs(zj)));
      lanes[j % ScalarRows.LANES] += Math.fma(negative(zj), y[yOff + j], Math.max(zj, 0f)) + tail;
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (FloatMath.sigmoid(z[zOff + j]) - y[yOff + j]) * scale;
      }
    }
    return value;
  }

  float squaredError() {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float d = z[zOff + j] - y[yOff + j];
      lanes[j % ScalarRows.LANES] = Math.fma(d, d, lanes[j % ScalarRows.LANES]);
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      float twice = 2f * scale;
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (z[zOff + j] - y[yOff + j]) * twice;
      }
    }
    return value;
  }

  /**
   * With a = p y, b = 1 - y and t = log1p(e^-|z|): fma(a, max(-z, 0) + t, b (max(z, 0) + t)). Both
   * parts are at least 0 for targets in [0, 1], so nothing cancels.
   */
  float weightedBinaryCrossEntropy() {
    float[] p = loss.positiveWeights();
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float zj = z[zOff + j];
      float tail = FloatMath.log1p(FloatMath.exp(-Math.abs(zj)));
      float positive = p[j] * y[yOff + j];
      float negative = (1f - y[yOff + j]) * (Math.max(zj, 0f) + tail);
      lanes[j % ScalarRows.LANES] += Math.fma(positive, Math.max(-zj, 0f) + tail, negative);
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        float positive = p[j] * y[yOff + j];
        float both = positive + (1f - y[yOff + j]);
        dz[dzOff + j] = Math.fma(both, FloatMath.sigmoid(z[zOff + j]), -positive) * scale;
      }
    }
    return value;
  }

  float absoluteError() {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      lanes[j % ScalarRows.LANES] += Math.abs(z[zOff + j] - y[yOff + j]);
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = Math.signum(z[zOff + j] - y[yOff + j]) * scale;
      }
    }
    return value;
  }

  /** With c = min(|d|, delta), both branches are c (|d| - c / 2). */
  float huber() {
    float delta = loss.parameter();
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float size = Math.abs(z[zOff + j] - y[yOff + j]);
      float c = Math.min(size, delta);
      lanes[j % ScalarRows.LANES] += c * Math.fma(-0.5f, c, size);
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        float d = z[zOff + j] - y[yOff + j];
        dz[dzOff + j] = Math.max(Math.min(d, delta), -delta) * scale;
      }
    }
    return value;
  }

  float sigmoidCrossEntropy() {
    Arrays.fill(lanes, 0f);
    for (int j = 0; j < n; j++) {
      float softplus = FloatMath.softplus(-z[zOff + j]);
      lanes[j % ScalarRows.LANES] = Math.fma(y[yOff + j], softplus, lanes[j % ScalarRows.LANES]);
    }
    float value = ScalarRows.fold(lanes);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        dz[dzOff + j] = (-y[yOff + j] * FloatMath.sigmoid(-z[zOff + j])) * scale;
      }
    }
    return value;
  }

  /**
   * With e_j = exp(z_j - max), s their sum and o_j = s - e_j (for one maximum, the sum of the
   * others, so that nothing cancels): -ln p_j = ln s - (z_j - max), -ln(1 - p_j) = ln s - ln o_j,
   * and with t_j = (1 - y_j) e_j / o_j - y_j, dz_j = t_j - p_j sum_i t_i. At the maximum t_j may be
   * large and p_j nearly 1; there the same is p_j - y_j - p_j times the sum of the other t_i, which
   * does not cancel. A factor y or 1 - y that is 0 takes its term away.
   */
  float softmaxBinaryCrossEntropy() {
    float max = ScalarRows.max(z, zOff, n);
    float count = countEqual(max);
    float tail = (count - 1f) + sumOfOtherExponentials(max);
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
    float value = ScalarRows.fold(lanes);
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
                ? Math.fma(negative(p), others + (largest - t), p - y[yOff + j])
                : Math.fma(negative(p), total, t);
        dz[dzOff + j] = gradient * scale;
      }
    }
    return value;
  }

  /** (1 - y) e / o - y. */
  private static float oddsTerm(float d, float y, float sum, float tail) {
    float e = FloatMath.exp(d);
    float others = d == 0f ? tail : sum - e;
    float odds = y == 1f ? 0f : (1f - y) * (e / others);
    return odds - y;
  }
}
