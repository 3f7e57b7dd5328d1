package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.gate.Bootstrap.Interval;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The statistics, on distributions that are known. */
class BootstrapTest {
  @Test
  void aMedianIsTheMiddle() {
    assertEquals(2, Bootstrap.median(3, 1, 2));
    assertEquals(2.5, Bootstrap.median(4, 1, 2, 3));
    assertEquals(7, Bootstrap.median(7));
    assertTrue(Double.isNaN(Bootstrap.median(new double[0])));
    assertEquals(5, Bootstrap.median(new double[][] {{1, 1, 1}, {5}, {9, 9, 100}}));
  }

  @Test
  void theSamplesAreLeftAsTheyAre() {
    double[] samples = {3, 1, 2};
    Bootstrap.median(samples);
    assertArrayEquals(new double[] {3, 1, 2}, samples);
  }

  @Test
  void withoutSpreadTheIntervalIsAPoint() {
    double[][] same = {{2, 2, 2}, {2, 2, 2}, {2, 2, 2}};
    assertEquals(new Interval(2, 2, 2), Bootstrap.interval(same, 0.99));
    assertEquals(new Interval(1, 1, 1), Bootstrap.ratio(same, same, 0.99));
  }

  /**
   * Of 300 samples of a normal distribution, all of one fork, the 95% interval of the median holds
   * the true one in 95% of 200 trials, give or take 4 standard deviations of that count (3.1).
   */
  @Test
  void anIntervalHoldsTheTruthAsOftenAsItSays() {
    SplittableRandom random = new SplittableRandom(1);
    int held = 0;
    for (int trial = 0; trial < 200; trial++) {
      double[] samples = new double[300];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = 10 + random.nextGaussian();
      }
      Interval interval = Bootstrap.interval(new double[][] {samples}, 0.95);
      held += interval.low() <= 10 && 10 <= interval.high() ? 1 : 0;
    }
    assertTrue(held >= 178 && held <= 200, "held " + held + " of 200");
  }

  /** Forks that differ among each other widen it, though each has no spread in itself. */
  @Test
  void forksCountAndNotOnlySlices() {
    double[][] forks = {constant(1.00), constant(1.05), constant(0.95)};
    Interval interval = Bootstrap.interval(forks, 0.99);
    assertEquals(new Interval(0.95, 1, 1.05), interval);
  }

  /**
   * No shift must never be taken for one; a tenth may be missed where three forks are all lucky.
   */
  @Test
  void aShiftIsSeenAndNoShiftIsNot() {
    SplittableRandom random = new SplittableRandom(2);
    int seen = 0;
    for (int trial = 0; trial < 100; trial++) {
      double[][] before = forks(random, 6, 1);
      Interval none = Bootstrap.ratio(forks(random, 3, 1), before, 0.99);
      assertTrue(none.high() > 0.95, "no shift: " + none);
      Interval tenth = Bootstrap.ratio(forks(random, 3, 1 / 1.1), before, 0.99);
      seen += tenth.high() < 0.95 ? 1 : 0;
    }
    assertTrue(seen >= 95, "a tenth was seen in " + seen + " of 100");
  }

  /** Forks 1% apart, slices 4%, as they were seen to be. */
  private static double[][] forks(SplittableRandom random, int count, double level) {
    double[][] forks = new double[count][80];
    for (double[] fork : forks) {
      double center = level * (1 + 0.01 * random.nextGaussian());
      for (int s = 0; s < fork.length; s++) {
        fork[s] = center * (1 + 0.04 * random.nextGaussian());
      }
    }
    return forks;
  }

  private static double[] constant(double value) {
    double[] fork = new double[20];
    java.util.Arrays.fill(fork, value);
    return fork;
  }
}
