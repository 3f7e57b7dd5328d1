package io.lanewise.plot;

/**
 * An axis of round numbers: steps of 1, 2 or 5 times a power of ten.
 *
 * @param from its first number
 * @param to its last
 * @param step between two that are written
 */
record Scale(double from, double to, double step) {
  /**
   * Returns one that holds these numbers.
   *
   * @param least the smallest of them
   * @param most the largest
   * @param steps how many there are at most between its ends, about
   */
  static Scale of(double least, double most, int steps) {
    // One number alone gets a little room, and so do some that differ by roundings.
    boolean apart = most - least > 1e-9 * Math.max(Math.abs(least), Math.abs(most));
    double span = apart ? most - least : Math.max(1e-6, 0.1 * Math.abs(most));
    double power = Math.pow(10, Math.floor(Math.log10(span / steps)));
    double step = power;
    for (int factor : new int[] {2, 5, 10}) {
      step = span / step > steps ? factor * power : step;
    }
    double from = step * Math.floor(least / step + 1e-9);
    double to = step * Math.ceil(Math.max(most, least + span) / step - 1e-9);
    return new Scale(from, to, step);
  }

  /** Returns how many numbers are written. */
  int count() {
    return (int) Math.round((to - from) / step) + 1;
  }

  /** Returns the i-th that is written, from 0. */
  double at(int i) {
    return from + i * step;
  }
}
