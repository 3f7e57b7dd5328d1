package io.lanewise.spark;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Rows as {@link RawRows} makes them, in their order. */
interface RawSource {
  long count();

  /** Opens it at a row, from 0 to the count. */
  Cursor open(long row) throws IOException;

  /** Gives row after row. */
  interface Cursor extends Closeable {
    /** Returns the next; null at the end. */
    byte @Nullable [] next() throws IOException;
  }

  /** Those of an array, which is sorted already. */
  static RawSource of(byte[][] rows) {
    return new RawSource() {
      @Override
      public long count() {
        return rows.length;
      }

      @Override
      public Cursor open(long row) {
        return new Cursor() {
          private int next = (int) row;

          @Override
          public byte @Nullable [] next() {
            return next < rows.length ? rows[next++] : null;
          }

          @Override
          public void close() {}
        };
      }
    };
  }
}
