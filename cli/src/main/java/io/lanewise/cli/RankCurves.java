package io.lanewise.cli;

import java.util.Arrays;

/**
 * What every threshold of a score gives: a point where the score changes, from the highest down.
 *
 * @param fpr the share of the others that is above it
 * @param tpr the share of the class that is above it, which is the recall
 * @param precision the share of those above it that is of the class
 * @param area under the ROC curve
 * @param averagePrecision as scikit-learn has it
 */
record RankCurves(
    double[] fpr, double[] tpr, double[] precision, double area, double averagePrecision) {
  /** Returns them; null if there are not both of the class and others, or a score is NaN. */
  static RankCurves of(float[] scores, float[] wanted, Outcomes weights) {
    int n = scores.length;
    long[] order = new long[n];
    double positive = 0;
    double negative = 0;
    for (int i = 0; i < n; i++) {
      if (Float.isNaN(scores[i])) {
        return null;
      }
      // Sorted as integers: the score above, the row below; -0 + 0 is 0.
      int bits = Float.floatToIntBits(-scores[i] + 0f);
      order[i] = (long) (bits ^ (bits >> 31 & 0x7fffffff)) << 32 | i;
      if (wanted[i] > 0.5f) {
        positive += weights.weight(i);
      } else {
        negative += weights.weight(i);
      }
    }
    if (positive == 0 || negative == 0) {
      return null;
    }
    Arrays.sort(order);
    double[] fpr = new double[n + 1];
    double[] tpr = new double[n + 1];
    double[] precision = new double[n + 1];
    int points = 1;
    double above = 0;
    double right = 0;
    double area = 0;
    double average = 0;
    for (int at = 0; at < n; ) {
      long score = order[at] >> 32;
      for (; at < n && order[at] >> 32 == score; at++) {
        int i = (int) order[at];
        above += weights.weight(i);
        right += wanted[i] > 0.5f ? weights.weight(i) : 0;
      }
      if (above == 0) {
        continue;
      }
      fpr[points] = (above - right) / negative;
      tpr[points] = right / positive;
      precision[points] = right / above;
      area += (fpr[points] - fpr[points - 1]) * (tpr[points] + tpr[points - 1]) / 2;
      average += (tpr[points] - tpr[points - 1]) * precision[points];
      points++;
    }
    precision[0] = precision[1];
    return new RankCurves(
        Arrays.copyOf(fpr, points),
        Arrays.copyOf(tpr, points),
        Arrays.copyOf(precision, points),
        area,
        average);
  }
}
