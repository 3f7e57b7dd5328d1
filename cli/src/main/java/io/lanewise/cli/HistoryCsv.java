package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.train.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads what {@code train --history run.csv} wrote, and nothing else. */
final class HistoryCsv {
  private static final String BEGINNING = "epoch,";

  private HistoryCsv() {}

  /** Throws, with one clear line, if it is another CSV. */
  static History read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      // Whatever else it is need not have lines.
      String start = new String(in.readNBytes(BEGINNING.length()), StandardCharsets.ISO_8859_1);
      if (!start.equals(BEGINNING)) {
        throw foreign(file, 1, "it does not begin with " + BEGINNING);
      }
    }
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      return read(file, lines);
    } catch (CharacterCodingException e) {
      throw foreign(file, 1, "it is not UTF-8");
    }
  }

  private static UsageException foreign(Path file, int line, String why) {
    return new UsageException(
        file
            + ", line "
            + line
            + ": no history of a training: "
            + why
            + "; lanewise train --history FILE.csv writes one");
  }

  private static History read(Path file, BufferedReader lines) throws IOException {
    String[] names = lines.readLine().split(",", -1);
    Figure[] columns = new Figure[names.length];
    for (int i = 1; i < names.length; i++) {
      try {
        columns[i] = Figure.parse(names[i]);
      } catch (IllegalArgumentException e) {
        throw foreign(file, 1, "the column " + e.getMessage());
      }
      if (Arrays.asList(columns).indexOf(columns[i]) < i) {
        throw foreign(file, 1, "two columns are " + names[i]);
      }
    }
    List<History.Epoch> epochs = new ArrayList<>();
    int number = 1;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      String[] fields = line.split(",", -1);
      if (fields.length != names.length) {
        throw foreign(
            file, number, fields.length + " fields, where the first line has " + names.length);
      }
      try {
        epochs.add(epoch(columns, fields));
      } catch (NumberFormatException e) {
        throw foreign(file, number, "not a number: " + e.getMessage());
      }
      int n = epochs.size();
      if (n > 1 && epochs.get(n - 1).epoch() <= epochs.get(n - 2).epoch()) {
        throw foreign(file, number, "epoch " + fields[0] + " does not come after the one before");
      }
    }
    if (epochs.isEmpty()) {
      throw foreign(file, 2, "there is no epoch in it");
    }
    return new History(epochs, 0, "");
  }

  private static History.Epoch epoch(Figure[] columns, String[] fields) {
    double[] values = new double[Figure.values().length];
    Arrays.fill(values, Double.NaN);
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    for (int i = 1; i < fields.length; i++) {
      double value = fields[i].isEmpty() ? Double.NaN : Double.parseDouble(fields[i]);
      values[columns[i].ordinal()] = value;
      columns[i].metric().ifPresent(metric -> metrics.put(metric, value));
    }
    return new History.Epoch(
        Integer.parseInt(fields[0]),
        values[Figure.LOSS.ordinal()],
        values[Figure.ACCURACY.ordinal()],
        values[Figure.VALIDATION_LOSS.ordinal()],
        values[Figure.VALIDATION_ACCURACY.ordinal()],
        values[Figure.LEARNING_RATE.ordinal()],
        values[Figure.ROWS_PER_SECOND.ordinal()],
        metrics);
  }
}
