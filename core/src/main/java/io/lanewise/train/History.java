package io.lanewise.train;

import io.lanewise.metrics.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a training did.
 *
 * @param epochs one entry an epoch
 * @param bestEpoch the epoch whose weights were restored by {@link EarlyStopping}; 0 if none were
 */
public record History(List<Epoch> epochs, int bestEpoch) {

  /** Takes a copy of the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** Returns the last epoch. */
  public Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  /**
   * Returns the names of the figures: those of each epoch, and those of metrics that were taken.
   */
  public List<String> figures() {
    List<String> figures = new ArrayList<>(Epoch.FIGURES);
    for (Metric metric : Metric.values()) {
      if (epochs.stream().anyMatch(epoch -> epoch.metrics().containsKey(metric))) {
        figures.add(metric.figure());
      }
    }
    return figures;
  }

  /**
   * Returns the figures as CSV: the names in the first line, then a line an epoch; an empty field
   * is a figure that was not taken.
   */
  public String toCsv() {
    List<String> names = figures();
    StringBuilder text = new StringBuilder("epoch," + String.join(",", names) + "\n");
    for (Epoch epoch : epochs) {
      text.append(epoch.epoch());
      for (String name : names) {
        double figure = epoch.figure(name);
        text.append(',').append(Double.isNaN(figure) ? "" : Double.toString(figure));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** The epochs of such a text. */
  static List<Epoch> parse(String csv) {
    List<Epoch> epochs = new ArrayList<>();
    List<String> lines = csv.lines().toList();
    String[] names = lines.get(0).split(",", -1);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      double[] figures = new double[names.length - 1];
      Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
      for (int i = 0; i < figures.length; i++) {
        figures[i] = fields[i + 1].isEmpty() ? Double.NaN : Double.parseDouble(fields[i + 1]);
        if (Metric.ofFigure(names[i + 1]) != null) {
          metrics.put(Metric.ofFigure(names[i + 1]), figures[i]);
        }
      }
      epochs.add(
          new Epoch(
              Integer.parseInt(fields[0]),
              figures[0],
              figures[1],
              figures[2],
              figures[3],
              figures[4],
              figures[5],
              metrics));
    }
    return epochs;
  }

  /**
   * One pass over the data.
   *
   * @param epoch from 1
   * @param loss the mean over the rows, each taken before its batch's step
   * @param accuracy likewise; NaN where there are no classes
   * @param validationLoss after the epoch; NaN without a validation set
   * @param validationAccuracy likewise; NaN also where there are no classes
   * @param learningRate of the last step
   * @param rowsPerSecond of training, without the validation
   * @param metrics of the validation set after the epoch; NaN where one is undefined
   */
  public record Epoch(
      int epoch,
      double loss,
      double accuracy,
      double validationLoss,
      double validationAccuracy,
      double learningRate,
      double rowsPerSecond,
      Map<Metric, Double> metrics) {

    /** Takes a copy of the map. */
    public Epoch {
      metrics = Map.copyOf(metrics);
    }

    /** The names of the figures but the metrics', in the order of this record. */
    public static final List<String> FIGURES =
        List.of(
            "loss",
            "accuracy",
            "validation_loss",
            "validation_accuracy",
            "learning_rate",
            "rows_per_second");

    /** Those and the metrics'. */
    static List<String> allFigures() {
      List<String> all = new ArrayList<>(FIGURES);
      for (Metric metric : Metric.values()) {
        all.add(metric.figure());
      }
      return all;
    }

    /**
     * Returns a figure by its name; NaN for one that was not taken.
     *
     * @param name one of {@link #FIGURES}, or that of a {@link Metric}
     * @throws IllegalArgumentException if there is none of that name; the message lists them
     */
    public double figure(String name) {
      return switch (Objects.requireNonNull(name, "name")) {
        case "loss" -> loss;
        case "accuracy" -> accuracy;
        case "validation_loss" -> validationLoss;
        case "validation_accuracy" -> validationAccuracy;
        case "learning_rate" -> learningRate;
        case "rows_per_second" -> rowsPerSecond;
        default -> {
          Metric metric = Metric.ofFigure(name);
          if (metric == null) {
            throw new IllegalArgumentException(
                "\"" + name + "\" is none of " + String.join(", ", allFigures()));
          }
          yield metrics.getOrDefault(metric, Double.NaN);
        }
      };
    }
  }
}
