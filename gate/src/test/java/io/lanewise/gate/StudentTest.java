package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StudentTest {
  /** From a table of the distribution. */
  @Test
  void theQuantilesAreStudents() {
    assertEquals(63.66, Student.quantile(1));
    assertEquals(4.032, Student.quantile(5));
    assertEquals(4.032, Student.quantile(5.9));
    assertEquals(3.169, Student.quantile(10));
    assertEquals(3.106, Student.quantile(11), 0.01);
    assertEquals(2.845, Student.quantile(20), 0.01);
    assertEquals(2.660, Student.quantile(60), 0.01);
  }

  /** Of 3 to 5 forks: the interval holds the truth at least as often as it says. */
  @Test
  void fewForksHoldTheTruth() {
    SplittableRandom random = new SplittableRandom(3);
    int held = 0;
    for (int trial = 0; trial < 1000; trial++) {
      double[][] above = forks(random, 3 + trial % 3);
      double[][] below = forks(random, 3);
      Bootstrap.Interval interval =
          Student.ratio(List.<double[][]>of(above), List.<double[][]>of(below));
      held += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
    }
    assertTrue(held >= 980, "held " + held + " of 1000");
  }

  private static double[][] forks(SplittableRandom random, int count) {
    double[][] forks = new double[count][1];
    for (double[] fork : forks) {
      fork[0] = Math.exp(0.05 * random.nextGaussian());
    }
    return forks;
  }
}
