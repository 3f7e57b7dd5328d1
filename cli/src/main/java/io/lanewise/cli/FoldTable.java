package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Metric;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The figures of folds: lines for people, each when its fold is done, and CSV. */
final class FoldTable {
  private static final int NAME = 9;
  private static final int COUNT = 8;
  private static final int FIGURE = 10;

  private record Column(String name, String format, ToDoubleFunction<Evaluation> figure) {
    /** As many digits as help; what is undefined has none. */
    String text(double value) {
      return Double.isNaN(value) ? "-" : Text.format(format, value);
    }

    int width() {
      return 2 + Math.max(FIGURE, name.length());
    }
  }

  private final List<Column> columns = new ArrayList<>();
  private final StringBuilder csv = new StringBuilder("fold,training_rows,rows");

  /**
   * Takes the columns: loss and accuracy, or what suits quantities, and those that are asked for.
   *
   * @param labels whether the rows have classes
   * @param usual the metrics of quantities, whose loss is in a unit of its own; else none
   */
  FoldTable(boolean labels, Metric[] usual, List<Metric> asked) {
    Set<Metric> metrics = new LinkedHashSet<>(List.of(usual));
    if (metrics.isEmpty()) {
      columns.add(new Column("loss", "%.6f", Evaluation::loss));
    }
    if (labels) {
      columns.add(new Column("accuracy", "%.4f", Evaluation::accuracy));
    }
    metrics.addAll(asked);
    for (Metric metric : metrics) {
      boolean error = !metric.largerIsBetter();
      columns.add(new Column(name(metric), error ? "%.6g" : "%.4f", e -> e.value(metric)));
    }
    for (Column column : columns) {
      csv.append(',').append(column.name.toLowerCase(Locale.ROOT).replace('-', '_'));
    }
    csv.append('\n');
  }

  /** What a metric is called; errors by their usual letters. */
  static String name(Metric metric) {
    return switch (metric) {
      case MEAN_ABSOLUTE_ERROR -> "MAE";
      case ROOT_MEAN_SQUARED_ERROR -> "RMSE";
      case R2 -> "R2";
      default -> Names.of(metric);
    };
  }

  String head() {
    return line("fold", "training", "rows", columns.stream().map(Column::name).toList());
  }

  /** A fold, by the rows that were trained on and what the others gave. */
  String line(String name, int training, Evaluation fold) {
    csv.append(name).append(',').append(training).append(',').append(fold.rows());
    List<String> texts = new ArrayList<>();
    for (Column column : columns) {
      double value = column.figure.applyAsDouble(fold);
      csv.append(',').append(Double.isNaN(value) ? "" : Double.toString(value));
      texts.add(column.text(value));
    }
    csv.append('\n');
    return line(name, "" + training, "" + fold.rows(), texts);
  }

  /** One figure for each column, such as its mean over the folds. */
  String line(String name, ToDoubleFunction<ToDoubleFunction<Evaluation>> over) {
    return line(
        name, "", "", columns.stream().map(c -> c.text(over.applyAsDouble(c.figure))).toList());
  }

  private String line(String name, String training, String rows, List<String> texts) {
    StringBuilder line = new StringBuilder();
    line.append(Text.format("%-" + NAME + "s%" + (2 + COUNT) + "s", name, training));
    line.append(Text.format("%" + COUNT + "s", rows));
    for (int i = 0; i < columns.size(); i++) {
      line.append(Text.format("%" + columns.get(i).width() + "s", texts.get(i)));
    }
    return line.append('\n').toString();
  }

  /** The folds, with all digits. */
  String csv() {
    return csv.toString();
  }
}
