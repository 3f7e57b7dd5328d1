package io.lanewise.kernel;

import org.jspecify.annotations.Nullable;

/**
 * What a module that has kernels offers to {@link java.util.ServiceLoader}. It loads on any JVM: it
 * names no class that may be missing until it has been asked whether it is usable.
 */
public interface KernelProvider {
  /** Returns the name that {@code -Dlanewise.kernels} selects it by. */
  String name();

  /** Returns null if the kernels work in this JVM, or why not and what cures it, in one line. */
  @Nullable String unusable();

  /**
   * Returns the rank among the kernels that are taken where none are named: the highest, of equal
   * ones the first in the order of names. Those of lanewise-simd have 100. Default: 0, which is by
   * name only.
   */
  default int priority() {
    return 0;
  }

  /** Returns the kernels; called only if {@link #unusable()} is null. */
  Kernels kernels();
}
