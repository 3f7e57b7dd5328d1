package io.lanewise.train;

import java.util.List;

/**
 * What a training did.
 *
 * @param epochs one entry an epoch
 */
public record History(List<Epoch> epochs) {

  /** Takes a copy of the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** Returns the last epoch. */
  public Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  /**
   * One pass over the data.
   *
   * @param epoch from 1
   * @param loss the mean over the rows, each taken before its batch's step
   * @param accuracy likewise; NaN where there are no classes
   * @param validationLoss after the epoch; NaN without a validation set
   * @param validationAccuracy likewise; NaN also where there are no classes
   * @param rowsPerSecond of training, without the validation
   */
  public record Epoch(
      int epoch,
      double loss,
      double accuracy,
      double validationLoss,
      double validationAccuracy,
      double rowsPerSecond) {}
}
