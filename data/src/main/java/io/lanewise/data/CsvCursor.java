package io.lanewise.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The records of a CSV stream one by one; what is wrong with one is a {@link DataException}. */
final class CsvCursor implements Closeable {
  private final Place place;
  private final long linesBefore;
  private final CsvReader<CsvRecord> csv;
  private final CloseableIterator<CsvRecord> records;
  private List<String> fields = List.of();

  // Beyond any record of numbers; the library's own limit is 32 MB of heap.
  private static final int MOST_CHARACTERS = 1 << 22;

  /**
   * Reads from a stream, which it closes.
   *
   * @param place is told the line of each record
   * @param linesBefore how many lines of the file are before the stream's first
   */
  CsvCursor(InputStream in, Place place, char delimiter, long linesBefore) {
    this.place = place;
    this.linesBefore = linesBefore;
    csv =
        CsvReader.builder()
            .fieldSeparator(delimiter)
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .maxBufferSize(MOST_CHARACTERS)
            .detectBomHeader(linesBefore == 0)
            .ofCsvRecord(in);
    records = csv.iterator();
  }

  /** Goes to the next record; false where there is none. */
  boolean next() throws IOException {
    try {
      if (!records.hasNext()) {
        return false;
      }
      CsvRecord next = records.next();
      fields = next.getFields();
      place.line(linesBefore + next.getStartingLineNumber());
      return true;
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

  List<String> fields() {
    return fields;
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
