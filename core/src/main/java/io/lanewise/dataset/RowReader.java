package io.lanewise.dataset;

import java.io.Closeable;
import java.io.IOException;

/** Reads the rows of a {@link RowSource} one after the other. */
public interface RowReader extends Closeable {
  /**
   * Reads the next rows into {@code rows}, the first of them at {@code at}.
   *
   * @param rows made for the source, see {@link Rows#Rows(RowSource, int)}
   * @param at the row of {@code rows} where they begin
   * @param max the most rows to read; at + max is at most its capacity
   * @return how many were read: fewer than max only where the source ends, then 0
   * @throws IOException if they cannot be read, or are not what the source said
   */
  int read(Rows rows, int at, int max) throws IOException;
}
