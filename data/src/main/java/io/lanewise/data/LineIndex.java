package io.lanewise.data;

import java.util.Arrays;

/** Where each 256th row of a text file begins: its byte and its line. */
final class LineIndex {
  /** A row of so many has its place kept. */
  static final int STEP = 256;

  private long[] offsets = new long[64];
  private long[] lines = new long[64];

  void add(long row, long offset, long line) {
    if (row % STEP == 0) {
      int at = (int) (row / STEP);
      if (at == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * at);
        lines = Arrays.copyOf(lines, 2 * at);
      }
      offsets[at] = offset;
      lines[at] = line;
    }
  }

  long offset(long row) {
    return offsets[(int) (row / STEP)];
  }

  long line(long row) {
    return lines[(int) (row / STEP)];
  }
}
