package io.lanewise.simd;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.check.ForwardingKernels;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.time.Duration;
import java.util.List;

/** Compares SIMD with scalar in this JVM and prints the SHA-256 of all results; or exits with 1. */
final class LaneProbe {
  static final String HASH = "sha256 ";

  private LaneProbe() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    boolean interpreted = System.getProperty("java.vm.info", "").contains("interpreted mode");
    boolean slow = interpreted || !Lanes.hasFastFma();
    IntegersTest.check(KernelLookup.named("simd"), interpreted);
    UnpackProbe.check(slow);
    ConformanceReport result = Conformance.of(KernelLookup.named("simd")).quick().run();
    System.out.println(KernelLookup.named("simd").describe());
    System.out.println(result);
    System.out.println(HASH + result.sha256());
    // Where nothing is compiled the scalar kernels go on answering.
    boolean started = early(slow) && (interpreted || starting(result.sha256()));
    System.exit(result.passed() && started ? 0 : 1);
  }

  /** Products of the first seconds, of every form; small alone where the JVM emulates. */
  private static boolean early(boolean slow) {
    List<String> batteries = List.of("matmulRandom(60, 40)", "matmulPacked(20, 40)");
    for (String battery : slow ? batteries.subList(0, 1) : batteries) {
      ConformanceReport result = Conformance.of(SimdKernels.EARLY).battery(battery).run();
      if (!result.passed()) {
        System.out.println(result);
        return false;
      }
    }
    return true;
  }

  /**
   * Those that answer by the scalar ones, each call of which rehearses, until vectors are ready.
   */
  private static boolean starting(String sha256) {
    Kernels best = KernelLookup.best();
    best.warmUp(Duration.ofNanos(1));
    ConformanceReport result = Conformance.of(new ForwardingKernels(best) {}).quick().run();
    if (!result.passed()) {
      System.out.println(result);
    }
    return result.passed() && result.sha256().equals(sha256) && best.direct() != best;
  }
}
