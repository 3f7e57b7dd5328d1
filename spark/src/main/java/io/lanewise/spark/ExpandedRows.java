package io.lanewise.spark;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.util.Objects;

/** A run of raw rows as a network takes them. */
final class ExpandedRows implements RowSource {
  private final RawSource source;
  private final Expander expander;
  private final long first;
  private final long count;

  /**
   * Makes it.
   *
   * @param first the row of the source with which it begins
   * @param count how many rows it has
   */
  ExpandedRows(RawSource source, Expander expander, long first, long count) {
    this.source = source;
    this.expander = expander;
    this.first = first;
    this.count = count;
  }

  @Override
  public long rowCount() {
    return count;
  }

  @Override
  public int nIn() {
    return expander.encoding().nIn();
  }

  @Override
  public int nOut() {
    return expander.encoding().nOut();
  }

  @Override
  public boolean hasLabels() {
    return expander.encoding().hasLabels();
  }

  @Override
  public boolean hasWeights() {
    return expander.layout().hasWeights();
  }

  @Override
  public Reader open(long row) throws IOException {
    Objects.checkIndex(row, count + 1);
    return new Expanded(source.open(first + row), count - row);
  }

  private final class Expanded implements Reader {
    private final RawSource.Cursor cursor;
    private final Expander.Writer writer = expander.writer();
    private long left;

    Expanded(RawSource.Cursor cursor, long left) {
      this.cursor = cursor;
      this.left = left;
    }

    @Override
    public int read(Rows rows, int at, int max) throws IOException {
      int wanted = (int) Math.min(max, left);
      for (int i = 0; i < wanted; i++) {
        byte[] row = cursor.next();
        if (row == null) {
          throw new IOException("the files have fewer rows than when they were opened");
        }
        writer.write(row, rows, at + i);
      }
      left -= wanted;
      return wanted;
    }

    @Override
    public void close() throws IOException {
      cursor.close();
    }
  }
}
