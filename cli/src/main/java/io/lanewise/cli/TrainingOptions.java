package io.lanewise.cli;

import io.lanewise.data.CrossValidation;
import io.lanewise.data.CsvReader;
import io.lanewise.data.DataFormat;
import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Encoded;
import io.lanewise.data.IdxReader;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.NumpyReader;
import io.lanewise.data.Table;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.dataset.RowSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The data of a training: the files, what is held back, and what their columns are. */
final class TrainingOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The rows: CSV, libsvm or IDX, also .gz; .npy or .npz.")
  private Path data;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "IDX, .npy: the labels of the rows.")
  private Path labels;

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows that are evaluated after each epoch.")
  private Path validation;

  @Option(
      names = "--validation-labels",
      paramLabel = "FILE",
      description = "IDX, .npy: the labels of the validation rows.")
  private Path validationLabels;

  @Option(
      names = "--validation-x",
      paramLabel = "NAME",
      description = ".npz: the array of the validation features. Default: --x.")
  private String validationX;

  @Option(
      names = "--validation-y",
      paramLabel = "NAME",
      description = ".npz: the array of the validation labels. Default: --y.")
  private String validationY;

  @Option(
      names = "--validation-split",
      paramLabel = "F",
      description = "The share of the rows that is held back for validation, such as 0.2.")
  private Double validationSplit;

  @Option(
      names = "--regression",
      description = "The label is a number to be predicted, not a class.")
  private boolean regression;

  @Option(
      names = "--targets",
      paramLabel = "COLUMN",
      description = "CSV: the columns of the numbers to be predicted; implies --regression.")
  private List<String> targets = List.of();

  @Option(
      names = "--weight",
      paramLabel = "COLUMN",
      description = "CSV: the column of the rows' weights in the loss.")
  private String weight;

  @Option(
      names = "--category",
      paramLabel = "COLUMN",
      description = "CSV: columns of categories; each category becomes a feature, 1 or 0.")
  private List<String> categories = List.of();

  @Option(
      names = "--ignore",
      paramLabel = "COLUMN",
      description = "CSV: columns that are left out.")
  private List<String> ignored = List.of();

  @Option(
      names = "--features",
      paramLabel = "N",
      description = "libsvm: the features a row. Default: as many as the largest index says.")
  private Integer features = 0;

  @Mixin private MissingOptions missingOptions;

  @Option(
      names = "--stream",
      description = "Leaves the rows in the file, which may be larger than memory.")
  private boolean stream;

  @Mixin private ScaleOptions scaleOptions;
  @Mixin private DataOptions dataOptions;

  /**
   * What is trained on.
   *
   * @param validation null if there is none
   */
  record Loaded(RowSource training, Dataset validation, Encoding encoding) {}

  /** Prints what is worth a word of the files. */
  void printNotes(PrintWriter out) {
    dataOptions.printNotes(out);
  }

  /** What must not be written to. */
  void addTo(Outputs outputs) {
    outputs
        .reads("--data", data)
        .reads("--labels", labels)
        .reads("--validation", validation)
        .reads("--validation-labels", validationLabels);
  }

  /** Throws, with one clear line, if the options do not go together. */
  void check() {
    if (validation != null && validationSplit != null) {
      throw new UsageException("--validation and --validation-split exclude each other");
    }
    if (validationSplit != null && !(validationSplit > 0 && validationSplit < 1)) {
      throw new UsageException("--validation-split must be in (0, 1), got " + validationSplit);
    }
    if (stream && validationSplit != null) {
      throw new UsageException("--stream and --validation-split exclude each other");
    }
    scaleOptions.check();
    if (!targets.isEmpty() && dataOptions.label() != null) {
      throw new UsageException("--targets and --label exclude each other");
    }
  }

  /** Whether neither features nor targets are scaled. */
  boolean scalesNothing() {
    return scaleOptions.isNone();
  }

  /** Fits the scaling of the features. */
  ScaleOptions.Features features(Loaded loaded) throws IOException {
    return scaleOptions.features(loaded.training(), loaded.encoding(), kind(loaded.encoding()));
  }

  private ScaleOptions.Kind kind(Encoding encoding) throws IOException {
    DataFormat format = dataOptions.of(data);
    if (format == DataFormat.CSV) {
      return ScaleOptions.Kind.TABLE;
    }
    if (format == DataFormat.LIBSVM) {
      return ScaleOptions.Kind.LIBSVM;
    }
    if (format != DataFormat.IDX && !hasImages()) {
      return ScaleOptions.Kind.TABLE;
    }
    return encoding.bytes() == Encoding.Bytes.PLAIN
        ? ScaleOptions.Kind.BYTE_IMAGES
        : ScaleOptions.Kind.IMAGES;
  }

  private boolean hasImages() throws IOException {
    NumpyReader numpy =
        dataOptions.of(data) == DataFormat.NPY
            ? NumpyReader.npy(data, null)
            : NumpyReader.npz(data).arrays(dataOptions.x(), dataOptions.y());
    return numpy.hasImages();
  }

  /** What the data are; throws if an option is given that would be ignored. */
  private DataFormat format() throws IOException {
    DataFormat format = dataOptions.format(data, labels);
    List<DataFormat> all =
        validation == null ? List.of(format) : List.of(format, dataOptions.of(validation));
    dataOptions.requireFor(data, all);
    List<OnlyFor> only =
        List.of(
            new OnlyFor("--features", features != 0, DataFormat.LIBSVM),
            new OnlyFor("--targets", !targets.isEmpty(), DataFormat.CSV),
            new OnlyFor("--weight", weight != null, DataFormat.CSV),
            new OnlyFor("--category", !categories.isEmpty(), DataFormat.CSV),
            new OnlyFor("--ignore", !ignored.isEmpty(), DataFormat.CSV),
            new OnlyFor("--missing", !missingOptions.isMissingError(), DataFormat.CSV),
            new OnlyFor("--unknown-category", !missingOptions.isUnknownError(), DataFormat.CSV));
    OnlyFor.require(only, data, List.of(format));
    return format;
  }

  /**
   * Reads the files.
   *
   * @param seed of the validation split
   */
  Loaded load(long seed) throws IOException {
    DataFormat format = format();
    if (format != DataFormat.CSV) {
      return split(numbers(format), seed);
    }
    CsvReader csv = csv();
    if (stream) {
      CsvReader.Source source = csv.stream(data);
      requireUncompressed(source.seekable());
      return new Loaded(source, held(source.encoding()), source.encoding());
    }
    Table table = csv.readTable(data);
    if (validationSplit == null) {
      Encoding encoding = table.learn();
      return new Loaded(table.encode(encoding), held(encoding), encoding);
    }
    int[][] parts = held(() -> table.split(validationSplit, seed));
    Encoding encoding = table.learn(parts[0]);
    return new Loaded(table.encode(encoding, parts[0]), table.encode(encoding, parts[1]), encoding);
  }

  /** Reads the files, whose rows are then held back in folds. */
  Folds folds(CrossValidation folds, long seed) throws IOException {
    if (stream) {
      throw new UsageException("--stream is not for cv: the folds are in memory");
    }
    DataFormat format = format();
    if (format == DataFormat.CSV) {
      Table table = csv().readTable(data);
      int[][] held = Named.option("--folds", () -> folds.folds(table));
      return new Folds(table.rows(), held, (some, rest) -> fold(table, some, rest, seed));
    }
    Loaded all = numbers(format);
    Dataset rows = (Dataset) all.training();
    int[] classes = rows.hasLabels() ? rows.labels() : null;
    int[][] held = Named.option("--folds", () -> folds.folds(rows.rows(), classes));
    return new Folds(
        rows.rows(),
        held,
        (some, rest) -> {
          Loaded part = new Loaded(rows.select(some), null, all.encoding());
          return new Folds.Fold(split(part, seed), rows.select(rest));
        });
  }

  private Folds.Fold fold(Table table, int[] some, int[] rest, long seed) throws IOException {
    int[][] parts =
        validationSplit == null
            ? new int[][] {some}
            : held(() -> table.split(some, validationSplit, seed));
    Encoding encoding = table.learn(parts[0]);
    Dataset checked = validationSplit == null ? held(encoding) : table.encode(encoding, parts[1]);
    Loaded loaded = new Loaded(table.encode(encoding, parts[0]), checked, encoding);
    return new Folds.Fold(loaded, table.encode(encoding, rest));
  }

  /** Rows of a file without columns, and their encoding. */
  private Loaded numbers(DataFormat format) throws IOException {
    boolean idx = format == DataFormat.IDX;
    RowSource rows;
    Encoding encoding;
    if (format == DataFormat.LIBSVM) {
      LibsvmReader libsvm =
          Named.option("--features", () -> dataOptions.libsvm().features(features))
              .targets(regression);
      if (!stream) {
        Encoded read = libsvm.read(data);
        return new Loaded(read.dataset(), null, read.encoding());
      }
      LibsvmReader.Source source = libsvm.stream(data);
      requireUncompressed(source.seekable());
      rows = source;
      encoding = source.encoding();
    } else {
      if (idx) {
        Encoding learnt =
            regression ? IdxReader.learnTargets(data, labels) : IdxReader.learn(data, labels);
        encoding = dataOptions.said(learnt);
        rows = images(encoding);
      } else {
        NumpyReader numpy =
            format == DataFormat.NPY ? NumpyReader.npy(data, labels) : dataOptions.npz(data, false);
        encoding = dataOptions.said(numpy.targets(regression).learn());
        rows = numpy.encoding(encoding).stream();
      }
    }
    return new Loaded(
        stream || rows instanceof Dataset ? rows : Dataset.read(rows), null, encoding);
  }

  private RowSource images(Encoding encoding) throws IOException {
    if (stream) {
      return regression
          ? IdxReader.streamTargets(data, labels, encoding)
          : IdxReader.stream(data, labels, encoding);
    }
    return regression
        ? IdxReader.readTargets(data, labels, encoding)
        : IdxReader.read(data, labels, encoding);
  }

  private void requireUncompressed(boolean seekable) {
    if (stream && !seekable) {
      throw new UsageException(
          data
              + ": a reader cannot begin anywhere in it: unpack it, or make it UTF-8, for --stream");
    }
  }

  private Loaded split(Loaded read, long seed) throws IOException {
    if (validationSplit == null) {
      return new Loaded(read.training(), held(read.encoding()), read.encoding());
    }
    Split split = held(() -> ((Dataset) read.training()).split(validationSplit, seed));
    return new Loaded(split.training(), split.validation(), read.encoding());
  }

  private <T> T held(Supplier<T> split) {
    return Named.option("--validation-split", split);
  }

  private Dataset held(Encoding encoding) throws IOException {
    if (validation == null) {
      return null;
    }
    String x = validationX != null ? validationX : dataOptions.x();
    String y = validationY != null ? validationY : dataOptions.y();
    if ((validationX == null && x != null || validationY == null && y != null)
        && Files.isSameFile(data, validation)) {
      throw new UsageException(
          validation
              + " is --data too: name the arrays to validate on with --validation-x and"
              + " --validation-y");
    }
    return Dataset.read(dataOptions.rows(validation, validationLabels, encoding, x, y));
  }

  private CsvReader csv() {
    List<String> numbers = ColumnLists.split(targets);
    if (regression && numbers.isEmpty()) {
      numbers = List.of(dataOptions.label() == null ? CsvReader.LAST : dataOptions.label());
    }
    return dataOptions
        .csv()
        .targets(numbers)
        .weight(weight)
        .categories(ColumnLists.split(categories))
        .ignore(ColumnLists.split(ignored))
        .missing(missingOptions.missing())
        .unknownAsZeros(missingOptions.unknownAsZeros());
  }
}
