package io.lanewise.gate;

import java.util.function.DoubleFunction;

/**
 * How a case is judged and shown.
 *
 * @param format the figure for people
 * @param limit the bytes that a run may allocate; NaN for not more than before
 * @param most the figure that cannot be exceeded
 */
record Rules(DoubleFunction<String> format, double limit, double most) {
  static Rules of(DoubleFunction<String> format) {
    return new Rules(format, Double.NaN, Double.POSITIVE_INFINITY);
  }

  Rules format(DoubleFunction<String> other) {
    return new Rules(other, limit, most);
  }

  Rules limit(double bytes) {
    return new Rules(format, bytes, most);
  }

  Rules most(double figure) {
    return new Rules(format, limit, figure);
  }
}
