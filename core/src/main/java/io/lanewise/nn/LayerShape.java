package io.lanewise.nn;

/** What layers require of their shape and their options. */
final class LayerShape {
  static final int MAX_LAYERS = 2048;
  // The longest array that every JVM makes.
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private LayerShape() {}

  static void require(int index, int nIn, int nOut) {
    if (index < 0 || index >= MAX_LAYERS) {
      throw new IllegalArgumentException("a network may have at most " + MAX_LAYERS + " layers");
    }
    requirePositive("nIn", nIn);
    requirePositive("nOut", nOut);
  }

  static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
    return value;
  }

  /** Room for {@code count} parameters from off on. */
  static void requireParameters(int index, int nIn, int nOut, int off, long count) {
    if (off < 0 || off + count > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "layer " + index + " of (" + nIn + ", " + nOut + "): too many parameters");
    }
  }

  /** Room for {@code count} numbers of the state from off on. */
  static void requireState(int index, int n, int off, long count) {
    if (off < 0 || off + count > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "layer " + index + " of " + n + " values a row: too much state");
    }
  }

  static void requireEpsilon(float epsilon) {
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be > 0 and finite, got " + epsilon);
    }
  }
}
