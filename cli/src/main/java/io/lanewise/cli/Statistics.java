package io.lanewise.cli;

/**
 * What can be said of many values in a line; NaN are counted and left out.
 *
 * @param min the least; NaN if there is none
 * @param max the greatest
 * @param mean the mean
 * @param deviation the standard deviation, dividing by their number
 * @param nans how many are NaN
 */
record Statistics(float min, float max, double mean, double deviation, int nans) {

  static Statistics of(float[] x, int off, int length) {
    float min = Float.NaN;
    float max = Float.NaN;
    int count = 0;
    double mean = 0;
    double squares = 0;
    for (int i = off; i < off + length; i++) {
      if (Float.isNaN(x[i])) {
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
    double deviation = count == 0 ? Double.NaN : Math.sqrt(squares / count);
    return new Statistics(min, max, count == 0 ? Double.NaN : mean, deviation, length - count);
  }
}
