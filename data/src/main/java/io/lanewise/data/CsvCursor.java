package io.lanewise.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The records of a CSV text one by one; what is wrong with one is a {@link DataException}. */
final class CsvCursor implements Closeable {
  /** Beyond any field of numbers; the library's own limit of the heap is 32 MB. */
  static final int MOST_CHARACTERS = 1 << 22;

  // The library allows 16,384; a wide table, or a line of all categories, has more.
  private static final int MOST_FIELDS = Encoding.MAX + 8;

  private final Place place;
  private final long linesBefore;
  private final CsvSyntax syntax;
  private final CsvReader<CsvRecord> csv;
  private final CloseableIterator<CsvRecord> records;
  private final Map<Integer, Long> comments = new HashMap<>();
  private final List<Long> repeated = new ArrayList<>();
  private List<String> fields = List.of();
  private List<String> header = List.of();
  private boolean texts;
  private long read;

  /**
   * Reads a text, which it closes.
   *
   * @param place is told the line of each record
   * @param linesBefore how many lines of the file are before the text's first
   * @param mostCharacters the most characters of a field
   */
  CsvCursor(Reader text, Place place, CsvSyntax syntax, long linesBefore, int mostCharacters) {
    this.place = place;
    this.linesBefore = linesBefore;
    this.syntax = syntax;
    csv =
        CsvReader.builder()
            .fieldSeparator(syntax.delimiter())
            .commentStrategy(syntax.comments() ? CommentStrategy.READ : CommentStrategy.NONE)
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .maxBufferSize(mostCharacters)
            .build(
                CsvRecordHandler.of(
                    c ->
                        c.maxFields(MOST_FIELDS)
                            .maxFieldSize(mostCharacters)
                            .maxRecordSize(Integer.MAX_VALUE)),
                text);
    records = csv.iterator();
  }

  /** Reads the text of a file from its first line on. */
  static CsvCursor of(CsvText text, Place place, CsvSyntax syntax, TextFormat format) {
    return new CsvCursor(text, place, syntax, format.linesBefore(), MOST_CHARACTERS);
  }

  /**
   * Leaves out what is the header again, as where files were put together.
   *
   * @param texts whether a row of texts could say the same; then it is an error
   */
  void header(List<String> first, boolean texts) {
    header = first;
    this.texts = texts;
  }

  /** Goes to the next row; false where there is none. */
  boolean next() throws IOException {
    boolean more = nextRecord();
    while (more && isHeader()) {
      if (texts) {
        throw place.atLine(place.line(), " is the header again: take it out");
      }
      repeated.add(read - 1);
      more = nextRecord();
    }
    return more;
  }

  private boolean isHeader() {
    if (header.isEmpty() || header.size() != fields.size()) {
      return false;
    }
    // The mark of a file that was put behind another is a character there.
    String first = fields.get(0);
    return header.get(0).equals(first.startsWith("\uFEFF") ? first.substring(1) : first)
        && header.subList(1, header.size()).equals(fields.subList(1, fields.size()));
  }

  /** Goes to the next record, be it the header again; false where there is none. */
  boolean nextRecord() throws IOException {
    try {
      while (records.hasNext()) {
        CsvRecord next = records.next();
        place.line(linesBefore + next.getStartingLineNumber());
        if (next.isComment()) {
          comment(next.getField(0));
          continue;
        }
        fields = next.getFields();
        if (read++ == 0 && comments.containsKey(fields.size())) {
          throw doubt(comments.get(fields.size()));
        }
        return true;
      }
      return false;
    } catch (CsvParseException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw place.atLine(place.line() + 1, ": " + cause);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void comment(String text) throws DataException {
    int width = 1;
    for (int i = 0; i < text.length(); i++) {
      width += text.charAt(i) == syntax.delimiter() ? 1 : 0;
    }
    boolean words = width == 1 && (text.isEmpty() || text.startsWith(" "));
    if (!syntax.doubt() || words) {
      return;
    }
    if (read > 0 && width == fields.size()) {
      throw doubt(place.line());
    }
    comments.putIfAbsent(width, place.line());
  }

  private DataException doubt(long line) {
    return place.atLine(
        line,
        " begins with # and has as many columns as the rows: say --comments yes if it is a comment,"
            + " --comments no if it is a row");
  }

  List<String> fields() {
    return fields;
  }

  /** The records that were read, with the headers that are there again. */
  long read() {
    return read;
  }

  /** The numbers of the records that are the header again. */
  List<Long> repeated() {
    return repeated;
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
