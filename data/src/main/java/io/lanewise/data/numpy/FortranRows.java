package io.lanewise.data.numpy;

import java.io.IOException;
import java.util.Arrays;

/**
 * Rows of an array in Fortran order, whose columns lie one after the other: a block of rows at a
 * time is gathered, a piece of each column.
 */
final class FortranRows {
  private static final int BLOCK = 1 << 18;

  private final NpyHeader header;
  private final Npy.Bytes bytes;
  private final long rows;
  private final int width;
  private float[] block = {};
  private float[] column = {};
  private long first;
  private int count;

  /** Takes an array that is not empty, and places that can be reached without what is before. */
  FortranRows(NpyHeader header, Npy.Bytes bytes, int width) {
    this.header = header;
    this.bytes = bytes;
    this.width = width;
    rows = header.shape()[0];
  }

  /** Takes one that was read as a whole, in C order. */
  FortranRows(NpyHeader header, float[] whole) {
    this(header, null, (int) (whole.length / header.shape()[0]));
    block = whole;
    count = (int) rows;
  }

  void read(long from, int m, float[] to, int off) throws IOException {
    for (int done = 0; done < m; ) {
      long row = from + done;
      if (row < first || row >= first + count) {
        fill(row, m - done);
      }
      int n = (int) Math.min(m - done, first + count - row);
      int at = (int) (row - first) * width;
      System.arraycopy(block, at, to, off + done * width, n * width);
      done += n;
    }
  }

  /** As many rows as were asked for, or more of short ones. */
  private void fill(long row, int wanted) throws IOException {
    int n = (int) Math.min(rows - row, Math.max(wanted, BLOCK / width));
    if (block.length < n * width) {
      block = new float[n * width];
      column = new float[n];
    }
    long[] shape = header.shape();
    FortranOrder order = new FortranOrder(Arrays.copyOfRange(shape, 1, shape.length));
    NpyElements elements = new NpyElements(header, null);
    count = 0;
    for (int c = 0; c < width; c++) {
      long element = c * rows + row;
      try (NpyBytes source = bytes.from(header.dataOff() + element * header.elementBytes())) {
        elements.from(source);
        elements.floats(n, column, 0, element);
      }
      int place = order.next();
      for (int i = 0; i < n; i++) {
        block[i * width + place] = column[i];
      }
    }
    first = row;
    count = n;
  }
}
