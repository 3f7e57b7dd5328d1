package io.lanewise.simd;

/** Tells whether Math.fma is an instruction here, or the JDK's BigDecimal code. */
final class Fma {
  private Fma() {}

  /**
   * No API of java.base says so; time does. The JDK's code returns early for a factor of 0 and
   * takes at least 20 times longer otherwise, interpreted or compiled, while an instruction takes
   * the same time for both. The least of a few short timings keeps out what else the machine does.
   */
  static boolean isFast() {
    long zero = Long.MAX_VALUE;
    long nonZero = Long.MAX_VALUE;
    for (int round = 0; round < 8; round++) {
      zero = Math.min(zero, nanos(0f));
      nonZero = Math.min(nonZero, nanos(1.1f));
    }
    return nonZero < 4 * zero + 200;
  }

  private static long nanos(float factor) {
    float sum = 0.3f;
    long start = System.nanoTime();
    for (int i = 0; i < 8; i++) {
      sum = Math.fma(factor, 0.7f, sum);
    }
    long time = System.nanoTime() - start;
    // Uses the sum, which is always less, so that the loop stays.
    return sum < 100f ? time : 0;
  }
}
