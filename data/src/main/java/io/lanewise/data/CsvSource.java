package io.lanewise.data;

import io.lanewise.data.Encoding.Role;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The rows of a CSV file that stay in it; what is kept of it is a {@link CsvIndex}. */
final class CsvSource implements CsvReader.Source {
  private static final int BUFFER = 1 << 16;

  private final CsvReader csv;
  private final Path file;
  private final long size;
  private final boolean compressed;
  private final boolean complete;
  private final List<String> firstLine;
  private final Encoding encoding;
  private final CsvIndex index;
  private final int header;
  private final long rows;

  private CsvSource(
      CsvReader csv,
      Path file,
      boolean complete,
      List<String> firstLine,
      Encoding encoding,
      CsvIndex index,
      boolean header)
      throws IOException {
    this.csv = csv;
    this.file = file;
    this.complete = complete;
    this.firstLine = firstLine;
    this.encoding = encoding;
    this.index = index;
    this.header = header ? 1 : 0;
    size = Files.size(file);
    compressed = Input.isCompressed(file);
    rows = index.records() - this.header;
  }

  static CsvSource learn(CsvReader csv, Path file) throws IOException {
    Place place = new Place(file.toString());
    try (InputStream in = Input.open(file);
        CsvIndex index = new CsvIndex(in, csv.delimiter());
        CsvCursor cursor = new CsvCursor(index, place, csv.delimiter(), 0)) {
      CsvReader.requireRows(place, cursor.next() ? 1 : 0);
      List<String> first = cursor.fields();
      CsvLayout layout = csv.learning(first, place);
      Learner learner = new Learner(layout, csv.missing());
      float[] raw = new float[layout.columns().size()];
      long records = 0;
      do {
        if (records > 0 || !layout.header()) {
          layout.parser().parse(cursor.fields(), raw);
          learner.take(raw);
        }
        records++;
      } while (next(cursor, place, index, records));
      CsvReader.requireRows(place, records - (layout.header() ? 1 : 0));
      csv.finish(layout);
      Encoding encoding = learner.finish(layout, csv.unknownAsZeros());
      return new CsvSource(csv, file, true, first, encoding, index, layout.header());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  static CsvSource open(CsvReader csv, Path file, Encoding encoding, boolean complete)
      throws IOException {
    Place place = new Place(file.toString());
    try (InputStream in = Input.open(file);
        CsvIndex index = new CsvIndex(in, csv.delimiter());
        CsvCursor cursor = new CsvCursor(index, place, csv.delimiter(), 0)) {
      CsvReader.requireRows(place, cursor.next() ? 1 : 0);
      List<String> first = cursor.fields();
      boolean header = layout(csv, place, first, encoding, complete).header();
      long records = 1;
      while (next(cursor, place, index, records)) {
        records++;
      }
      CsvReader.requireRows(place, records - (header ? 1 : 0));
      return new CsvSource(csv, file, complete, first, encoding, index, header);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  private static CsvLayout layout(
      CsvReader csv, Place place, List<String> first, Encoding encoding, boolean complete)
      throws DataException {
    return new CsvColumns(place, first, csv.header()).known(encoding, csv.label(), complete);
  }

  /** Goes on, and holds the index to what the parser found. */
  private static boolean next(CsvCursor cursor, Place place, CsvIndex index, long records)
      throws IOException {
    boolean more = cursor.next();
    boolean same =
        more
            ? index.records() > records
                && (records % CsvIndex.STEP != 0 || index.line(records) == place.line())
            : index.records() == records;
    if (!same) {
      throw place.atLine(place.line(), ": a quote before here is not as RFC 4180 has it");
    }
    return more;
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public boolean seekable() {
    return !compressed;
  }

  @Override
  public long rowCount() {
    return rows;
  }

  @Override
  public int nIn() {
    return encoding.nIn();
  }

  @Override
  public int nOut() {
    return complete ? encoding.nOut() : 0;
  }

  @Override
  public boolean hasLabels() {
    return complete && encoding.hasLabels();
  }

  @Override
  public boolean hasWeights() {
    return complete && encoding.index(Role.WEIGHT) >= 0;
  }

  @Override
  public RowSource.Reader open(long row) throws IOException {
    Objects.checkIndex(row, rows + 1);
    if (Files.size(file) != size) {
      throw new DataException(file + ": changed while it was in use");
    }
    return new Reader(row);
  }

  private final class Reader implements RowSource.Reader {
    private final Place place = new Place(file.toString());
    private final CsvLayout layout = layout(csv, place, firstLine, encoding, complete);
    private final float[] raw = new float[encoding.columns().size()];
    private final CsvCursor cursor;

    Reader(long row) throws IOException {
      long record = row + header;
      long step = compressed ? 0 : record / CsvIndex.STEP * CsvIndex.STEP;
      step = step < index.records() ? step : 0;
      long linesBefore = step == 0 ? 0 : index.line(step) - 1;
      cursor = new CsvCursor(in(step), place, csv.delimiter(), linesBefore);
      try {
        for (long skipped = step; skipped < record; skipped++) {
          cursor.next();
        }
      } catch (IOException e) {
        cursor.close();
        throw Input.translate(file, e);
      }
    }

    private InputStream in(long record) throws IOException {
      if (compressed || record == 0) {
        return Input.open(file);
      }
      FileChannel channel = FileChannel.open(file);
      channel.position(index.offset(record));
      return new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    }

    @Override
    public int read(Rows into, int at, int max) throws IOException {
      Objects.checkFromIndexSize(at, max, into.capacity());
      try {
        for (int i = 0; i < max; i++) {
          if (!cursor.next()) {
            return i;
          }
          layout.parser().parse(cursor.fields(), raw);
          encoding.expand(raw, into, at + i);
        }
        return max;
      } catch (IOException e) {
        throw Input.translate(file, e);
      }
    }

    @Override
    public void close() throws IOException {
      cursor.close();
    }
  }

  /** The file, its rows and their encoding. */
  @Override
  public String toString() {
    return file + ": " + rows + " rows, " + encoding;
  }
}
