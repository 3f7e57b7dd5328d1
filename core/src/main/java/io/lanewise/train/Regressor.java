package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Metric;
import java.util.Objects;

/**
 * A regressor in one call: it scales features and targets, makes a network and trains it by the
 * squared error. The targets are scaled to mean 0 and standard deviation 1 ({@link
 * Trainer#targetScaling}), so that the losses of the history are in those units; R2 and RMSE of
 * what {@code validation} holds back are there too, in the unit of the targets, which is what the
 * network gives afterwards.
 *
 * <pre>{@code
 * Regressor regressor = new Regressor().hiddenLayers(32).seed(42).fit(training);
 * float[] y = regressor.predict(rows);
 * double r2 = regressor.score(test);
 * }</pre>
 */
public final class Regressor extends Estimator<Regressor> {

  /** Makes one with the defaults. */
  public Regressor() {}

  /**
   * Trains on rows with targets.
   *
   * @throws IllegalArgumentException if they have labels instead, or there are none, a target is
   *     NaN or infinite, or the values of one are more than 1e30 apart or less than 1e-30
   */
  public Regressor fit(Dataset data) {
    requireTargets(data);
    fit(data, data.nOut(), Activation.IDENTITY);
    return this;
  }

  private static void requireTargets(Dataset data) {
    if (data.hasLabels()) {
      throw new IllegalArgumentException("data has labels, not targets: take a Classifier");
    }
  }

  /**
   * Trains on rows with one target each, or several.
   *
   * @param x (m, nIn), row-major
   * @param targets (m, nOut), row-major
   * @param nOut targets a row, at least 1
   */
  public Regressor fit(float[] x, float[] targets, int nOut) {
    Objects.requireNonNull(targets, "targets");
    if (nOut < 1 || targets.length % nOut != 0) {
      throw new IllegalArgumentException(
          "targets: " + targets.length + " values are not rows of nOut = " + nOut);
    }
    int rows = targets.length / nOut;
    return fit(Dataset.ofTargets(x, width(x, rows), targets, nOut));
  }

  /** Trains on rows with one target each. */
  public Regressor fit(float[] x, float[] targets) {
    return fit(x, targets, 1);
  }

  /** Trains on rows that are an array each, with one target each. */
  public Regressor fit(float[][] x, float[] targets) {
    Objects.requireNonNull(targets, "targets");
    float[] flat = flat("x", x);
    if (targets.length != x.length) {
      throw new IllegalArgumentException(
          "targets: got " + targets.length + ", wanted one for each of the " + x.length + " rows");
    }
    return fit(flat, targets, 1);
  }

  /**
   * Returns the targets of each row.
   *
   * @param x (m, nIn), row-major
   * @return (m, nOut), row-major
   * @throws IllegalStateException before a fit
   * @throws IllegalArgumentException if they are not rows of the width that was fitted
   */
  public float[] predict(float[] x) {
    return outputs(x);
  }

  /** {@link #predict(float[])} of rows that are an array each; (m, nOut), row-major. */
  public float[] predict(float[][] x) {
    return outputs(flatRows(x));
  }

  /**
   * Returns R2, the coefficient of determination: 1 - sum (y - yhat)^2 / sum (y - mean)^2, the mean
   * over the targets; of a constant target 1 if all is right, else 0, as in scikit-learn.
   *
   * @throws IllegalStateException before a fit
   */
  public double score(Dataset data) {
    requireTargets(data);
    float[] predicted = predict(data.features());
    float[] y = data.targets();
    int nOut = network().nOut();
    if (data.nOut() != nOut || data.rows() < 2) {
      throw new IllegalArgumentException(
          "data must have at least 2 rows of "
              + nOut
              + " targets, has "
              + data.rows()
              + " of "
              + data.nOut());
    }
    return Metric.r2(y, predicted, nOut, data.hasWeights() ? data.weights() : null);
  }

  /** {@link #score(Dataset)} of rows with one target each. */
  public double score(float[] x, float[] targets) {
    return score(Dataset.ofTargets(x, width(x, targets.length), targets, 1));
  }
}
