package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.Encoded;
import io.lanewise.data.Encoding;
import io.lanewise.data.IdxReader;
import io.lanewise.data.Missing;
import io.lanewise.data.Table;
import io.lanewise.train.Dataset;
import io.lanewise.train.RowSource;
import io.lanewise.train.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The data of a training: the files, what is held back, and what their columns are. */
final class TrainingOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The rows: CSV or IDX, also .gz.")
  private Path data;

  @Option(names = "--labels", paramLabel = "FILE", description = "IDX: the labels of the rows.")
  private Path labels;

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows that are evaluated after each epoch.")
  private Path validation;

  @Option(
      names = "--validation-labels",
      paramLabel = "FILE",
      description = "IDX: the labels of these.")
  private Path validationLabels;

  @Option(
      names = "--validation-split",
      paramLabel = "F",
      description = "Instead: the share of the rows that is kept for it, such as 0.2.")
  private Double validationSplit;

  @Option(
      names = "--regression",
      description = "The label is a number to be predicted, not a class.")
  private boolean regression;

  @Option(
      names = "--targets",
      split = ",",
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
      split = ",",
      paramLabel = "COLUMN",
      description = "CSV: columns of categories; each category becomes a feature, 1 or 0.")
  private List<String> categories = List.of();

  @Option(
      names = "--ignore",
      split = ",",
      paramLabel = "COLUMN",
      description = "CSV: columns that are left out.")
  private List<String> ignored = List.of();

  @Option(
      names = "--missing",
      paramLabel = "HOW",
      defaultValue = "error",
      description =
          "CSV: what an empty field, NA or ? becomes: error, mean, median (of the training part) or"
              + " a number. Default: error.")
  private String missing;

  @Option(
      names = "--unknown-category",
      paramLabel = "HOW",
      defaultValue = "error",
      description =
          "CSV: what a category becomes that the training part has not: error or zeros. Default:"
              + " error.")
  private String unknownCategory;

  @Option(
      names = "--stream",
      description = "Leaves the rows in the file, which may be larger than memory.")
  private boolean stream;

  @Option(
      names = "--scale",
      paramLabel = "F",
      defaultValue = "1",
      description = "Multiplies the features; kept with the model. Default: 1.")
  private float scale;

  @Mixin private DataOptions dataOptions;

  /**
   * What is trained on.
   *
   * @param validation null if there is none
   */
  record Loaded(RowSource training, Dataset validation, Encoding encoding) {}

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
    if (!Float.isFinite(scale) || scale == 0) {
      throw new UsageException("--scale must be finite and not 0, got " + scale);
    }
    if (!targets.isEmpty() && dataOptions.label() != null) {
      throw new UsageException("--targets and --label exclude each other");
    }
  }

  /**
   * Reads the files.
   *
   * @param seed of the validation split
   */
  Loaded load(long seed) throws IOException {
    Loaded read = read(seed);
    RowSource training = DataOptions.scaled(read.training(), scale);
    if (read.validation() != null && validationSplit != null) {
      DataOptions.scaled(read.validation(), scale);
    }
    return new Loaded(training, read.validation(), read.encoding());
  }

  float scale() {
    return scale;
  }

  private Loaded read(long seed) throws IOException {
    if (IdxReader.looksLikeIdx(data)) {
      return split(idx(), seed);
    }
    DataOptions.requireNoLabels(data, labels);
    CsvReader csv = csv();
    if (stream) {
      var source = csv.stream(data);
      return new Loaded(source, held(source.encoding()), source.encoding());
    }
    Table table = csv.readTable(data);
    if (validationSplit == null) {
      Encoding encoding = table.learn();
      return new Loaded(table.encode(encoding), held(encoding), encoding);
    }
    int[][] parts = table.split(validationSplit, seed);
    Encoding encoding = table.learn(parts[0]);
    return new Loaded(table.encode(encoding, parts[0]), table.encode(encoding, parts[1]), encoding);
  }

  private Encoded idx() throws IOException {
    DataOptions.requireLabels(data, labels);
    if (regression || !targets.isEmpty()) {
      throw new UsageException(data + ": a regression needs a CSV file, not IDX");
    }
    Dataset read = IdxReader.read(data, labels, 0);
    return new Encoded(read, Encoding.ofLabels(read.nIn(), List.of(), read.nOut()));
  }

  private Loaded split(Encoded read, long seed) throws IOException {
    if (validationSplit == null) {
      return new Loaded(read.dataset(), held(read.encoding()), read.encoding());
    }
    Split split = Split.random(read.dataset(), validationSplit, seed);
    return new Loaded(split.training(), split.validation(), read.encoding());
  }

  private Dataset held(Encoding encoding) throws IOException {
    return validation == null
        ? null
        : Dataset.read(dataOptions.rows(validation, validationLabels, encoding, scale));
  }

  private CsvReader csv() {
    List<String> numbers = targets;
    if (regression && numbers.isEmpty()) {
      numbers = List.of(dataOptions.label() == null ? CsvReader.LAST : dataOptions.label());
    }
    return dataOptions
        .csv()
        .targets(numbers)
        .weight(weight)
        .categories(categories)
        .ignore(ignored)
        .missing(missing())
        .unknownAsZeros(unknownAsZeros());
  }

  private Missing missing() {
    switch (missing) {
      case "error":
        return Missing.ERROR;
      case "mean":
        return Missing.MEAN;
      case "median":
        return Missing.MEDIAN;
      default:
        try {
          return Missing.constant(Float.parseFloat(missing));
        } catch (IllegalArgumentException e) {
          throw new UsageException(
              "--missing must be error, mean, median or a number, got \"" + missing + "\"");
        }
    }
  }

  private boolean unknownAsZeros() {
    if (!unknownCategory.equals("zeros") && !unknownCategory.equals("error")) {
      throw new UsageException(
          "--unknown-category must be error or zeros, got \"" + unknownCategory + "\"");
    }
    return unknownCategory.equals("zeros");
  }
}
