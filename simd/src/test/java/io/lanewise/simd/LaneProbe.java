package io.lanewise.simd;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.kernel.KernelLookup;

/** Compares SIMD with scalar in this JVM and prints the SHA-256 of all results; or exits with 1. */
final class LaneProbe {
  static final String HASH = "sha256 ";

  private LaneProbe() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    IntegersTest.check(KernelLookup.named("simd"));
    UnpackProbe.check();
    ConformanceReport result = Conformance.of(KernelLookup.named("simd")).quick().run();
    System.out.println(KernelLookup.named("simd").describe());
    System.out.println(result);
    System.out.println(HASH + result.sha256());
    System.exit(result.passed() ? 0 : 1);
  }
}
