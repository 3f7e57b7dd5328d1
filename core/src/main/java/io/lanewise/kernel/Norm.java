package io.lanewise.kernel;

import java.util.Objects;

/**
 * The vectors of a normalization: what is trained, gamma and beta, one element a column, and the
 * statistics, one element a column for batch normalization and one a row for layer normalization. A
 * value, made once and reused: it holds references to the arrays, not copies.
 *
 * @param gamma the factor of each column
 * @param beta what is added to each column
 * @param mean the means
 * @param rstd the reciprocal standard deviations, as {@link LayerKernels#rstd} has them
 */
public record Norm(
    float[] gamma,
    int gammaOff,
    float[] beta,
    int betaOff,
    float[] mean,
    int meanOff,
    float[] rstd,
    int rstdOff) {
  /** Refuses null; the lengths are checked by each operation, which knows them. */
  public Norm {
    Objects.requireNonNull(gamma, "gamma");
    Objects.requireNonNull(beta, "beta");
    Objects.requireNonNull(mean, "mean");
    Objects.requireNonNull(rstd, "rstd");
  }
}
