package io.lanewise.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.lanewise.train.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Reads CSV files (RFC 4180, UTF-8), also compressed by gzip: one row a line, all columns but the
 * label's are features. An error is one line that names file, line and column, both from 1.
 *
 * <pre>{@code
 * Labelled iris = new CsvReader().label("species").readLabelled(Path.of("iris.csv"));
 * }</pre>
 */
public final class CsvReader {
  /** Whether the first line has the names of the columns. */
  public enum Header {
    /** It has if none of its fields is a number. */
    AUTO,
    /** It has. */
    YES,
    /** It has not. */
    NO
  }

  /** The label that means the last column. */
  public static final String LAST = "last";

  private Header header = Header.AUTO;
  private char delimiter = ',';
  private String label;
  private int classCount;
  private List<String> classes = List.of();

  /** Makes one for commas, the header found by itself, labels in the last column. */
  public CsvReader() {}

  /** Sets whether there is a header. */
  public CsvReader header(Header header) {
    this.header = Objects.requireNonNull(header, "header");
    return this;
  }

  /** Sets what separates the fields. */
  public CsvReader delimiter(char delimiter) {
    this.delimiter = delimiter;
    return this;
  }

  /**
   * Sets the column of the labels or targets; null for the last one, or none where only features
   * are read.
   *
   * @param label its name in the header, its number from 1, or {@link #LAST}
   */
  public CsvReader label(String label) {
    this.label = label;
    return this;
  }

  /** Sets how many classes there are: labels are then integers below; 0 takes it from the data. */
  public CsvReader classCount(int classCount) {
    this.classCount = classCount;
    return this;
  }

  /** Sets the names that labels may have, in the order of the classes; empty takes the data's. */
  public CsvReader classes(List<String> classes) {
    this.classes = List.copyOf(classes);
    return this;
  }

  /**
   * Reads features and labels: integers from 0, or names, whose classes are numbered in their
   * sorted order.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Labelled readLabelled(Path file) throws IOException {
    try (InputStream in = Input.open(file)) {
      return readLabelled(in, file.toString());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  Labelled readLabelled(InputStream in, String file) throws IOException {
    Labels labels = new Labels(classes, classCount, header == Header.AUTO);
    CsvRows rows = new CsvRows(file);
    parse(in, file, rows, label == null ? LAST : label, labels::add);
    labels.finish(rows);
    Dataset dataset =
        Dataset.ofLabels(rows.features(), rows.nIn(), labels.indices(), labels.count());
    return new Labelled(dataset, labels.names());
  }

  /**
   * Reads features and one target a row.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Dataset readTargets(Path file) throws IOException {
    try (InputStream in = Input.open(file)) {
      CsvRows rows = new CsvRows(file.toString());
      FloatList targets = new FloatList();
      parse(
          in,
          file.toString(),
          rows,
          label == null ? LAST : label,
          (r, column, text) -> targets.add(r.number(column, text)));
      return Dataset.ofTargets(rows.features(), rows.nIn(), targets.toArray(), 1);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  /**
   * Reads features alone; a column that {@link #label} names is left out.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Features readFeatures(Path file) throws IOException {
    try (InputStream in = Input.open(file)) {
      CsvRows rows = new CsvRows(file.toString());
      parse(in, file.toString(), rows, label, (r, column, text) -> {});
      return new Features(rows.features(), rows.rows(), rows.nIn());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  private void parse(
      InputStream in, String file, CsvRows rows, String labelColumn, CsvRows.LabelTaker taker)
      throws IOException {
    try (de.siegmar.fastcsv.reader.CsvReader<CsvRecord> csv =
        de.siegmar.fastcsv.reader.CsvReader.builder()
            .fieldSeparator(delimiter)
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .detectBomHeader(true)
            .ofCsvRecord(in)) {
      for (CsvRecord line : csv) {
        rows.take(line.getStartingLineNumber(), line.getFields(), header, labelColumn, taker);
      }
    } catch (CsvParseException e) {
      String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new DataException(file + ": line " + (rows.line() + 1) + ": " + cause);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    rows.finish();
  }
}
