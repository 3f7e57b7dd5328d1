package io.lanewise.spark;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.train.History;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A history of the CSV that {@link History#toCsv} gives. */
final class HistoryText {
  private HistoryText() {}

  static History parse(String csv, int bestEpoch, String stopReason) {
    return new History(epochs(csv), bestEpoch, stopReason);
  }

  static List<History.Epoch> epochs(String csv) {
    List<String> lines = csv.lines().toList();
    List<History.Epoch> epochs = new ArrayList<>();
    String[] names = lines.isEmpty() ? new String[0] : lines.get(0).split(",", -1);
    for (int i = 1; i < lines.size(); i++) {
      epochs.add(epoch(names, lines.get(i).split(",", -1)));
    }
    return epochs;
  }

  private static History.Epoch epoch(String[] names, String[] fields) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    for (int i = 1; i < names.length; i++) {
      Figure figure = Figure.parse(names[i]);
      double value = fields[i].isEmpty() ? Double.NaN : Double.parseDouble(fields[i]);
      figures.put(figure, value);
      figure.metric().ifPresent(metric -> metrics.put(metric, value));
    }
    return new History.Epoch(
        Integer.parseInt(fields[0]),
        figures.get(Figure.LOSS),
        figures.get(Figure.ACCURACY),
        figures.get(Figure.VALIDATION_LOSS),
        figures.get(Figure.VALIDATION_ACCURACY),
        figures.get(Figure.LEARNING_RATE),
        figures.get(Figure.ROWS_PER_SECOND),
        metrics);
  }
}
