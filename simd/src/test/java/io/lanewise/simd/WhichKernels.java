package io.lanewise.simd;

import io.lanewise.kernel.KernelLookup;

/** Prints the name of the kernels that this JVM finds. */
final class WhichKernels {
  private WhichKernels() {}

  public static void main(String[] args) {
    System.out.println("kernels=" + KernelLookup.best().name());
  }
}
