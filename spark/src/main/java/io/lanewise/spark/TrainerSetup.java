package io.lanewise.spark;

import io.lanewise.train.Trainer;
import java.io.Serializable;

/**
 * Sets more of the trainer of each worker, such as a schedule, an optimizer or clipping. It goes to
 * each executor, so it must be serializable, and do the same on all.
 */
@FunctionalInterface
public interface TrainerSetup extends Serializable {
  /** Is called once for each worker, after all other settings. */
  void apply(Trainer trainer);
}
