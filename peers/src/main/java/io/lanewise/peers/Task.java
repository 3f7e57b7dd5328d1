package io.lanewise.peers;

/** What is compared: the same input for every library, and a judge of what they make of it. */
public interface Task {
  /** Returns the name that the task is chosen by. */
  String name();

  /** Returns how many operations one run has, of the kind that the rate is in. */
  double operations();

  /** Returns how many runs make the result that is checked. */
  int runs();

  /**
   * Holds a result to the reference.
   *
   * @throws IllegalStateException if it is further from it than rounding can be
   */
  void check(float[] result);
}
