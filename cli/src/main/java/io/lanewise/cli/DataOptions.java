package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.DataFormat;
import io.lanewise.data.Encoding;
import io.lanewise.data.IdxReader;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.NumpyReader;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a data file is read. What it is, compressed or not, is told by its first bytes. */
final class DataOptions {
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
      defaultValue = ",",
      description = "CSV: what separates the fields. Default: a comma.")
  private char delimiter;

  String label() {
    return label;
  }

  /** A reader of CSV files with these options. */
  CsvReader csv() {
    return new CsvReader().header(header).delimiter(delimiter).label(label);
  }

  /**
   * Returns rows with what they should give, encoded as others were.
   *
   * @param labels the file of the labels or targets, of formats that have it; else null
   */
  RowSource rows(Path data, Path labels, Encoding encoding) throws IOException {
    DataFormat format = format(data, labels);
    boolean targets = !encoding.hasLabels();
    int classes = targets ? 0 : encoding.nOut();
    return switch (format) {
      case CSV -> csv().stream(data, encoding);
      case LIBSVM -> new LibsvmReader().stream(data, encoding);
      case IDX -> idx(data, labels, targets, classes);
      case NPY -> NumpyReader.npy(data, labels).targets(targets).classCount(classes).stream();
      case NPZ -> NumpyReader.npz(data).targets(targets).classCount(classes).stream();
    };
  }

  /** Returns features; columns of CSV that are not features are left out. */
  RowSource features(Path data, Encoding encoding) throws IOException {
    return switch (DataFormat.of(data)) {
      case CSV -> csv().streamFeatures(data, encoding);
      case LIBSVM -> new LibsvmReader().stream(data, plain(encoding));
      case IDX -> IdxReader.streamFeatures(data);
      case NPY -> NumpyReader.npy(data, null).stream();
      case NPZ -> NumpyReader.npz(data).featuresOnly().stream();
    };
  }

  /** The first number of a line of libsvm is there, whatever it says. */
  private static Encoding plain(Encoding encoding) {
    return Encoding.ofTargets(encoding.nIn(), 1);
  }

  private static Dataset idx(Path data, Path labels, boolean targets, int classes)
      throws IOException {
    if (targets) {
      throw new UsageException(data + ": the labels of an IDX file are classes, not numbers");
    }
    return IdxReader.read(data, labels, classes);
  }

  /** Tells the format, and throws unless labels are named where it wants them, and only there. */
  static DataFormat format(Path data, Path labels) throws IOException {
    DataFormat format = DataFormat.of(data);
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
