package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.DataFormat;
import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Bytes;
import io.lanewise.data.IdxReader;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.NumpyReader;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How a data file is read. What it is, compressed or not, is told by its first bytes. */
final class DataOptions {
  private static final int SHOWN = 8;

  private static final Map<String, Character> DELIMITERS =
      Map.of(
          "comma",
          ',',
          "semicolon",
          ';',
          "tab",
          '\t',
          "\\t",
          '\t',
          "pipe",
          '|',
          "bar",
          '|',
          "space",
          ' ',
          "colon",
          ':');
  private static final Map<String, Character> DECIMALS = Map.of("point", '.', "comma", ',');

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "What the data files are: csv, libsvm, idx, npy, npz. Default: what their first bytes say.")
  private DataFormat format;

  @Option(
      names = "--zero-based",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "libsvm: whether the indices begin at 0, not 1: auto (as the training file's do; of that, if"
              + " one is 0 or scikit-learn's comment says so), yes, no. Default: auto.")
  private LibsvmReader.ZeroBased zeroBased;

  @Option(
      names = "--x",
      paramLabel = "NAME",
      description = ".npz: the array of the features. Default: what the names say.")
  private String x;

  @Option(
      names = "--y",
      paramLabel = "NAME",
      description = ".npz: the array of the labels or targets. Default: what the names say.")
  private String y;

  @Option(
      names = "--bytes",
      paramLabel = "RANGE",
      description =
          "IDX, .npy, .npz: what unsigned bytes become: 0..1, as IDX files are read, or 0..255, as"
              + " arrays of NumPy are. Default: as in the training.")
  private String bytes;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "CSV: the label's column, by name, number from 1 or \"last\".")
  private String label;

  @Option(
      names = "--header",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description = "CSV: whether the first line has names: auto, yes, no. Default: auto.")
  private CsvReader.Header header;

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      description =
          "CSV: what separates the fields: comma, semicolon, tab, pipe, space, or a character."
              + " Default: what a first line sep=C says, else a comma.")
  private String delimiter;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "CSV, libsvm: what the bytes of the text are, such as windows-1252, ISO-8859-1, UTF-16LE."
              + " Default: what its byte order mark says, else UTF-8.")
  private Charset charset;

  @Option(
      names = "--decimal",
      paramLabel = "C",
      defaultValue = "point",
      description = "CSV: the decimal point of the numbers: point or comma. Default: point.")
  private String decimal;

  @Option(
      names = "--missing-values",
      paramLabel = "TEXT",
      description =
          "CSV: texts that stand for a missing value, such as NULL,N/A,None, beside an empty field,"
              + " NA and ?.")
  private List<String> missingValues = List.of();

  @Option(
      names = "--comments",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "CSV: whether a line that begins with # is left out: auto (if it has not as many columns as"
              + " the rows; else it is an error), yes, no. Default: auto.")
  private CsvReader.Comments comments;

  private final List<String> notes = new ArrayList<>();

  /** What is said of unsigned bytes, beside what the model keeps. */
  Encoding said(Encoding encoding) {
    if (bytes == null) {
      return encoding;
    }
    if (!bytes.equals("0..1") && !bytes.equals("0..255")) {
      throw new UsageException("--bytes must be 0..1 or 0..255, got \"" + bytes + "\"");
    }
    return encoding.withBytes(bytes.equals("0..1") ? Bytes.UNIT : Bytes.PLAIN);
  }

  String label() {
    return label;
  }

  String x() {
    return x;
  }

  String y() {
    return y;
  }

  /** A reader of CSV files with these options. */
  CsvReader csv() {
    CsvReader csv =
        new CsvReader()
            .header(header)
            .comments(comments)
            .charset(charset)
            .decimal(oneOf("--decimal", decimal, DECIMALS))
            .missingValues(ColumnLists.split(missingValues))
            .label(label);
    return delimiter == null ? csv : csv.delimiter(delimiter(delimiter));
  }

  /** A reader of libsvm files with these options. */
  LibsvmReader libsvm() {
    return new LibsvmReader().charset(charset).zeroBased(zeroBased);
  }

  /** A reader of .npz files with these options. */
  NumpyReader npz(Path data, boolean featuresOnly) throws IOException {
    return npz(data, x, y, featuresOnly);
  }

  private NumpyReader npz(Path data, String arrayX, String arrayY, boolean featuresOnly)
      throws IOException {
    NumpyReader reader = NumpyReader.npz(data).arrays(arrayX, arrayY);
    NumpyReader npz = featuresOnly ? reader.featuresOnly() : reader;
    List<String> ignored = npz.ignored();
    if (!ignored.isEmpty() && (arrayX == null || arrayY == null && !featuresOnly)) {
      notes.add(
          data
              + ": leaves out "
              + String.join(", ", ignored.subList(0, Math.min(SHOWN, ignored.size())))
              + (ignored.size() > SHOWN ? ", and " + (ignored.size() - SHOWN) + " more" : "")
              + "; --x and --y name other arrays");
    }
    return npz;
  }

  /** Prints what is worth a word; not before all is well, since an error is one line. */
  void printNotes(PrintWriter out) {
    notes.forEach(out::println);
    out.flush();
  }

  /** Takes the delimiter of a CSV file by its name, or as it is. */
  static char delimiter(String given) {
    return oneOf("--delimiter", given, DELIMITERS);
  }

  private static char oneOf(String option, String given, Map<String, Character> names) {
    Character named = names.get(given.toLowerCase(Locale.ROOT));
    boolean character =
        given.length() == 1 && (names == DELIMITERS || names.containsValue(given.charAt(0)));
    if (named == null && !character) {
      throw new UsageException(
          option
              + " must be "
              + names.keySet().stream().sorted().collect(Collectors.joining(", "))
              + " or a character, got \""
              + given
              + "\"");
    }
    return named == null ? given.charAt(0) : named;
  }

  /**
   * Returns rows with what they should give, encoded as others were.
   *
   * @param labels the file of the labels or targets, of formats that have it; else null
   */
  RowSource rows(Path data, Path labels, Encoding encoding) throws IOException {
    requireFor(data, List.of(of(data)));
    return rows(data, labels, encoding, x, y);
  }

  /**
   * Returns the rows that a training is validated on; see {@link #rows(Path, Path, Encoding)}.
   *
   * @param arrayX the array of the features of an .npz file; null for what was said of the others
   * @param arrayY that of the labels
   */
  RowSource rows(Path data, Path labels, Encoding known, String arrayX, String arrayY)
      throws IOException {
    DataFormat format = format(data, labels);
    Encoding encoding = said(known);
    boolean targets = !encoding.hasLabels();
    return switch (format) {
      case CSV -> csv().stream(data, encoding);
      case LIBSVM -> libsvm().stream(data, encoding);
      case IDX -> idx(data, labels, targets, encoding);
      case NPY -> NumpyReader.npy(data, labels).targets(targets).encoding(encoding).stream();
      case NPZ -> npz(data, arrayX, arrayY, false).targets(targets).encoding(encoding).stream();
    };
  }

  /**
   * Returns features; columns of CSV that are not features are left out.
   *
   * @param kept the columns of CSV that its source opens beside them
   */
  RowSource features(Path data, Encoding known, List<String> kept) throws IOException {
    DataFormat format = of(data);
    Encoding encoding = said(known);
    requireFor(data, List.of(format));
    if (!kept.isEmpty() && format != DataFormat.CSV) {
      throw new UsageException("--keep is for CSV files; " + data + " is " + format);
    }
    return switch (format) {
      case CSV -> csv().keep(kept).streamFeatures(data, encoding);
      case LIBSVM -> libsvm().streamFeatures(data, encoding);
      case IDX -> IdxReader.streamFeatures(data, encoding);
      case NPY -> NumpyReader.npy(data, null).encoding(encoding).stream();
      case NPZ -> npz(data, true).encoding(encoding).stream();
    };
  }

  /** What files of other formats would ignore. */
  private List<OnlyFor> only() {
    return List.of(
        new OnlyFor("--x", x != null, DataFormat.NPZ),
        new OnlyFor("--y", y != null, DataFormat.NPZ),
        new OnlyFor("--bytes", bytes != null, DataFormat.IDX, DataFormat.NPY, DataFormat.NPZ),
        new OnlyFor("--zero-based", zeroBased != LibsvmReader.ZeroBased.AUTO, DataFormat.LIBSVM),
        new OnlyFor("--encoding", charset != null, DataFormat.CSV, DataFormat.LIBSVM),
        new OnlyFor("--label", label != null, DataFormat.CSV),
        new OnlyFor("--header", header != CsvReader.Header.AUTO, DataFormat.CSV),
        new OnlyFor("--delimiter", delimiter != null, DataFormat.CSV),
        new OnlyFor("--decimal", !decimal.equals("point"), DataFormat.CSV),
        new OnlyFor("--missing-values", !missingValues.isEmpty(), DataFormat.CSV),
        new OnlyFor("--comments", comments != CsvReader.Comments.AUTO, DataFormat.CSV));
  }

  /** Throws where an option is given that none of the files takes, of which the first is named. */
  void requireFor(Path data, List<DataFormat> formats) {
    OnlyFor.require(only(), data, formats);
  }

  /** What was said, or what the file's first bytes say. */
  DataFormat of(Path data) throws IOException {
    return format != null ? format : DataFormat.of(data, charset);
  }

  private static Dataset idx(Path data, Path labels, boolean targets, Encoding encoding)
      throws IOException {
    return targets
        ? IdxReader.readTargets(data, labels, encoding)
        : IdxReader.read(data, labels, encoding);
  }

  /** Tells the format, and throws unless labels are named where it wants them, and only there. */
  DataFormat format(Path data, Path labels) throws IOException {
    DataFormat format = of(data);
    boolean beside = format == DataFormat.IDX || format == DataFormat.NPY;
    if (beside && labels == null) {
      throw new UsageException(
          data + " is an " + format + " file: name that of its labels with --labels");
    }
    if (!beside && labels != null) {
      throw new UsageException(
          data
              + " is a "
              + format
              + " file: its labels are "
              + (format == DataFormat.CSV ? "a column" : "in it")
              + ", not "
              + labels);
    }
    return format;
  }
}
