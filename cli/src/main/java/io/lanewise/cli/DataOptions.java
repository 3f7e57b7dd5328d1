package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.Encoding;
import io.lanewise.data.IdxReader;
import io.lanewise.train.Dataset;
import io.lanewise.train.RowReader;
import io.lanewise.train.RowSource;
import io.lanewise.train.Rows;
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
   * @param labels the labels' file of an IDX file; null for CSV
   */
  RowSource rows(Path data, Path labels, Encoding encoding, float scale) throws IOException {
    return scaled(rows(data, labels, encoding), scale);
  }

  private RowSource rows(Path data, Path labels, Encoding encoding) throws IOException {
    if (!IdxReader.looksLikeIdx(data)) {
      requireNoLabels(data, labels);
      return csv().stream(data, encoding);
    }
    requireLabels(data, labels);
    if (!encoding.hasLabels()) {
      throw new UsageException(data + ": the labels of an IDX file are classes, not numbers");
    }
    return IdxReader.read(data, labels, encoding.nOut());
  }

  /** Returns features; columns of CSV that are not features are left out. */
  RowSource features(Path data, Encoding encoding, float scale) throws IOException {
    boolean idx = IdxReader.looksLikeIdx(data);
    RowSource read = idx ? featuresOf(data) : csv().streamFeatures(data, encoding);
    return scaled(read, scale);
  }

  /** Multiplies the features, in memory. */
  static RowSource scaled(RowSource rows, float scale) throws IOException {
    if (scale == 1) {
      return rows;
    }
    Dataset data = rows instanceof Dataset d ? d : read(rows);
    for (int i = 0; i < data.features().length; i++) {
      data.features()[i] *= scale;
    }
    return data;
  }

  private static Dataset read(RowSource source) throws IOException {
    if (source.nOut() > 0) {
      return Dataset.read(source);
    }
    int count = (int) source.rowCount();
    Rows rows = new Rows(count, source.nIn(), 1, false, false);
    try (RowReader reader = source.open(0)) {
      reader.read(rows, 0, count);
    }
    return rows.dataset(count);
  }

  private static Dataset featuresOf(Path data) throws IOException {
    var read = IdxReader.readFeatures(data);
    return Dataset.ofTargets(read.values(), read.nIn(), new float[read.rows()], 1);
  }

  static void requireNoLabels(Path data, Path labels) {
    if (labels != null) {
      throw new UsageException(data + " is a CSV file: its labels are a column, not " + labels);
    }
  }

  static void requireLabels(Path data, Path labels) {
    if (labels == null) {
      throw new UsageException(data + " is an IDX file: name that of its labels with --labels");
    }
  }
}
