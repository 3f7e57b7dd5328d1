package io.lanewise.plot;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which points of a long curve are drawn. */
final class Thinning {
  private Thinning() {}

  /** Returns which points are drawn: the ends, and the least and the largest of each piece. */
  static int[] kept(double[] y) {
    int n = y.length;
    if (n <= Chart.MOST_POINTS) {
      return IntStream.range(0, n).toArray();
    }
    int[] all = new int[Chart.MOST_POINTS + 2];
    int count = 0;
    all[count++] = 0;
    int pieces = Chart.MOST_POINTS / 2;
    for (int p = 0; p < pieces; p++) {
      int from = (int) ((long) n * p / pieces);
      int to = (int) ((long) n * (p + 1) / pieces);
      int least = from;
      int most = from;
      for (int i = from; i < to; i++) {
        least = y[i] < y[least] ? i : least;
        most = y[i] > y[most] ? i : most;
      }
      all[count++] = Math.min(least, most);
      all[count++] = Math.max(least, most);
    }
    all[count++] = n - 1;
    return Arrays.stream(all, 0, count).distinct().toArray();
  }
}
