package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.Features;
import io.lanewise.data.IdxReader;
import io.lanewise.data.Labelled;
import io.lanewise.train.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How a data file is read. IDX or CSV, compressed or not, is told by its first bytes. */
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

  private CsvReader csv() {
    return new CsvReader().header(header).delimiter(delimiter).label(label);
  }

  /**
   * Reads rows with classes.
   *
   * @param labels the labels' file of an IDX file; null for CSV
   * @param classes the names of the classes; empty if they are integers or not known
   * @param classCount how many classes; 0 if not known
   */
  Labelled labelled(Path data, Path labels, List<String> classes, int classCount, float scale)
      throws IOException {
    Labelled read;
    if (IdxReader.looksLikeIdx(data)) {
      if (labels == null) {
        throw new UsageException(data + " is an IDX file: name that of its labels with --labels");
      }
      read = new Labelled(IdxReader.read(data, labels, classCount), List.of());
    } else {
      requireNoLabels(data, labels);
      read = csv().classes(classes).classCount(classCount).readLabelled(data);
    }
    scale(read.dataset().features(), scale);
    return read;
  }

  /** Reads rows with a number to be predicted. */
  Dataset targets(Path data, Path labels, float scale) throws IOException {
    if (IdxReader.looksLikeIdx(data)) {
      throw new UsageException(data + ": a regression needs a CSV file, not IDX");
    }
    requireNoLabels(data, labels);
    Dataset read = csv().readTargets(data);
    scale(read.features(), scale);
    return read;
  }

  /** Reads features; a column that --label names is left out. */
  Features features(Path data, float scale) throws IOException {
    Features read =
        IdxReader.looksLikeIdx(data) ? IdxReader.readFeatures(data) : csv().readFeatures(data);
    scale(read.values(), scale);
    return read;
  }

  private static void requireNoLabels(Path data, Path labels) {
    if (labels != null) {
      throw new UsageException(data + " is a CSV file: its labels are a column, not " + labels);
    }
  }

  private static void scale(float[] features, float scale) {
    if (scale != 1) {
      for (int i = 0; i < features.length; i++) {
        features[i] *= scale;
      }
    }
  }
}
