package io.lanewise.check;

import io.lanewise.kernel.Matrix;

/** y = f(x) on windows of arrays, for {@link Conformance}. */
@FunctionalInterface
public interface OnWindows {
  /**
   * Computes it.
   *
   * @param x (m, n)
   * @param y (m, n), which may be the same window as x
   */
  void apply(Matrix x, Matrix y);
}
