package io.lanewise.train;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Metric;

/**
 * Ends a training that gets no better, and restores the best weights. An epoch is better if its
 * figure beats the best one by more than {@code minDelta}; a NaN never does.
 *
 * @param figure one of {@link History.Epoch#FIGURES}, or that of a {@link Metric}
 * @param patience how many epochs in a row may be no better before it ends, at least 1
 * @param minDelta finite, at least 0
 * @param restoreBest whether the weights of the best epoch are restored at the end, however it came
 */
public record EarlyStopping(String figure, int patience, double minDelta, boolean restoreBest) {

  /** Checks the arguments. */
  public EarlyStopping {
    if (!History.Epoch.FIGURES.contains(figure) && Metric.ofFigure(figure) == null) {
      throw new IllegalArgumentException(
          "figure: \"" + figure + "\" is none of " + String.join(", ", History.Epoch.allFigures()));
    }
    Require.atLeast("patience", 1, patience);
    if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("minDelta must be finite and >= 0, got " + minDelta);
    }
  }

  /** The validation loss with that patience: any improvement counts, the best is restored. */
  public EarlyStopping(int patience) {
    this("validation_loss", patience, 0, true);
  }

  /** Returns whether larger is better: as the metric says, and else it is, but for a loss. */
  public boolean largerIsBetter() {
    Metric metric = metric();
    return metric != null ? metric.largerIsBetter() : !figure.endsWith("loss");
  }

  /** The metric whose figure it is; null if it is another. */
  Metric metric() {
    return Metric.ofFigure(figure);
  }

  /** Returns whether it needs a validation set. */
  boolean needsValidation() {
    return figure.startsWith("validation_");
  }

  /** Returns whether a figure beats the best one. */
  boolean better(double value, double best) {
    return largerIsBetter() ? value > best + minDelta : value < best - minDelta;
  }
}
