package io.lanewise.gate;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Medians, and intervals for them by resampling. */
public final class Bootstrap {
  /** Of the gate's intervals. */
  static final double CONFIDENCE = 0.95;

  private static final int RESAMPLES = 2000;

  private Bootstrap() {}

  /**
   * An interval with the estimate within it.
   *
   * @param low its lower end
   * @param estimate from the samples as they are
   * @param high its upper end
   */
  public record Interval(double low, double estimate, double high) {}

  /** Returns the median; NaN of nothing. */
  public static double median(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** Returns the median of the medians of the forks. */
  public static double median(double[][] forks) {
    return median(Arrays.stream(forks).mapToDouble(Bootstrap::median).toArray());
  }

  /**
   * Returns the interval of the median of the forks' medians. A resample takes forks with
   * replacement, and of each fork its slices with replacement: forks differ by more than their
   * slices say, since each is compiled anew.
   *
   * @param forks of each fork its samples
   * @param confidence such as 0.99
   */
  public static Interval interval(double[][] forks, double confidence) {
    return percentiles(resample(forks, 1), median(forks), confidence);
  }

  /** Returns the interval of one such median over another, each resampled by itself. */
  public static Interval ratio(double[][] forks, double[][] before, double confidence) {
    double[] above = resample(forks, 1);
    double[] below = resample(before, 2);
    for (int r = 0; r < RESAMPLES; r++) {
      above[r] /= below[r];
    }
    return percentiles(above, median(forks) / median(before), confidence);
  }

  private static double[] resample(double[][] forks, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] sorted = Arrays.stream(forks).map(double[]::clone).toArray(double[][]::new);
    for (double[] fork : sorted) {
      Arrays.sort(fork);
    }
    double[] medians = new double[RESAMPLES];
    double[] ofForks = new double[forks.length];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int f = 0; f < forks.length; f++) {
        ofForks[f] = resampledMedian(sorted[random.nextInt(forks.length)], random);
      }
      medians[r] = median(ofForks);
    }
    return medians;
  }

  /** Counts how often each sample is taken, in their order: no resample needs to be sorted. */
  private static double resampledMedian(double[] sorted, SplittableRandom random) {
    int n = sorted.length;
    if (n == 0) {
      return Double.NaN;
    }
    int[] taken = new int[n];
    for (int s = 0; s < n; s++) {
      taken[random.nextInt(n)]++;
    }
    int at = 0;
    int before = taken[0];
    while (before <= (n - 1) / 2) {
      before += taken[++at];
    }
    double lower = sorted[at];
    while (before <= n / 2) {
      before += taken[++at];
    }
    return (lower + sorted[at]) / 2;
  }

  private static Interval percentiles(double[] values, double estimate, double confidence) {
    Arrays.sort(values);
    int cut = (int) Math.round(values.length * (1 - confidence) / 2);
    return new Interval(values[cut], estimate, values[values.length - 1 - cut]);
  }
}
