package io.lanewise.check;

import io.lanewise.kernel.LossFunction;

/**
 * The formulas of {@link LossFunction.Kind} in double, over one row: s (n) is what the loss is a
 * function of, y (n) the targets. Values and gradients are not scaled.
 */
final class DoubleLosses {
  private DoubleLosses() {}

  static double value(LossFunction loss, int n, double[] s, int sOff, double[] y, int yOff) {
    double logSum = logSumExp(n, s, sOff);
    double sum = 0;
    for (int j = 0; j < n; j++) {
      double sj = s[sOff + j];
      double yj = y[yOff + j];
      sum +=
          switch (loss.kind()) {
            case SOFTMAX_CROSS_ENTROPY -> yj == 0 ? 0 : yj * (logSum - sj);
            case SIGMOID_BINARY_CROSS_ENTROPY ->
                positive(loss, j) * yj * DoubleActivations.softplus(-sj)
                    + (1 - yj) * DoubleActivations.softplus(sj);
            case SQUARED_ERROR -> (sj - yj) * (sj - yj);
            case ABSOLUTE_ERROR -> Math.abs(sj - yj);
            case HUBER -> huber(Math.abs(sj - yj), loss.parameter());
            case SIGMOID_CROSS_ENTROPY -> yj * DoubleActivations.softplus(-sj);
            case SOFTMAX_BINARY_CROSS_ENTROPY -> {
              double positive = yj == 0 ? 0 : yj * (logSum - sj);
              double negative = yj == 1 ? 0 : (1 - yj) * (logSum - logSumOthers(n, s, sOff, j));
              yield positive + negative;
            }
          };
    }
    return sum;
  }

  /** The factor of the positive part of output j. */
  private static double positive(LossFunction loss, int j) {
    return loss.positiveWeights() == null ? 1 : loss.positiveWeights()[j];
  }

  private static double huber(double size, double delta) {
    return size <= delta ? size * size / 2 : delta * (size - delta / 2);
  }

  /** From which difference z - y on, either way, the formula is another; NaN for none. */
  static double kink(LossFunction loss) {
    return switch (loss.kind()) {
      case ABSOLUTE_ERROR -> 0;
      case HUBER -> loss.parameter();
      case SOFTMAX_CROSS_ENTROPY,
          SIGMOID_BINARY_CROSS_ENTROPY,
          SQUARED_ERROR,
          SIGMOID_CROSS_ENTROPY,
          SOFTMAX_BINARY_CROSS_ENTROPY ->
          Double.NaN;
    };
  }

  /** Writes the gradient of {@link #value} by s. */
  static void gradient(
      LossFunction loss,
      int n,
      double[] s,
      int sOff,
      double[] y,
      int yOff,
      double[] ds,
      int dsOff) {
    double[] p = new double[n];
    softmax(n, s, sOff, p, 0);
    boolean ofSoftmax = loss.kind() == LossFunction.Kind.SOFTMAX_BINARY_CROSS_ENTROPY;
    double[] t = new double[ofSoftmax ? n : 0];
    double total = 0;
    for (int j = 0; j < n; j++) {
      total += y[yOff + j];
      if (ofSoftmax) {
        t[j] = oddsTerm(n, s, sOff, y[yOff + j], j);
      }
    }
    for (int j = 0; j < n; j++) {
      double sj = s[sOff + j];
      double yj = y[yOff + j];
      ds[dsOff + j] =
          switch (loss.kind()) {
            case SOFTMAX_CROSS_ENTROPY -> p[j] * total - yj;
            case SIGMOID_BINARY_CROSS_ENTROPY -> {
              double positive = positive(loss, j) * yj;
              yield (positive + (1 - yj)) * DoubleActivations.sigmoid(sj) - positive;
            }
            case SQUARED_ERROR -> 2 * (sj - yj);
            case ABSOLUTE_ERROR -> Math.signum(sj - yj);
            case HUBER -> Math.clamp(sj - yj, -loss.parameter(), loss.parameter());
            case SIGMOID_CROSS_ENTROPY -> -yj * DoubleActivations.sigmoid(-sj);
            case SOFTMAX_BINARY_CROSS_ENTROPY -> p[j] - yj - p[j] * sumOfOthers(t, j);
          };
    }
  }

  /**
   * Of binary cross-entropy of p = softmax(s): t_k = p_k dL/dp_k = (1 - y_k) p_k / (1 - p_k) - y_k.
   * The Jacobian gives ds_j = t_j - p_j sum_k t_k. Since t_j (1 - p_j) = p_j - y_j, that is p_j -
   * y_j - p_j times the sum over k other than j: so a large t_j is not subtracted from itself.
   */
  private static double oddsTerm(int n, double[] s, int sOff, double yk, int k) {
    // The odds p_k / (1 - p_k) are e^(s_k - lse of the others).
    double odds = yk == 1 ? 0 : StrictMath.exp(s[sOff + k] - logSumOthers(n, s, sOff, k));
    return (1 - yk) * odds - yk;
  }

  private static double sumOfOthers(double[] t, int j) {
    double others = 0;
    for (int k = 0; k < t.length; k++) {
      others += k == j ? 0 : t[k];
    }
    return others;
  }

  static void softmax(int n, double[] z, int zOff, double[] a, int aOff) {
    double logSum = logSumExp(n, z, zOff);
    for (int j = 0; j < n; j++) {
      a[aOff + j] = StrictMath.exp(z[zOff + j] - logSum);
    }
  }

  static void logSoftmax(int n, double[] z, int zOff, double[] a, int aOff) {
    double logSum = logSumExp(n, z, zOff);
    for (int j = 0; j < n; j++) {
      a[aOff + j] = z[zOff + j] - logSum;
    }
  }

  private static double logSumExp(int n, double[] s, int sOff) {
    return logSumOthers(n, s, sOff, -1);
  }

  /** ln of the sum of e^s over all but one, the maximum taken out. */
  private static double logSumOthers(int n, double[] s, int sOff, int left) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = j == left ? max : Math.max(max, s[sOff + j]);
    }
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += j == left ? 0 : StrictMath.exp(s[sOff + j] - max);
    }
    return max + StrictMath.log(sum);
  }
}
