package io.lanewise.train;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What a training did.
 *
 * @param epochs one entry an epoch
 * @param bestEpoch the epoch whose weights were restored by {@link EarlyStopping}; 0 if none were
 * @param stopReason why there are no more epochs, as a sentence
 */
public record History(List<Epoch> epochs, int bestEpoch, String stopReason) {

  /** Takes a copy of the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /**
   * Returns the last epoch.
   *
   * @throws NoSuchElementException if there is none, as of a training that ended in its first
   */
  public Epoch last() {
    if (epochs.isEmpty()) {
      throw new NoSuchElementException("no epoch is whole: " + stopReason);
    }
    return epochs.getLast();
  }

  /** Returns the figures: those of every epoch, and those of metrics that were taken. */
  public List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      boolean taken = figure.metric().isEmpty();
      for (Epoch epoch : epochs) {
        taken = taken || epoch.metrics().containsKey(figure.metric().get());
      }
      if (taken) {
        figures.add(figure);
      }
    }
    return figures;
  }

  /**
   * Returns the figures as CSV: their texts in the first line, then a line an epoch; an empty field
   * is a figure that was not taken.
   */
  public String toCsv() {
    List<Figure> figures = figures();
    StringBuilder text = new StringBuilder("epoch");
    for (Figure figure : figures) {
      text.append(',').append(figure);
    }
    text.append('\n');
    for (Epoch epoch : epochs) {
      text.append(epoch.epoch());
      for (Figure figure : figures) {
        double value = epoch.figure(figure);
        text.append(',').append(Double.isNaN(value) ? "" : Double.toString(value));
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return epochs.size()
        + " epochs"
        + (bestEpoch > 0 ? ", the best " + bestEpoch : "")
        + ", "
        + stopReason
        + (epochs.isEmpty() ? "" : ", the last " + last());
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
        Optional<Metric> metric = Figure.parse(names[i + 1]).metric();
        if (metric.isPresent()) {
          metrics.put(metric.get(), figures[i]);
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

    /** Returns a figure; NaN of one that was not taken. */
    public double figure(Figure figure) {
      Optional<Metric> metric = figure.metric();
      if (metric.isPresent()) {
        return metrics.getOrDefault(metric.get(), Double.NaN);
      }
      // In the order of the constants, as in the columns of the CSV.
      double[] own = {
        loss, accuracy, validationLoss, validationAccuracy, learningRate, rowsPerSecond
      };
      return own[figure.ordinal()];
    }
  }
}
