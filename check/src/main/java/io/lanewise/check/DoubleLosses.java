package io.lanewise.check;

import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;

/**
 * The formulas of {@link LossKernel} in double, over one row: s (n) is what the loss is a function
 * of, y (n) the targets. Values and gradients are not scaled.
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
          switch (loss.kernel()) {
            case SOFTMAX_CROSS_ENTROPY -> yj == 0 ? 0 : yj * (logSum - sj);
            case SIGMOID_BINARY_CROSS_ENTROPY ->
                positive(loss, j) * yj * DoubleActivations.softplus(-sj)
                    + (1 - yj) * DoubleActivations.softplus(sj);
            case SQUARED_ERROR -> (sj - yj) * (sj - yj);
            case ABSOLUTE_ERROR -> Math.abs(sj - yj);
            case HUBER -> huber(Math.abs(sj - yj), loss.delta());
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
    switch (loss.kernel()) {
      case SOFTMAX_CROSS_ENTROPY -> {
        double total = 0;
        for (int j = 0; j < n; j++) {
          total += y[yOff + j];
        }
        softmax(n, s, sOff, ds, dsOff);
        for (int j = 0; j < n; j++) {
          ds[dsOff + j] = ds[dsOff + j] * total - y[yOff + j];
        }
      }
      case SIGMOID_BINARY_CROSS_ENTROPY -> {
        for (int j = 0; j < n; j++) {
          double positive = positive(loss, j) * y[yOff + j];
          double negative = 1 - y[yOff + j];
          double p = DoubleActivations.sigmoid(s[sOff + j]);
          ds[dsOff + j] = (positive + negative) * p - positive;
        }
      }
      case SQUARED_ERROR -> {
        for (int j = 0; j < n; j++) {
          ds[dsOff + j] = 2 * (s[sOff + j] - y[yOff + j]);
        }
      }
      case ABSOLUTE_ERROR -> {
        for (int j = 0; j < n; j++) {
          ds[dsOff + j] = Math.signum(s[sOff + j] - y[yOff + j]);
        }
      }
      case HUBER -> {
        for (int j = 0; j < n; j++) {
          double d = s[sOff + j] - y[yOff + j];
          ds[dsOff + j] = Math.max(-loss.delta(), Math.min(d, loss.delta()));
        }
      }
      case SIGMOID_CROSS_ENTROPY -> {
        for (int j = 0; j < n; j++) {
          ds[dsOff + j] = -y[yOff + j] * DoubleActivations.sigmoid(-s[sOff + j]);
        }
      }
      case SOFTMAX_BINARY_CROSS_ENTROPY -> softmaxBinaryGradient(n, s, sOff, y, yOff, ds, dsOff);
    }
  }

  /**
   * With p = softmax(s) and t_k = p_k dL/dp_k = (1 - y_k) p_k / (1 - p_k) - y_k, the Jacobian gives
   * ds_j = t_j - p_j sum_k t_k. Since t_j (1 - p_j) = p_j - y_j, that is p_j - y_j - p_j times the
   * sum over k other than j: so a large t_j is not subtracted from itself.
   */
  private static void softmaxBinaryGradient(
      int n, double[] s, int sOff, double[] y, int yOff, double[] ds, int dsOff) {
    double[] p = new double[n];
    softmax(n, s, sOff, p, 0);
    double[] t = new double[n];
    for (int k = 0; k < n; k++) {
      double yk = y[yOff + k];
      // The odds p_k / (1 - p_k) are e^(s_k - lse of the others).
      double odds = yk == 1 ? 0 : StrictMath.exp(s[sOff + k] - logSumOthers(n, s, sOff, k));
      t[k] = (1 - yk) * odds - yk;
    }
    for (int j = 0; j < n; j++) {
      double others = 0;
      for (int k = 0; k < n; k++) {
        others += k == j ? 0 : t[k];
      }
      ds[dsOff + j] = p[j] - y[yOff + j] - p[j] * others;
    }
  }

  static void softmax(int n, double[] z, int zOff, double[] a, int aOff) {
    double logSum = logSumExp(n, z, zOff);
    for (int j = 0; j < n; j++) {
      a[aOff + j] = StrictMath.exp(z[zOff + j] - logSum);
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
