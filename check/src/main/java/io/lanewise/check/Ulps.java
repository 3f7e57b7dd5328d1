package io.lanewise.check;

/**
 * Distances in units in the last place: how many steps of {@link Math#nextUp(float)} lie between
 * two numbers, where -0 and +0 are neighbours, so that the distance is 0 only for the same bits.
 * The infinities are one step beyond the largest numbers. All NaNs are equal, and farther from any
 * number than numbers are from each other: {@link #NAN}.
 */
final class Ulps {
  /** The distance of NaN and a number. */
  public static final long NAN = Long.MAX_VALUE;

  private Ulps() {}

  /** Returns the distance of two floats: 0 to 2^32, or {@link #NAN}. */
  public static long distance(float first, float second) {
    if (Float.isNaN(first) || Float.isNaN(second)) {
      return Float.isNaN(first) && Float.isNaN(second) ? 0 : NAN;
    }
    return Math.abs((long) ordered(first) - ordered(second));
  }

  /** Returns the distance of two doubles, at most {@link #NAN}, which it is also for NaN. */
  public static long distance(double first, double second) {
    if (Double.isNaN(first) || Double.isNaN(second)) {
      return Double.isNaN(first) && Double.isNaN(second) ? 0 : NAN;
    }
    long a = ordered(first);
    long b = ordered(second);
    long distance = Math.max(a, b) - Math.min(a, b);
    return distance < 0 ? NAN : distance;
  }

  /** Integers in the order of the numbers: the negative ones are stored by magnitude. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }
}
