package io.lanewise.internal;

import java.util.Map;

/** Checks of numbers that are given as options or arguments, or found in a checkpoint. */
public final class Require {
  private Require() {}

  /** Finite as a float too, as what it is for is one in the end. */
  public static double notNegative(String name, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " must be finite and >= 0, got " + value);
    }
    return value;
  }

  public static double positive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " must be > 0, got " + value);
    }
    return value;
  }

  /** In [0, 1), as the share that a mean keeps at each step. */
  public static double share(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), got " + value);
    }
    return value;
  }

  public static long atLeast(String name, long least, long value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be >= " + least + ", got " + value);
    }
    return value;
  }

  public static int atLeast(String name, int least, int value) {
    return (int) atLeast(name, (long) least, (long) value);
  }

  /** In (0, 1]. */
  public static double factor(String name, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in (0, 1], got " + value);
    }
    return value;
  }

  /** Returns how far apart values are, which a scale in float must have room for. */
  public static double width(String what, int index, float min, float max, double most) {
    double width = (double) max - min;
    if (width > most || width > 0 && width < 1e-30) {
      throw new IllegalArgumentException(
          what
              + index
              + (" is " + min + " to " + max)
              + (width > 1 ? ", too wide for float: divide" : ", too narrow for float: multiply")
              + " it by 1e30 first");
    }
    return width;
  }

  public static long integer(Map<String, String> scalars, String name) {
    try {
      long value = Long.parseLong(String.valueOf(scalars.get(name)));
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(name + " must be an integer >= 0, got " + scalars.get(name));
  }

  public static double number(Map<String, String> scalars, String name) {
    try {
      return Double.parseDouble(String.valueOf(scalars.get(name)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a number, got " + scalars.get(name));
    }
  }

  /** In [0, 1]. */
  public static double power(Map<String, String> scalars, String name) {
    double value = number(scalars, name);
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1], got " + value);
    }
    return value;
  }
}
