package io.lanewise.internal;

import io.lanewise.math.RandomStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which rows a random split holds back: see {@code Dataset.split}. */
public final class StratifiedSplit {
  private StratifiedSplit() {}

  /**
   * Returns the numbers of the rows of the two parts, ascending.
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
    int[] group = groups(rows, labels);
    int[] quota = quota(group, fraction, held);
    int[] training = new int[rows - held];
    int[] validation = new int[held];
    int t = 0;
    int v = 0;
    for (int row : order) {
      if (quota[group[row]]-- > 0) {
        validation[v++] = row;
      } else {
        training[t++] = row;
      }
    }
    Arrays.sort(training);
    Arrays.sort(validation);
    return new int[][] {training, validation};
  }

  /** Numbers below that of the rows, the same for rows of a class, in the order of the classes. */
  private static int[] groups(int rows, int @Nullable [] labels) {
    int[] group = new int[rows];
    if (labels != null) {
      for (int i = 0; i < rows; i++) {
        group[i] = Math.max(-1, labels[i]);
      }
      int[] sorted = group.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < rows; i++) {
        // One of its places, the same whenever it is searched for.
        group[i] = Arrays.binarySearch(sorted, group[i]);
      }
    }
    return group;
  }

  /**
   * How many rows are held back of each group: rounded down, the rest by largest remainder, of
   * equal ones the first.
   */
  private static int[] quota(int[] group, double fraction, int held) {
    int[] quota = new int[group.length];
    for (int g : group) {
      quota[g]++;
    }
    double[] remainder = new double[quota.length];
    int rest = held;
    for (int g = 0; g < quota.length; g++) {
      double share = quota[g] * fraction;
      quota[g] = (int) share;
      remainder[g] = share - quota[g];
      rest -= quota[g];
    }
    if (rest > 0) {
      double[] sorted = remainder.clone();
      Arrays.sort(sorted);
      double least = sorted[sorted.length - rest];
      for (double each : sorted) {
        rest -= each > least ? 1 : 0;
      }
      for (int g = 0; g < quota.length; g++) {
        if (remainder[g] > least || remainder[g] == least && rest-- > 0) {
          quota[g]++;
        }
      }
    }
    return quota;
  }
}
