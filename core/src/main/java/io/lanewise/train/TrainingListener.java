package io.lanewise.train;

/** Is told how a training goes, on the training thread. */
public interface TrainingListener {
  /**
   * After each batch.
   *
   * @param epoch from 1
   * @param rowsDone rows of this epoch so far
   * @param loss the mean over them
   * @param accuracy likewise; NaN where there are no classes
   */
  default void onBatch(int epoch, int rowsDone, double loss, double accuracy) {}

  /** After each epoch. */
  default void onEpoch(History.Epoch epoch) {}
}
