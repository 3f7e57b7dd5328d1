package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.plot.Chart;
import io.lanewise.train.History;
import io.lanewise.train.History.Epoch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The curves of trainings by epoch: loss, accuracy, metrics, and the learning rate last. */
final class Curves {
  private Curves() {}

  /**
   * Writes those of a training.
   *
   * @param validationName what the second curve is called
   * @param loss the title of the losses
   */
  static void write(Path file, History history, String validationName, String loss)
      throws IOException {
    Outputs.write(file, Chart.file(of(history, validationName, loss)));
  }

  /** Returns those of a training, with its best epoch marked. */
  static List<Chart> of(History history, String validationName, String loss) {
    List<Chart> charts = new ArrayList<>();
    int best = Best.epoch(history);
    charts.add(pair(loss, history, validationName, Figure.LOSS, Figure.VALIDATION_LOSS));
    String accuracy = title(Figure.ACCURACY);
    charts.add(
        pair(accuracy, history, validationName, Figure.ACCURACY, Figure.VALIDATION_ACCURACY));
    for (Metric metric : Metric.values()) {
      Figure figure = Figure.of(metric);
      Chart chart = chart(title(figure));
      add(chart, 1, validationName, history, figure);
      charts.add(chart);
    }
    charts.removeIf(Chart::isEmpty);
    if (charts.isEmpty()) {
      // A training may have no figure that is finite.
      charts.add(chart(loss));
    } else if (best > 0) {
      charts.forEach(chart -> chart.mark(best, "best " + best));
    }
    Chart rate = chart("Learning rate");
    add(rate, 7, "", history, Figure.LEARNING_RATE);
    if (!rate.isEmpty()) {
      charts.add(rate);
    }
    return charts;
  }

  /** Returns a chart a figure, with a curve for each of some trainings. */
  static List<Chart> over(Map<String, History> runs) {
    List<Chart> charts = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      Chart chart = chart(title(figure));
      int colour = 0;
      for (Map.Entry<String, History> run : runs.entrySet()) {
        add(chart, colour++, run.getKey(), run.getValue(), figure);
      }
      if (figure != Figure.ROWS_PER_SECOND && !chart.isEmpty()) {
        charts.add(chart);
      }
    }
    return charts;
  }

  private static Chart pair(
      String title, History history, String validationName, Figure training, Figure validation) {
    Chart chart = chart(title);
    add(chart, 0, "training", history, training);
    add(chart, 1, validationName, history, validation);
    return chart;
  }

  private static Chart chart(String title) {
    return new Chart(title, "epoch", "").whole().mayBePowers();
  }

  private static void add(Chart chart, int colour, String name, History history, Figure figure) {
    double[] x = history.epochs().stream().mapToDouble(Epoch::epoch).toArray();
    double[] y = history.epochs().stream().mapToDouble(e -> e.figure(figure)).toArray();
    chart.curve(colour, name, x, y);
    if (figure == Figure.ACCURACY || figure == Figure.VALIDATION_ACCURACY) {
      chart.holdUp(1);
    }
  }

  /** Returns what a figure is called: Validation loss, F1 macro. */
  static String title(Figure figure) {
    if (figure.metric().isEmpty()) {
      String name = figure.toString().replace('_', ' ');
      return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }
    Metric metric = figure.metric().get();
    String name = metric.name().replace('_', ' ');
    return name.length() < 3 || metric == Metric.ROC_AUC
        ? name
        : name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
