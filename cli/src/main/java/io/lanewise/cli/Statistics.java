package io.lanewise.cli;

/** What can be said of many values in a line; NaN are counted and left out. */
final class Statistics {
  private float min = Float.NaN;
  private float max = Float.NaN;
  private long count;
  private double mean;
  private double squares;
  private long nans;

  static Statistics of(float[] x, int off, int length) {
    Statistics of = new Statistics();
    of.add(x, off, length);
    return of;
  }

  void add(float[] x, int off, int length) {
    for (int i = off; i < off + length; i++) {
      if (Float.isNaN(x[i])) {
        nans++;
        continue;
      }
      min = count == 0 ? x[i] : Math.min(min, x[i]);
      max = count == 0 ? x[i] : Math.max(max, x[i]);
      count++;
      // Welford 1962: no difference of large sums.
      double change = x[i] - mean;
      mean += change / count;
      squares += change * (x[i] - mean);
    }
  }

  /** The least; NaN if there is none. */
  float min() {
    return min;
  }

  float max() {
    return max;
  }

  double mean() {
    return count == 0 ? Double.NaN : mean;
  }

  /** The standard deviation, dividing by their number. */
  double deviation() {
    return count == 0 ? Double.NaN : Math.sqrt(squares / count);
  }

  long nans() {
    return nans;
  }
}
