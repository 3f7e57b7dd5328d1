package io.lanewise.train;

/**
 * Is told how a training goes, on the training thread. It may stop it, at any of these calls, by
 * {@link Training#stop()}.
 */
public interface TrainingListener {
  /** Before the first step; after a resumed one's state has been restored. */
  default void onBegin(Training training) {}

  /** After each step, which is an update of the parameters. */
  default void onBatch(Training training) {}

  /** After each epoch and its validation. */
  default void onEpoch(Training training, History.Epoch epoch) {}

  /** At the end, however it came; the best weights, if they are wanted, are back. */
  default void onEnd(Training training, History history) {}
}
