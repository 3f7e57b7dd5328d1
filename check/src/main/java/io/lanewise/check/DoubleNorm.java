package io.lanewise.check;

/**
 * The part that batch and layer normalization have in common, in double: groups of values, a column
 * or a row each, are brought to mean 0 and variance 1.
 */
final class DoubleNorm {
  private final int m;
  private final int n;
  private final boolean byColumn;
  private final double epsilon;
  private final double[] xhat;
  private final double[] rstd;

  /** For matrices (m, n). */
  DoubleNorm(int m, int n, boolean byColumn, double epsilon) {
    this.m = m;
    this.n = n;
    this.byColumn = byColumn;
    this.epsilon = epsilon;
    xhat = new double[m * n];
    rstd = new double[groups()];
  }

  private int groups() {
    return byColumn ? n : m;
  }

  private int size() {
    return byColumn ? m : n;
  }

  private int index(int group, int element) {
    return byColumn ? element * n + group : group * n + element;
  }

  /** xhat = (x - mean) rstd, of the groups' own mean and biased variance. */
  void forward(double[] x) {
    for (int g = 0; g < groups(); g++) {
      double mean = 0;
      for (int e = 0; e < size(); e++) {
        mean += x[index(g, e)];
      }
      mean /= size();
      double variance = 0;
      for (int e = 0; e < size(); e++) {
        double d = x[index(g, e)] - mean;
        variance += d * d;
      }
      group(g, x, mean, variance / size());
    }
  }

  /** xhat = (x - mean) rstd, of a mean and a variance for each column. */
  void forward(double[] x, double[] means, int meanOff, double[] variances, int varianceOff) {
    for (int g = 0; g < groups(); g++) {
      group(g, x, means[meanOff + g], variances[varianceOff + g]);
    }
  }

  private void group(int g, double[] x, double mean, double variance) {
    rstd[g] = 1 / Math.sqrt(variance + epsilon);
    for (int e = 0; e < size(); e++) {
      xhat[index(g, e)] = (x[index(g, e)] - mean) * rstd[g];
    }
  }

  double[] xhat() {
    return xhat;
  }

  /** y = gamma xhat + beta, gamma and beta a column. */
  void scale(double[] parameters, int gammaOff, int betaOff, double[] y) {
    for (int i = 0; i < m * n; i++) {
      y[i] = parameters[gammaOff + i % n] * xhat[i] + parameters[betaOff + i % n];
    }
  }

  /** dgamma = column sums of dy xhat. */
  void gammaGradient(double[] dy, double[] gradients, int gammaOff) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int i = 0; i < m; i++) {
        sum += dy[i * n + j] * xhat[i * n + j];
      }
      gradients[gammaOff + j] = sum;
    }
  }

  /** The sums of gammaGradient with each term's absolute value. */
  void gammaMagnitude(double[] dy, double[] magnitudes, int gammaOff) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int i = 0; i < m; i++) {
        sum += Math.abs(dy[i * n + j] * xhat[i * n + j]);
      }
      magnitudes[gammaOff + j] = sum;
    }
  }

  /** dx += rstd (d - mean of d - xhat mean of d xhat), d = dy gamma, means over the group. */
  void inputGradient(double[] parameters, int gammaOff, double[] dy, double[] dx) {
    for (int g = 0; g < groups(); g++) {
      double sum = 0;
      double dot = 0;
      for (int e = 0; e < size(); e++) {
        int i = index(g, e);
        double d = dy[i] * parameters[gammaOff + i % n];
        sum += d;
        dot += d * xhat[i];
      }
      for (int e = 0; e < size(); e++) {
        int i = index(g, e);
        double d = dy[i] * parameters[gammaOff + i % n];
        dx[i] += rstd[g] * (d - sum / size() - xhat[i] * dot / size());
      }
    }
  }
}
