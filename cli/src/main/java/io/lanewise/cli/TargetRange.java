package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.util.Arrays;

/** How large numbers are that are to be predicted, since a training does not scale them. */
final class TargetRange {
  // What squares of errors have room for in float, with some to spare.
  private static final double LEAST = 1e-18;
  private static final double MOST = 1e18;
  private static final int CHUNK = 256;

  private TargetRange() {}

  /**
   * Throws, naming the column, if the targets are too large for their squared errors, or differ by
   * so little that they are 0.
   */
  static void require(RowSource rows, Encoding encoding) throws IOException {
    if (rows.hasLabels()) {
      return;
    }
    int n = rows.nOut();
    double[] min = new double[n];
    double[] max = new double[n];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    Rows some = new Rows(rows, CHUNK);
    try (RowSource.Reader reader = rows.open(0)) {
      for (int m = reader.read(some, 0, CHUNK); m > 0; m = reader.read(some, 0, CHUNK)) {
        for (int i = 0; i < m * n; i++) {
          min[i % n] = Math.min(min[i % n], some.targets()[i]);
          max[i % n] = Math.max(max[i % n], some.targets()[i]);
        }
      }
    }
    for (int j = 0; j < n; j++) {
      double size = Math.max(Math.abs(min[j]), Math.abs(max[j]));
      boolean close = max[j] > min[j] && max[j] - min[j] < LEAST;
      if (close || size > MOST) {
        throw new UsageException(
            encoding.targetName(j)
                + Text.format(": the targets, %.3g to %.3g, ", min[j], max[j])
                + (close
                    ? Text.format("are too close for float: multiply by 1e%.0f first", -power(size))
                    : Text.format("are too large for float: divide by 1e%.0f first", power(size))));
      }
    }
  }

  private static double power(double size) {
    return Math.floor(Math.log10(size));
  }
}
