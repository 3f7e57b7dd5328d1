package io.lanewise.train;

import java.util.Map;

/**
 * The learning rate as a function of how far a training is. Most have no state and may be shared;
 * the one that follows a metric ({@link ReduceOnPlateau}) has, as has what wraps it: make one for
 * each training.
 */
public interface Schedule {
  /**
   * Returns the learning rate of a step.
   *
   * @param base the rate that the optimizer was made with
   * @param step the steps done before it, over all epochs, at least 0
   * @param epoch the epochs done before it, at least 0
   */
  double rate(double base, long step, int epoch);

  /**
   * Tells the metric that is watched, after each epoch: the loss of the validation data where there
   * is some, else that of the training. Ignored by most.
   */
  default void observe(double metric) {}

  /** Returns the state by name, as text; empty where there is none. */
  default Map<String, String> scalars() {
    return Map.of();
  }

  /**
   * Puts it into the state that another one of the same kind had.
   *
   * @param scalars what {@link #scalars} returned
   * @throws IllegalArgumentException if they are not of this kind, or damaged
   */
  default void restore(Map<String, String> scalars) {}
}
