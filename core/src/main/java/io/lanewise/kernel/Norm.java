package io.lanewise.kernel;

import java.util.Objects;

/**
 * The vectors of a normalization: what is trained, gamma and beta, one element a column (1, n), and
 * the statistics, one element a column (1, n) for batch normalization and one a row (m, 1) for
 * layer normalization.
 *
 * @param gamma the factor of each column
 * @param beta what is added to each column
 * @param mean the means
 * @param rstd the reciprocal standard deviations, as {@link #rstd(float, float)} has them
 */
public record Norm(Matrix gamma, Matrix beta, Matrix mean, Matrix rstd) {
  /** Refuses null; the shapes are checked by each operation, which knows them. */
  public Norm {
    Objects.requireNonNull(gamma, "gamma");
    Objects.requireNonNull(beta, "beta");
    Objects.requireNonNull(mean, "mean");
    Objects.requireNonNull(rstd, "rstd");
  }

  /** Returns 1 / sqrt(variance + epsilon), each of the three operations rounded. */
  public static float rstd(float variance, float epsilon) {
    return 1f / (float) Math.sqrt(variance + epsilon);
  }

  /**
   * Returns the {@link #rstd(float, float)} of column j of x, whose variance may be beyond the
   * range of float: it is summed in double, rows ascending, and the root and the quotient are of
   * doubles.
   */
  public static float rstd(Matrix x, int j, float mean, float epsilon) {
    return rstd(moment(true, x.array(), x.off() + j, x.ld(), x.rows(), mean), epsilon);
  }

  static float rstd(double variance, float epsilon) {
    return (float) (1 / Math.sqrt(variance + epsilon));
  }

  /** The mean of x - center, or of its squares, of numbers at that step; summed in double. */
  static double moment(boolean second, float[] x, int off, int step, int count, float center) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double d = (double) x[off + i * step] - center;
      sum += second ? d * d : d;
    }
    return sum / count;
  }

  /** Statistics are of columns, or of rows: (1, n) or (m, 1). */
  void checkStatistics(boolean ofRows, Matrix x) {
    Check.row("gamma", gamma, x.columns());
    Check.row("beta", beta, x.columns());
    if (ofRows) {
      Check.column("mean", mean, x.rows());
      Check.column("rstd", rstd, x.rows());
    } else {
      Check.row("mean", mean, x.columns());
      Check.row("rstd", rstd, x.columns());
    }
  }

  /** What is written must overlap no vector. */
  void checkApart(String name, Matrix output) {
    Check.apart(name, output, "gamma", gamma);
    Check.apart(name, output, "beta", beta);
    Check.apart(name, output, "mean", mean);
    Check.apart(name, output, "rstd", rstd);
  }

  /** The statistics, which an operation writes, must overlap nothing. */
  void checkStatisticsApart(Matrix x) {
    for (int i = 0; i < 2; i++) {
      String name = i == 0 ? "mean" : "rstd";
      Matrix statistic = i == 0 ? mean : rstd;
      Check.apart(name, statistic, "x", x);
      Check.apart(name, statistic, "gamma", gamma);
      Check.apart(name, statistic, "beta", beta);
    }
    Check.apart("rstd", rstd, "mean", mean);
  }
}
