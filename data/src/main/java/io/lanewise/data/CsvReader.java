package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV files (RFC 4180), also compressed by gzip: one row a line, all columns but those that
 * are said to be something else are features. An error is one line that names file, line and
 * column, both from 1.
 *
 * <pre>{@code
 * Encoding.Encoded iris = new CsvReader().label("species").read(Path.of("iris.csv"));
 * }</pre>
 *
 * <p>A column is named by its name in the header, its number from 1, or {@link #LAST}. A name that
 * is there before becomes a.1, a.2 and so on. The spaces around a field are no part of it, whatever
 * else it begins or ends with is. A first line such as {@code sep=;} names the delimiter; a line
 * that is the header again is left out.
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

  /** Whether a line that begins with # is a comment, which is left out. */
  public enum Comments {
    /** It is, if it has another number of columns than the rows; else it is an error. */
    AUTO,
    /** It is. */
    YES,
    /** It is a row. */
    NO
  }

  /**
   * The rows of a CSV file that stay in the file. Of each 256th row its place is kept, so that a
   * reader begins anywhere; in a file compressed by gzip it must read all that is before. Quotes
   * must be as RFC 4180 has them.
   */
  public interface Source extends RowSource {
    /** Returns how the rows are encoded. */
    Encoding encoding();

    /**
     * Returns whether a reader can begin anywhere at no cost: not in a compressed file, or in an
     * encoding whose characters have no fixed place, such as Shift_JIS.
     */
    boolean seekable();

    /**
     * Opens the fields of the columns that are kept, from the first row on.
     *
     * @throws IOException if the file cannot be read
     * @see CsvReader#keep
     */
    Kept openKept() throws IOException;
  }

  /** Reads the fields that are kept, row after row; for one thread. */
  public interface Kept extends Closeable {
    /** Returns the names of the columns; without a header column1, column2 and so on. */
    List<String> names();

    /**
     * Returns the fields of the next row, one for each name, without the spaces around them; null
     * where there is no more row.
     *
     * @throws DataException if the row has not as many columns as the first
     * @throws IOException if the file cannot be read
     */
    @Nullable List<String> next() throws IOException;
  }

  /** The name that means the last column. */
  public static final String LAST = "last";

  private final CsvOptions options = new CsvOptions();

  /** Makes one for commas, the header found by itself, labels in the last column. */
  public CsvReader() {}

  /** Sets whether there is a header. Default: AUTO. */
  public CsvReader header(Header header) {
    options.header = Objects.requireNonNull(header, "header");
    return this;
  }

  /** Sets whether lines that begin with # are comments. Default: AUTO. */
  public CsvReader comments(Comments comments) {
    options.comments = Objects.requireNonNull(comments, "comments");
    return this;
  }

  /**
   * Sets what the bytes of the file are, such as windows-1252. Bytes that are no character of it
   * are an error. Default: null, what a byte order mark says, else UTF-8.
   */
  public CsvReader charset(@Nullable Charset charset) {
    options.charset = charset;
    return this;
  }

  /**
   * Sets what separates the fields: any character but a quote or a line's end. Default: what a
   * first line such as {@code sep=;} says, else a comma.
   */
  public CsvReader delimiter(char delimiter) {
    if ("\"\n\r\0".indexOf(delimiter) >= 0 || Character.isSurrogate(delimiter)) {
      throw new IllegalArgumentException(
          "delimiter must be a character but a quote or a line's end, got code " + (int) delimiter);
    }
    options.delimiter = delimiter;
    return this;
  }

  /** Sets the decimal point of the numbers, a point or a comma. Default: a point. */
  public CsvReader decimal(char decimal) {
    if (decimal != '.' && decimal != ',') {
      throw new IllegalArgumentException("decimal must be . or , got code " + (int) decimal);
    }
    options.comma = decimal == ',';
    return this;
  }

  /**
   * Sets the texts that stand for a missing value, such as {@code NULL}, beside those that always
   * do: nothing, {@code NA} and {@code ?}. A number stands for all texts of it. The {@link
   * Encoding} keeps them: other files are read so too.
   */
  public CsvReader missingValues(List<String> texts) {
    options.missingValues = Set.copyOf(texts);
    return this;
  }

  /**
   * Sets the column of the class. Default: null, the last one, or the one that an encoding names.
   */
  public CsvReader label(@Nullable String column) {
    options.label = column;
    return this;
  }

  /** Sets the columns of the numbers to be predicted; with one or more there is no label. */
  public CsvReader targets(List<String> columns) {
    options.targets = List.copyOf(columns);
    return this;
  }

  /** Sets the column of the rows' weights. Default: null, none. */
  public CsvReader weight(@Nullable String column) {
    options.weight = column;
    return this;
  }

  /** Sets the columns of categories: each becomes a feature for each of its texts, 1 or 0. */
  public CsvReader categories(List<String> columns) {
    options.categories = List.copyOf(columns);
    return this;
  }

  /** Sets the columns that are left out. */
  public CsvReader ignore(List<String> columns) {
    options.ignored = List.copyOf(columns);
    return this;
  }

  /**
   * Sets the columns whose fields {@link Source#openKept} gives beside the rows, such as a number
   * that tells which row is which. They may be features too, and may be unknown to the encoding.
   *
   * @param columns by name, by number from 1, or {@link #LAST}; each once
   */
  public CsvReader keep(List<String> columns) {
    options.kept = List.copyOf(columns);
    return this;
  }

  /** Sets what becomes of missing values. Default: an error. */
  public CsvReader missing(Missing missing) {
    options.missing = Objects.requireNonNull(missing, "missing");
    return this;
  }

  /**
   * Sets whether a category that was not learnt is a row of zeros. Default: false; it is an error.
   */
  public CsvReader unknownAsZeros(boolean unknownAsZeros) {
    options.unknownAsZeros = unknownAsZeros;
    return this;
  }

  /**
   * Sets how many classes there are: labels are then integers below. Default: 0, which takes it
   * from the data.
   */
  public CsvReader classCount(int classCount) {
    if (classCount < 0 || classCount == 1) {
      throw new IllegalArgumentException("classCount must be 0 or >= 2, got " + classCount);
    }
    options.classCount = classCount;
    return this;
  }

  /**
   * Reads all rows, and learns their encoding from all. The classes are the distinct labels: in the
   * order of the numbers where all are whole numbers, else in that of their texts; 01 is a text. An
   * {@link Encoding} has their names.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Encoded read(Path file) throws IOException {
    return encoded(readTable(file));
  }

  Encoded read(InputStream resource, String file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(resource);
    in.mark(TextFormat.LOOK);
    TextFormat format = TextFormat.of(file, in.readNBytes(TextFormat.LOOK), options.charset);
    in.reset();
    in.skipNBytes(format.begin());
    return encoded(readTable(in, format, file));
  }

  private static Encoded encoded(Table table) throws DataException {
    Encoding encoding = table.learn();
    return new Encoded(table.encode(encoding), encoding);
  }

  /**
   * Reads all rows as they are; see {@link Table}.
   *
   * @throws DataException if the content is not what was said
   * @throws IOException if the file cannot be read
   */
  public Table readTable(Path file) throws IOException {
    TextFormat format = TextFormat.of(file, options.charset);
    try (InputStream in = format.open(file, format.begin())) {
      return readTable(in, format, file.toString());
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  private Table readTable(InputStream in, TextFormat format, String file) throws IOException {
    Place place = new Place(file);
    CsvSyntax syntax = options.syntax(file, format);
    try (CsvCursor csv =
        CsvCursor.of(CsvText.of(in, format, place, syntax), place, syntax, format)) {
      requireRows(place, csv.next() ? 1 : 0);
      List<String> first = csv.fields();
      CsvLayout layout = options.learning(first, place, syntax);
      csv.header(layout.header() ? first : List.of(), layout.isTexts());
      Table table = new Table(layout, options.missing, options.unknownAsZeros);
      float[] raw = new float[layout.columns().size()];
      boolean more = !layout.header() || csv.next();
      for (; more; more = csv.next()) {
        layout.parser().parse(csv.fields(), raw);
        table.add(raw);
      }
      requireRows(place, table.rows());
      options.finish(layout);
      return table;
    }
  }

  static void requireRows(Place place, long rows) throws DataException {
    if (rows == 0) {
      throw place.error("no rows");
    }
  }

  /**
   * Reads rows with what they should give, encoded as the training part was. The header's names, if
   * both have one, say which column is which; else the columns stand as they stood there.
   *
   * @param encoding learnt before
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Dataset read(Path file, Encoding encoding) throws IOException {
    return Dataset.read(stream(file, encoding));
  }

  /**
   * Learns the encoding of a file in one pass over it, and returns its rows, which are read from
   * the file whenever they are asked for.
   *
   * @throws DataException if the content is not what was said, or {@link Missing#MEDIAN} was
   * @throws IOException if the file cannot be read
   */
  public Source stream(Path file) throws IOException {
    if (options.missing.kind() == Missing.Kind.MEDIAN) {
      throw new DataException(file + ": a median needs all rows in memory: take the mean");
    }
    return CsvSource.learn(options, file);
  }

  /** Returns the rows of a file encoded as others were; see {@link #read(Path, Encoding)}. */
  public Source stream(Path file, Encoding encoding) throws IOException {
    return CsvSource.open(options, file, encoding.withColumns(), true);
  }

  /**
   * Returns the features of a file without what they should give; columns of labels, targets and
   * weights may be there and are left out.
   */
  public Source streamFeatures(Path file, Encoding encoding) throws IOException {
    return CsvSource.open(options, file, encoding.withColumns(), false);
  }

  /**
   * Reads a column of texts as they are, whatever the other columns have.
   *
   * @param column by name, by number from 1, or {@link #LAST}
   * @throws DataException if there is no such column, a row has not as many columns as the first,
   *     or a text is empty
   * @throws IOException if the file cannot be read
   */
  public List<String> readTexts(Path file, String column) throws IOException {
    return CsvTexts.read(options, file, Objects.requireNonNull(column, "column"));
  }

  /**
   * Goes over a file and tells what is in its columns, whatever they are for.
   *
   * @throws DataException if its rows have not as many columns
   * @throws IOException if it cannot be read
   */
  public Table.Summary summary(Path file) throws IOException {
    return CsvSummary.of(options, file);
  }

  /** How the columns are read. */
  @Override
  public String toString() {
    return options.toString();
  }

  /**
   * What becomes of a missing value: an empty field, {@code NA}, {@code ?}, {@code NaN}, or what
   * {@link #missingValues} names. In a column of categories every choice but {@link #ERROR} makes
   * it a row of zeros. Labels, targets and weights are never missing.
   *
   * @param kind the choice
   * @param value of {@link Kind#CONSTANT}; else 0
   */
  public record Missing(Kind kind, float value) {
    /** The choices. */
    public enum Kind {
      /** It is an error, which names line and column. */
      ERROR,
      /** It becomes the mean of the column's values in the training part. */
      MEAN,
      /** It becomes their median; of an even number, the mean of the middle two. */
      MEDIAN,
      /** It becomes a given number. */
      CONSTANT
    }

    /** It is an error, which names line and column. */
    public static final Missing ERROR = new Missing(Kind.ERROR, 0);

    /** It becomes the mean of the column's values in the training part. */
    public static final Missing MEAN = new Missing(Kind.MEAN, 0);

    /** It becomes their median; of an even number, the mean of the middle two. */
    public static final Missing MEDIAN = new Missing(Kind.MEDIAN, 0);

    /** Checks that the value is finite. */
    public Missing {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("value must be finite, got " + value);
      }
    }

    /** It becomes that number. */
    public static Missing constant(float value) {
      return new Missing(Kind.CONSTANT, value);
    }
  }
}
