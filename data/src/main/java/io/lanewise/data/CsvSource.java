package io.lanewise.data;

import io.lanewise.data.Encoding.Role;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file that stay in it; what is kept of it is a {@link CsvText}. */
final class CsvSource implements CsvReader.Source {
  private final CsvOptions csv;
  private final Path file;
  private final long size;
  private final boolean seekable;
  private final boolean complete;
  private final List<String> firstLine;
  private final Encoding encoding;
  private final CsvText index;
  private final TextFormat format;
  private final CsvSyntax syntax;
  private final List<Long> repeated;
  private final int header;
  private final long rows;

  private CsvSource(
      CsvOptions csv,
      Path file,
      boolean complete,
      List<String> firstLine,
      Encoding encoding,
      CsvText index,
      TextFormat format,
      CsvSyntax syntax,
      CsvCursor cursor,
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
    this.format = format;
    this.syntax = syntax;
    repeated = cursor.repeated();
    seekable = format.seekable() && !Input.isCompressed(file);
    rows = index.records() - this.header - repeated.size();
  }

  static CsvSource learn(CsvOptions csv, Path file) throws IOException {
    Place place = new Place(file.toString());
    TextFormat format = TextFormat.of(file, csv.charset);
    CsvSyntax syntax = csv.syntax(file.toString(), format);
    try (InputStream in = format.open(file, format.begin());
        CsvText index = CsvText.of(in, format, place, syntax);
        CsvCursor cursor = CsvCursor.of(index, place, syntax, format)) {
      CsvReader.requireRows(place, cursor.next() ? 1 : 0);
      List<String> first = cursor.fields();
      CsvLayout layout = csv.learning(first, place, syntax);
      cursor.header(layout.header() ? first : List.of(), layout.isTexts());
      Learner learner = new Learner(layout, csv.missing);
      float[] raw = new float[layout.columns().size()];
      long rows = 0;
      boolean more = !layout.header() || next(cursor, place, index);
      for (; more; more = next(cursor, place, index)) {
        layout.parser().parse(cursor.fields(), raw);
        learner.take(raw);
        rows++;
      }
      CsvReader.requireRows(place, rows);
      csv.finish(layout);
      Encoding encoding = learner.finish(layout, csv.unknownAsZeros);
      return new CsvSource(
          csv, file, true, first, encoding, index, format, syntax, cursor, layout.header());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  static CsvSource open(CsvOptions csv, Path file, Encoding encoding, boolean complete)
      throws IOException {
    Place place = new Place(file.toString());
    TextFormat format = TextFormat.of(file, csv.charset);
    CsvSyntax syntax = csv.syntax(file.toString(), format);
    try (InputStream in = format.open(file, format.begin());
        CsvText index = CsvText.of(in, format, place, syntax);
        CsvCursor cursor = CsvCursor.of(index, place, syntax, format)) {
      CsvReader.requireRows(place, cursor.next() ? 1 : 0);
      List<String> first = cursor.fields();
      CsvLayout layout = csv.columns(first, place, syntax).known(encoding, csv.label, complete);
      cursor.header(layout.header() ? first : List.of(), layout.isTexts());
      long rows = layout.header() ? 0 : 1;
      while (next(cursor, place, index)) {
        rows++;
      }
      CsvReader.requireRows(place, rows);
      return new CsvSource(
          csv, file, complete, first, encoding, index, format, syntax, cursor, layout.header());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  /** Goes on, and holds the index to what the parser found. */
  private static boolean next(CsvCursor cursor, Place place, CsvText index) throws IOException {
    boolean more = cursor.next();
    long record = cursor.read() - 1;
    boolean same =
        more
            ? index.records() > record
                && (record % CsvText.STEP != 0 || index.line(record) == place.line())
            : index.records() == cursor.read();
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
    return seekable;
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
    return new Reader(row);
  }

  /** A cursor before that row, as it is after all before it were read. */
  private CsvCursor cursor(Place place, long row) throws IOException {
    if (Files.size(file) != size) {
      throw new DataException(file + ": changed while it was in use");
    }
    long record = row + header;
    for (long again : repeated) {
      record += again <= record ? 1 : 0;
    }
    long step = seekable ? record / CsvText.STEP * CsvText.STEP : 0;
    step = step < index.records() ? step : 0;
    long offset = step == 0 ? format.begin() : index.offset(step);
    long linesBefore = step == 0 ? format.linesBefore() : index.line(step) - 1;
    InputStream in = format.open(file, offset);
    CsvText text = new CsvText(in, format, place, syntax, offset, linesBefore);
    CsvCursor cursor = new CsvCursor(text, place, syntax, linesBefore, CsvCursor.MOST_CHARACTERS);
    cursor.header(header == 1 ? firstLine : List.of(), false);
    try {
      for (long skipped = step; skipped < record; skipped++) {
        cursor.nextRecord();
      }
    } catch (IOException e) {
      cursor.close();
      throw Input.translate(file, e);
    }
    return cursor;
  }

  @Override
  public CsvReader.Kept openKept() throws IOException {
    return new KeptFields();
  }

  private final class KeptFields implements CsvReader.Kept {
    private final Place place = new Place(file.toString());
    private final CsvColumns columns = csv.columns(firstLine, place, syntax);
    private final CsvCursor cursor = cursor(place, 0);

    KeptFields() throws IOException {}

    @Override
    public List<String> names() {
      return columns.keptNames();
    }

    @Override
    public @Nullable List<String> next() throws IOException {
      try {
        return cursor.next() ? columns.kept(cursor.fields()) : null;
      } catch (IOException e) {
        throw Input.translate(file, e);
      }
    }

    @Override
    public void close() throws IOException {
      cursor.close();
    }
  }

  private final class Reader implements RowSource.Reader {
    private final Place place = new Place(file.toString());
    private final CsvLayout layout =
        csv.columns(firstLine, place, syntax).known(encoding, csv.label, complete);
    private final float[] raw = new float[encoding.columns().size()];
    private final CsvCursor cursor;

    Reader(long row) throws IOException {
      cursor = cursor(place, row);
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
          RawRow.expand(encoding, raw, into, at + i);
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
