package io.lanewise.peers;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How fast one library did one task in each round, in operations per ns, and the peak beside it.
 */
final class Rates {
  final double[] rates;
  final double[] peaks;

  Rates(int rounds) {
    rates = new double[rounds];
    peaks = new double[rounds];
  }

  double rate() {
    return median(rates);
  }

  double peak() {
    return median(peaks);
  }

  double ofPeak() {
    return ratio(rates, peaks);
  }

  /** Returns the median of the rounds' ratios: a slow hour of the machine is in both. */
  double ratio(Rates other) {
    return ratio(rates, other.rates);
  }

  private static double ratio(double[] x, double[] y) {
    return median(IntStream.range(0, x.length).mapToDouble(i -> x[i] / y[i]).toArray());
  }

  private static double median(double[] x) {
    double[] sorted = x.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
