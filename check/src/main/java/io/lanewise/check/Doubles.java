package io.lanewise.check;

import java.util.Arrays;

/** What is done to arrays of doubles as a whole. */
final class Doubles {
  private Doubles() {}

  static double[] toDouble(float[] values, int length) {
    double[] result = new double[length];
    for (int i = 0; i < length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  static double[] abs(double[] x) {
    return Arrays.stream(x).map(Math::abs).toArray();
  }

  static void addTo(double[] x, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += x[i];
    }
  }
}
