package io.lanewise.cli;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.internal.AtomicFile;
import io.lanewise.train.History;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The curves of a training as an SVG: the loss, beside it the accuracy and metrics, by epoch. */
final class Curves {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 400;
  private static final Color TRAINING = new Color(0x1f77b4);
  private static final Color VALIDATION = new Color(0xd95f02);

  private Curves() {}

  /**
   * Writes the plot, or says in one line why not.
   *
   * @param validationName what the second curve is called
   * @return whether it was written
   */
  static boolean write(Path file, History history, String validationName, PrintWriter err)
      throws IOException {
    byte[] svg = svg(history, validationName, err);
    if (svg != null) {
      AtomicFile.write(file, out -> out.write(svg));
    }
    return svg != null;
  }

  /** Returns the plot, or says in one line why not and returns null. */
  static byte[] svg(History history, String validationName, PrintWriter err) throws IOException {
    try {
      return draw(history, validationName);
    } catch (Error | RuntimeException e) {
      // What AWT throws without fonts or their library: any of these, by JDK and by what is
      // missing.
      err.println(
          "no plot: this JVM finds no fonts; Debian has them in fontconfig and fonts-dejavu-core ("
              + e.toString().replaceAll("\\s+", " ")
              + ")");
      err.flush();
      return null;
    }
  }

  private static byte[] draw(History history, String validationName) throws IOException {
    boolean classes = !Double.isNaN(history.last().accuracy());
    VectorGraphics2D graphics = new VectorGraphics2D();
    XYChart loss = chart("Loss", history);
    add(loss, "training", TRAINING, history, History.Epoch::loss);
    add(loss, validationName, VALIDATION, history, History.Epoch::validationLoss);
    loss.getStyler().setYAxisMin(0.0).setLegendPosition(Styler.LegendPosition.InsideNE);
    loss.paint(graphics, WIDTH, HEIGHT);
    if (classes) {
      XYChart accuracy = chart("Accuracy", history);
      add(accuracy, "training", TRAINING, history, History.Epoch::accuracy);
      add(accuracy, validationName, VALIDATION, history, History.Epoch::validationAccuracy);
      accuracy.getStyler().setYAxisMax(1.0).setLegendPosition(Styler.LegendPosition.InsideSE);
      graphics.translate(WIDTH, 0);
      accuracy.paint(graphics, WIDTH, HEIGHT);
    }
    int charts = classes ? 2 : 1;
    for (Metric metric : Metric.values()) {
      Figure figure = Figure.of(metric);
      if (history.epochs().stream().anyMatch(e -> Double.isFinite(e.figure(figure)))) {
        XYChart chart = chart(title(metric), history);
        add(chart, validationName, VALIDATION, history, e -> e.figure(figure));
        graphics.translate(WIDTH, 0);
        chart.paint(graphics, WIDTH, HEIGHT);
        charts++;
      }
    }
    PageSize size = new PageSize(0, 0, charts * WIDTH, HEIGHT);
    Document document = new SVGProcessor().getDocument(graphics.getCommands(), size);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    document.writeTo(bytes);
    return bytes.toByteArray();
  }

  private static String title(Metric metric) {
    String name = metric.name().replace('_', ' ');
    return name.length() < 3 || metric == Metric.ROC_AUC
        ? name
        : name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static XYChart chart(String title, History history) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("epoch")
            .yAxisTitle(title.toLowerCase(Locale.ROOT))
            .build();
    chart
        .getStyler()
        .setXAxisDecimalPattern("0")
        .setXAxisTickMarkSpacingHint(60)
        .setYAxisDecimalPattern("0.0##")
        .setXAxisMin(history.epochs().size() == 1 ? 0.0 : 1.0)
        .setXAxisMax((double) history.epochs().size())
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false);
    return chart;
  }

  private static void add(
      XYChart chart,
      String name,
      Color color,
      History history,
      ToDoubleFunction<History.Epoch> figure) {
    List<History.Epoch> epochs =
        history.epochs().stream().filter(e -> Double.isFinite(figure.applyAsDouble(e))).toList();
    if (epochs.isEmpty()) {
      return;
    }
    double[] x = epochs.stream().mapToDouble(History.Epoch::epoch).toArray();
    double[] y = epochs.stream().mapToDouble(figure).toArray();
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarkerColor(color).setLineColor(color).setLineStyle(new BasicStroke(2f));
    series.setMarker(epochs.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
  }
}
