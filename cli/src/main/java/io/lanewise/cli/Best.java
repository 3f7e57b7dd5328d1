package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.train.History;

/** Which epoch of a training is shown as its best. */
final class Best {
  private Best() {}

  /**
   * Returns the one whose weights were restored; else that of the least validation loss, or of the
   * least loss where there is no validation; 0 if there is none.
   */
  static int epoch(History history) {
    if (history.bestEpoch() > 0) {
      return history.bestEpoch();
    }
    Figure figure = figure(history);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (History.Epoch epoch : history.epochs()) {
      if (epoch.figure(figure) < least) {
        least = epoch.figure(figure);
        best = epoch.epoch();
      }
    }
    return best;
  }

  /** Returns what an epoch is the best by, where none was restored. */
  static Figure figure(History history) {
    boolean held = history.epochs().stream().anyMatch(e -> Double.isFinite(e.validationLoss()));
    return held ? Figure.VALIDATION_LOSS : Figure.LOSS;
  }
}
