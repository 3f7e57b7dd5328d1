package io.lanewise.simd;

import io.lanewise.check.KernelConformance;
import io.lanewise.kernel.KernelLookup;

/** Compares SIMD with scalar in this JVM and prints the SHA-256 of all results; or exits with 1. */
final class LaneProbe {
  static final String HASH = "sha256 ";

  private LaneProbe() {}

  public static void main(String[] args) {
    KernelConformance.Result result = KernelConformance.quick(KernelLookup.named("simd"));
    System.out.println(KernelLookup.named("simd").describe());
    System.out.println(result);
    System.out.println(HASH + result.sha256());
    System.exit(result.identical() ? 0 : 1);
  }
}
