package io.lanewise.model;

/** Floats in decimals, read without an object for each: a header may hold a million of them. */
final class Decimals {
  // A long holds so many digits.
  private static final int MAX_DIGITS = 18;
  private static final int MAX_EXPONENT = 22;
  private static final double[] TENS = new double[MAX_EXPONENT + 1];

  // What a double has after the digits of a float: half a unit of the float, and the distance from
  // it that two roundings and more cannot cross.
  private static final int REST = (1 << 29) - 1;
  private static final int HALF = 1 << 28;
  private static final int NEAR = 4;

  static {
    // Exact, all of them.
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = 10 * TENS[i - 1];
    }
  }

  private Decimals() {}

  /**
   * Returns the float that {@link Float#parseFloat} gives.
   *
   * @throws NumberFormatException if it is none
   */
  static float parse(String text, int from, int to) {
    long digits = 0;
    int count = 0;
    int exponent = 0;
    boolean any = false;
    boolean point = false;
    int at = from;
    for (; at < to && (text.charAt(at) | 0x20) != 'e'; at++) {
      char c = text.charAt(at);
      if (c >= '0' && c <= '9') {
        any = true;
        digits = 10 * digits + (c - '0');
        count += digits > 0 ? 1 : 0;
        exponent -= point ? 1 : 0;
      }
      boolean fits = c >= '0' && c <= '9' ? count <= MAX_DIGITS : c == '.' && !point;
      if (!fits) {
        return any(text, from, to);
      }
      point |= c == '.';
    }
    if (at < to) {
      int power = power(text, at + 1, to);
      any &= power != Integer.MAX_VALUE;
      exponent += power;
    }
    if (!any || exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT) {
      return any(text, from, to);
    }
    double value = exponent < 0 ? digits / TENS[-exponent] : digits * TENS[exponent];
    int rest = (int) Double.doubleToRawLongBits(value) & REST;
    boolean sure =
        digits == 0
            || value >= Float.MIN_NORMAL && value < Float.MAX_VALUE && Math.abs(rest - HALF) > NEAR;
    return sure ? (float) value : any(text, from, to);
  }

  /** An exponent of one or two digits, with a sign or not; the largest int for any other. */
  private static int power(String text, int from, int to) {
    boolean negative = from < to && text.charAt(from) == '-';
    int start = from + (negative || from < to && text.charAt(from) == '+' ? 1 : 0);
    if (start == to || to - start > 2) {
      return Integer.MAX_VALUE;
    }
    int power = 0;
    for (int i = start; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Integer.MAX_VALUE;
      }
      power = 10 * power + digit;
    }
    return negative ? -power : power;
  }

  private static float any(String text, int from, int to) {
    return Float.parseFloat(text.substring(from, to));
  }
}
