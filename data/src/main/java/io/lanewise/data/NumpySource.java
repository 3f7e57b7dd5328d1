package io.lanewise.data;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of arrays of NumPy that stay in their files.
 *
 * @param reader opens the files
 * @param rowCount rows
 * @param nIn features a row
 * @param nOut classes, or targets a row; 0 for features alone
 * @param labels the classes, which are known; null if there are none
 * @param bytes whether the features are unsigned bytes
 * @param encoding that of other rows; null if there is none
 */
record NumpySource(
    NumpyReader reader,
    long rowCount,
    int nIn,
    int nOut,
    @Nullable Labels labels,
    boolean bytes,
    @Nullable Encoding encoding)
    implements RowSource {
  @Override
  public boolean hasLabels() {
    return labels != null;
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public RowSource.Reader open(long row) throws IOException {
    Objects.checkIndex(row, rowCount + 1);
    try {
      return new Reader(reader.open(), row);
    } catch (ModelFormatException e) {
      throw new DataException(e.getMessage());
    }
  }

  private final class Reader implements RowSource.Reader {
    private final NumpyReader.Pair arrays;
    private final Place place = new Place(reader.labels() + "", "row", "");
    private String[] texts = {};
    private long next;

    Reader(NumpyReader.Pair arrays, long row) {
      this.arrays = arrays;
      next = row;
    }

    @Override
    public int read(Rows into, int at, int max) throws IOException {
      Objects.checkFromIndexSize(at, max, into.capacity());
      int m = (int) Math.min(max, rowCount - next);
      if (m == 0) {
        return 0;
      }
      try {
        arrays.x().rows(next, m, into.features(), at * nIn);
        if (labels != null) {
          texts = texts.length < m ? new String[m] : texts;
          arrays.y().rows(next, m, texts, 0);
          for (int i = 0; i < m; i++) {
            place.line(next + i + 1);
            into.labels()[at + i] = labels.take(place, 0, texts[i]);
          }
        } else if (nOut > 0) {
          arrays.y().rows(next, m, into.targets(), at * nOut);
        }
      } catch (ModelFormatException | IndexOutOfBoundsException e) {
        throw new DataException(e.getMessage());
      }
      if (bytes && encoding != null && encoding.bytes() == Encoding.Bytes.UNIT) {
        for (int e = at * nIn; e < (at + m) * nIn; e++) {
          into.features()[e] /= 255f;
        }
      }
      require(into.features(), at, m, nIn, "x");
      if (labels == null) {
        require(into.targets(), at, m, nOut, "y");
      }
      next += m;
      return m;
    }

    /** Throws unless the values are finite, and features fit. */
    private void require(float[] values, int at, int m, int n, String name) throws DataException {
      for (int e = at * n; e < (at + m) * n; e++) {
        boolean finite = Float.isFinite(values[e]);
        if (!finite || name.equals("x") && encoding != null && !encoding.fits(values[e])) {
          long row = next + e / n - at + 1;
          throw new DataException(
              reader.features()
                  + ": "
                  + name
                  + ", row "
                  + row
                  + ", column "
                  + (e % n + 1)
                  + ": "
                  + values[e]
                  + (finite ? Encoding.BEYOND : ""));
        }
      }
    }

    @Override
    public void close() throws IOException {
      arrays.close();
    }
  }
}
