package io.lanewise.train;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Figure;
import java.util.Objects;

/**
 * Ends a training that gets no better, and restores the best weights: those of the best figure, by
 * however little. For the patience an epoch is better if its figure beats the last one that was by
 * more than {@code minDelta}, or by more than that share of it; a NaN never does.
 *
 * @param figure what must get better
 * @param patience how many epochs in a row may be no better before it ends, at least 1; or 0: it
 *     goes through all epochs, and restores the best weights
 * @param minDelta finite, at least 0
 * @param restoreBest whether the weights of the best epoch are restored at the end, however it came
 * @param relative whether {@code minDelta} is a share of the figure that is to be beaten, such as
 *     0.01 for one in a hundred
 */
public record EarlyStopping(
    Figure figure, int patience, double minDelta, boolean restoreBest, boolean relative) {

  /** Checks the arguments. */
  public EarlyStopping {
    Objects.requireNonNull(figure, "figure");
    Require.atLeast("patience", 0, patience);
    if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("minDelta must be finite and >= 0, got " + minDelta);
    }
  }

  /** One whose {@code minDelta} is a difference. */
  public EarlyStopping(Figure figure, int patience, double minDelta, boolean restoreBest) {
    this(figure, patience, minDelta, restoreBest, false);
  }

  /** The validation loss with that patience: any improvement counts, the best is restored. */
  public EarlyStopping(int patience) {
    this(Figure.VALIDATION_LOSS, patience, 0, true);
  }

  /** Returns by how much a figure must be beaten; there may be none yet, which is infinite. */
  double delta(double than) {
    return relative && Double.isFinite(than) ? minDelta * Math.abs(than) : minDelta;
  }

  /** Returns whether a figure beats another by more than that. */
  boolean better(double value, double than, double delta) {
    return figure.largerIsBetter() ? value > than + delta : value < than - delta;
  }
}
