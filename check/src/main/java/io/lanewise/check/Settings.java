package io.lanewise.check;

import java.util.function.Predicate;

/**
 * What a {@link Trial} asks for.
 *
 * @param seed of the shapes and the inputs
 * @param wanted the names of the operations that are called; the others are counted alone
 * @param ulps the most units in the last place of elementwise functions; 0 for the bits
 * @param rounding the factor of the rounding errors of sums; 0 for the bits
 * @param finite whether inputs are ordinary, and results that are not finite are not compared
 * @param apart whether outputs never share a window with an input
 */
record Settings(
    long seed,
    Predicate<String> wanted,
    double ulps,
    double rounding,
    boolean finite,
    boolean apart) {
  static final long SEED = 20260401;

  /** The bits of all operations. */
  static Settings bits(long seed) {
    return new Settings(seed, operation -> true, 0, 0, false, false);
  }

  Settings seed(long seed) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }

  Settings wanted(Predicate<String> wanted) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }

  Settings ulps(double ulps) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }

  Settings rounding(double rounding) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }

  Settings finite(boolean finite) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }

  Settings apart(boolean apart) {
    return new Settings(seed, wanted, ulps, rounding, finite, apart);
  }
}
