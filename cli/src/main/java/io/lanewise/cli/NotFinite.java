package io.lanewise.cli;

/** Counts the rows that have outputs which are NaN or infinite. */
final class NotFinite {
  private long rows;
  private long found;
  private long first;

  /** Looks at the next m rows of outputs. */
  void look(int m, int nOut, float[] y) {
    for (int i = 0; i < m; i++) {
      rows++;
      boolean finite = true;
      for (int j = i * nOut; j < (i + 1) * nOut; j++) {
        finite &= Float.isFinite(y[j]);
      }
      if (!finite && found++ == 0) {
        first = rows;
      }
    }
  }

  boolean any() {
    return found > 0;
  }

  String text(boolean classes) {
    return Text.format(
        "%d of %d rows have outputs that are NaN or infinite, the first is row %d%s",
        found, rows, first, classes ? "; a row of NaN has no class, and counts as wrong" : "");
  }
}
