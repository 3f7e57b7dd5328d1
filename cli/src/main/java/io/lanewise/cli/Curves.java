package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.plot.Scale;
import io.lanewise.plot.Svg;
import io.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The curves of a training as an SVG: the loss, beside it the accuracy and metrics, by epoch. */
final class Curves {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 400;
  private static final int LEFT = 64;
  private static final int RIGHT = WIDTH - 24;
  private static final int TOP = 56;
  private static final int BOTTOM = HEIGHT - 48;

  private static final String STYLE =
      """
      .back { fill: #fff }
      .grid { stroke: #ddd }
      text { font: 13px system-ui, sans-serif; fill: #333 }
      .training { stroke: #1f77b4 }
      .validation { stroke: #d95f02 }
      .training, .validation { fill: none; stroke-width: 2 }
      """;

  private record Curve(String type, String name, ToDoubleFunction<History.Epoch> figure) {}

  private final Svg svg;
  private final History history;
  private int left;

  private Curves(Svg svg, History history) {
    this.svg = svg;
    this.history = history;
  }

  /**
   * Writes the plot.
   *
   * @param validationName what the second curve is called
   */
  static void write(Path file, History history, String validationName) throws IOException {
    Outputs.write(file, svg(history, validationName) + "\n");
  }

  /** Returns the plot. */
  static String svg(History history, String validationName) {
    boolean classes = has(history, History.Epoch::accuracy);
    List<Metric> metrics =
        Stream.of(Metric.values())
            .filter(metric -> has(history, e -> e.figure(Figure.of(metric))))
            .toList();
    int charts = (classes ? 2 : 1) + metrics.size();
    Svg svg = new Svg(charts * WIDTH, HEIGHT, "The training by epoch", STYLE);
    svg.rect("back", 0, 0, charts * WIDTH, HEIGHT);
    Curves curves = new Curves(svg, history);
    curves.chart(
        "Loss",
        new double[] {0},
        new Curve("training", "training", History.Epoch::loss),
        new Curve("validation", validationName, History.Epoch::validationLoss));
    if (classes) {
      curves.chart(
          "Accuracy",
          new double[] {1},
          new Curve("training", "training", History.Epoch::accuracy),
          new Curve("validation", validationName, History.Epoch::validationAccuracy));
    }
    for (Metric metric : metrics) {
      curves.chart(
          title(metric),
          new double[0],
          new Curve("validation", validationName, e -> e.figure(Figure.of(metric))));
    }
    return svg.toString();
  }

  private static boolean has(History history, ToDoubleFunction<History.Epoch> figure) {
    return history.epochs().stream().anyMatch(e -> Double.isFinite(figure.applyAsDouble(e)));
  }

  private static String title(Metric metric) {
    String name = metric.name().replace('_', ' ');
    return name.length() < 3 || metric == Metric.ROC_AUC
        ? name
        : name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  /**
   * Draws one beside those before.
   *
   * @param held numbers that the axis has in any case
   */
  private void chart(String title, double[] held, Curve... all) {
    List<Curve> curves = Stream.of(all).filter(curve -> has(history, curve.figure())).toList();
    double[] values =
        DoubleStream.concat(
                DoubleStream.of(held),
                curves.stream()
                    .flatMapToDouble(c -> history.epochs().stream().mapToDouble(c.figure())))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    // A training may have no figure that is finite.
    Scale up =
        values.length == 0 ? Scale.of(0, 1, 6) : Scale.of(values[0], values[values.length - 1], 6);
    int epochs = Math.max(1, history.epochs().size());
    Scale across = Scale.of(epochs == 1 ? 0 : 1, epochs, Math.min(8, epochs));
    svg.newLine().text("middle", left + (LEFT + RIGHT) / 2.0, 22, title);
    for (int i = 0; i < up.count(); i++) {
      double y = y(up, up.at(i));
      svg.line("grid", left + LEFT, y, left + RIGHT, y);
      svg.text("end", left + LEFT - 8, y + 4, up.text(i));
    }
    for (int i = 0; i < across.count(); i++) {
      double epoch = across.at(i);
      if (epoch == Math.rint(epoch)) {
        svg.text("middle", x(across, epoch), BOTTOM + 20, across.text(i));
      }
    }
    svg.text("middle", left + (LEFT + RIGHT) / 2.0, HEIGHT - 8, "epoch");
    for (int c = 0; c < curves.size(); c++) {
      draw(curves.get(c), across, up);
      // Above the grid, where no curve is.
      double x = left + RIGHT - 120.0 * (curves.size() - c);
      svg.line(curves.get(c).type(), x, TOP - 16, x + 20, TOP - 16);
      svg.text("start", x + 26, TOP - 12, curves.get(c).name());
    }
    left += WIDTH;
  }

  private void draw(Curve curve, Scale across, Scale up) {
    List<History.Epoch> epochs =
        history.epochs().stream()
            .filter(e -> Double.isFinite(curve.figure().applyAsDouble(e)))
            .toList();
    double[] x = epochs.stream().mapToDouble(e -> x(across, e.epoch())).toArray();
    double[] y = epochs.stream().mapToDouble(e -> y(up, curve.figure().applyAsDouble(e))).toArray();
    if (x.length == 1) {
      String title = curve.name() + " " + curve.figure().applyAsDouble(epochs.get(0));
      svg.circle(curve.type(), x[0], y[0], 4, title);
    } else {
      svg.polyline(curve.type(), x, y);
    }
  }

  private double x(Scale across, double epoch) {
    return left + LEFT + (RIGHT - LEFT) * across.place(epoch);
  }

  private static double y(Scale up, double value) {
    return BOTTOM - (BOTTOM - TOP) * up.place(value);
  }
}
