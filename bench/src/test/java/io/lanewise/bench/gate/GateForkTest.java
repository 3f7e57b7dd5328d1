package io.lanewise.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.Bootstrap;
import org.junit.jupiter.api.Test;

/** The gate's own clock: nothing reads as nothing, twice the work as twice the time. */
class GateForkTest {
  private static final Job PEAK = Yardstick.PEAK.job(0);

  private static GateFork.Measured measure(Job job, boolean slow) {
    return new GateFork(job, PEAK, slow).measure();
  }

  /** The reference takes microseconds; 1000 times the rate of it is a few ns. */
  @Test
  void anEmptyJobReadsAsNothing() {
    double ratio = Bootstrap.median(measure(() -> 0f, false).ratios());
    assertTrue(ratio > 100, "an empty job is only " + ratio + " times as fast as the peak's loop");
  }

  @Test
  void theSameWorkReadsAsOneAndTwiceTheWorkAsHalf() {
    Job same = Yardstick.PEAK.job(0);
    assertEquals(1, Bootstrap.median(measure(same, false).ratios()), 0.1);
    assertEquals(
        0.5, Bootstrap.median(measure(() -> same.run() + same.run(), false).ratios()), 0.05);
  }

  @Test
  void theHookSlowsByATenth() {
    Job same = Yardstick.PEAK.job(0);
    assertEquals(1 / 1.1, Bootstrap.median(measure(same, true).ratios()), 0.06);
  }

  @Test
  void bytesAreCountedExactly() {
    float[][] kept = new float[1][];
    Job allocates =
        () -> {
          kept[0] = new float[100];
          return kept[0].length;
        };
    // 16 bytes of header before 100 floats.
    assertEquals(416, measure(allocates, false).bytes());
    assertEquals(0, measure(PEAK, false).bytes());
  }

  @Test
  void aForkThatPrintsSomethingElseIsAnError() {
    assertEquals(
        0.5, ForkRunner.parse("figures 0.5 0.6\nreference 9\nbytes 0.0\nwarm 1\n").figures()[0]);
    assertThrows(IllegalStateException.class, () -> ForkRunner.parse("oops\nreference 9\nbytes 0"));
  }
}
