package io.lanewise.dataset;

import io.lanewise.math.RandomStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows to train on and rows that are held back, both in the order in which they were.
 *
 * @param training the larger part, as a rule
 * @param validation what is held back
 */
public record Split(Dataset training, Dataset validation) {

  /**
   * Holds back a random share of the rows. Where they have labels the split is stratified: it is
   * the same share of each class, to a row, and of the rows without one; the total is the share of
   * all rows, rounded.
   *
   * @param fraction the share that is held back, in (0, 1)
   * @throws IllegalArgumentException if that leaves no row of one of the two
   */
  public static Split random(Dataset data, double fraction, long seed) {
    int @Nullable [] labels = data.hasLabels() ? data.labels() : null;
    int[][] parts = rows(data.rows(), labels, fraction, seed);
    return new Split(data.select(parts[0]), data.select(parts[1]));
  }

  /**
   * Returns the numbers of the rows of the two parts, ascending, for rows that are not a dataset
   * yet; see {@link #random}.
   *
   * @param labels the class of each row, less than 0 for none; null if they have none
   * @return those to train on, and those that are held back
   * @throws IllegalArgumentException if that leaves no row of one of the two, or there are not as
   *     many labels
   */
  public static int[][] rows(int rows, int @Nullable [] labels, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction must be in (0, 1), got " + fraction);
    }
    if (labels != null && labels.length != rows) {
      throw new IllegalArgumentException(
          "labels: got " + labels.length + ", wanted one for each of the " + rows + " rows");
    }
    int held = (int) Math.round(rows * fraction);
    if (held < 1 || held >= rows) {
      throw new IllegalArgumentException(
          "fraction: "
              + fraction
              + " of "
              + rows
              + " rows is "
              + held
              + " to hold back: each part must have at least one");
    }
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    new RandomStream(seed, RandomStream.Purpose.SPLIT).shuffle(order);
    // The distinct classes in order; no class is one of them.
    int @Nullable [] groups =
        labels == null
            ? null
            : Arrays.stream(labels).map(Split::group).sorted().distinct().toArray();
    int[] quota = quota(labels, groups, fraction, held);
    int[] training = new int[rows - held];
    int[] validation = new int[held];
    int t = 0;
    int v = 0;
    for (int row : order) {
      int group = labels == null ? 0 : Arrays.binarySearch(groups, group(labels[row]));
      if (quota[group] > 0) {
        quota[group]--;
        validation[v++] = row;
      } else {
        training[t++] = row;
      }
    }
    Arrays.sort(training);
    Arrays.sort(validation);
    return new int[][] {training, validation};
  }

  private static int group(int label) {
    return Math.max(-1, label);
  }

  /**
   * How many rows are held back of each group: rounded down, the rest by largest remainder, of
   * equal ones the first.
   */
  private static int[] quota(
      int @Nullable [] labels, int @Nullable [] groups, double fraction, int held) {
    if (labels == null) {
      return new int[] {held};
    }
    int[] quota = new int[groups.length];
    for (int label : labels) {
      quota[Arrays.binarySearch(groups, group(label))]++;
    }
    double[] remainder = new double[quota.length];
    int rest = held;
    for (int c = 0; c < quota.length; c++) {
      double share = quota[c] * fraction;
      quota[c] = (int) share;
      remainder[c] = share - quota[c];
      rest -= quota[c];
    }
    if (rest > 0) {
      double[] sorted = remainder.clone();
      Arrays.sort(sorted);
      double least = sorted[sorted.length - rest];
      for (double each : sorted) {
        rest -= each > least ? 1 : 0;
      }
      for (int c = 0; c < quota.length; c++) {
        boolean tied = remainder[c] == least && rest-- > 0;
        quota[c] += tied || remainder[c] > least ? 1 : 0;
      }
    }
    return quota;
  }
}
