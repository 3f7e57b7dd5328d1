package io.lanewise.gate;

import io.lanewise.gate.Bootstrap.Interval;
import java.util.Arrays;
import java.util.List;

/**
 * The interval of a ratio of a few forks, by Student's t of the logarithms of their medians, with
 * Welch's degrees of freedom. Of figures that cannot be taken again it is the honest one: a
 * bootstrap's interval of three forks is too narrow.
 */
final class Student {
  /** The quantiles 0.995 for 1 to 10 degrees of freedom. */
  private static final double[] QUANTILES = {
    63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169
  };

  private Student() {}

  /**
   * Returns the 99% interval of the product of the first over that of the others.
   *
   * @param above of each its forks, and of each of those its samples
   * @param below the same
   */
  static Interval ratio(List<double[][]> above, List<double[][]> below) {
    double log = 0;
    double variance = 0;
    double freedom = 0;
    for (List<double[][]> side : List.of(above, below)) {
      for (double[][] forks : side) {
        double[] logs =
            Arrays.stream(forks).mapToDouble(f -> Math.log(Bootstrap.median(f))).toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        double n = logs.length;
        double spread = Arrays.stream(logs).map(x -> (x - mean) * (x - mean)).sum() / (n - 1) / n;
        log += side == above ? mean : -mean;
        if (n > 1) {
          variance += spread;
          freedom += spread * spread / (n - 1);
        }
      }
    }
    double half = variance == 0 ? 0 : quantile(variance * variance / freedom) * Math.sqrt(variance);
    return new Interval(Math.exp(log - half), Math.exp(log), Math.exp(log + half));
  }

  /** The quantile 0.995 of Student's distribution; between whole degrees that of the lower. */
  static double quantile(double freedom) {
    return freedom < QUANTILES.length + 1
        ? QUANTILES[(int) Math.max(1, freedom + 1e-9) - 1]
        : 2.576 + 4.9 / freedom + 11 / (freedom * freedom);
  }
}
