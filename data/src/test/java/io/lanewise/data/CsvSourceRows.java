package io.lanewise.data;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/** Reads features of a source, from its beginning. */
record CsvSourceRows(RowSource source, RowSource.Reader reader) implements Closeable {
  CsvSourceRows(RowSource source) throws IOException {
    this(source, source.open(0));
  }

  float[] features(int count) throws IOException {
    Rows rows = new Rows(source, count);
    int read = reader.read(rows, 0, count);
    return Arrays.copyOf(rows.features(), read * source.nIn());
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
