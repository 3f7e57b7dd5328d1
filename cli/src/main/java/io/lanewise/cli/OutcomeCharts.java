package io.lanewise.cli;

import io.lanewise.metrics.Metric;
import io.lanewise.plot.Chart;
import io.lanewise.plot.Html;
import java.util.Arrays;
import java.util.List;

/** The pictures of what a network says of rows, as parts of a page. */
final class OutcomeCharts {
  private static final int MOST_CLASSES = 20;
  private static final int MOST_TARGETS = 4;

  private final Outcomes of;

  private OutcomeCharts(Outcomes of) {
    this.of = of;
  }

  /**
   * Returns the section.
   *
   * @param rowsName what the rows are called, such as "validation"
   */
  static String section(Outcomes of, String rowsName) {
    OutcomeCharts charts = new OutcomeCharts(of);
    String rows = Text.format("%,d", of.rows());
    String heading =
        of.isPart()
            ? "On " + rows + " of the " + rowsName + " rows"
            : "On the " + rows + " " + rowsName + " rows";
    StringBuilder html = new StringBuilder("<section id=\"outcomes\"><h2>" + heading + "</h2>\n");
    if (of.hasLabels()) {
      html.append(charts.confusion());
    }
    html.append("<div class=\"grid-of-charts\">\n");
    if (of.isRegression()) {
      charts.targets(html);
    } else {
      charts.curves(html);
      if (of.hasProbabilities()) {
        html.append(charts.reliability());
      }
    }
    return html.append("</div></section>\n").toString();
  }

  /** The classes that are most often wrong, in their order. */
  private int[] shown() {
    Integer[] all = new Integer[of.count()];
    Arrays.setAll(all, c -> c);
    Arrays.sort(all, (a, b) -> Double.compare(of.wrong(b), of.wrong(a)));
    return Arrays.stream(all).limit(MOST_CLASSES).mapToInt(c -> c).sorted().toArray();
  }

  private String confusion() {
    int[] shown = shown();
    int n = shown.length;
    int[] place = new int[of.count()];
    Arrays.fill(place, n);
    for (int s = 0; s < n; s++) {
      place[shown[s]] = s;
    }
    // After the classes that are shown the others, and none.
    double[][] count = new double[n][n + 2];
    double[] sums = new double[n];
    double[] extra = new double[2];
    for (int i = 0; i < of.rows(); i++) {
      int row = place[of.actual(i)];
      int column = of.predicted(i) < 0 ? n + 1 : place[of.predicted(i)];
      if (row < n) {
        count[row][column] += of.weight(i);
        sums[row] += of.weight(i);
        if (column >= n) {
          extra[column - n] += of.weight(i);
        }
      }
    }
    StringBuilder html = new StringBuilder("<h3>Confusion matrix</h3>\n<p>A line an actual class,");
    html.append(" a column the class it was taken for.");
    if (n < of.count()) {
      html.append(Text.format(" The %d most confused of %,d classes.", n, of.count()));
    }
    html.append("</p>\n<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th></th>");
    for (int s : shown) {
      html.append(head(of.name(s)));
    }
    html.append(extra[0] > 0 ? head("(others)") : "").append(extra[1] > 0 ? head("(none)") : "");
    html.append("</tr></thead><tbody>\n");
    for (int r = 0; r < n; r++) {
      html.append("<tr>").append(head(of.name(shown[r])));
      for (int c = 0; c < n + 2; c++) {
        if (c < n || extra[c - n] > 0) {
          html.append(cell(count[r][c], sums[r], r == c));
        }
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private static String head(String name) {
    String safe = Html.escape(name);
    // Its whole length, however little of it is seen.
    return (name.length() > 12 ? "<th title=\"" + safe + "\">" : "<th>") + safe + "</th>";
  }

  private static String cell(double count, double sum, boolean right) {
    if (count == 0) {
      return "<td></td>";
    }
    long share = Math.max(6, Math.round(60 * count / sum));
    return Text.format(
        "<td%s style=\"--a:%d\">%s</td>",
        right ? "" : " class=\"wrong\"", share, Text.count(count));
  }

  /** ROC, and precision over recall. */
  private void curves(StringBuilder html) {
    Chart roc =
        new Chart("ROC", "false positive rate", "true positive rate")
            .holdAcross(0, 1)
            .holdUp(0, 1)
            .line(0, 0, 1, 1);
    Chart precision =
        new Chart("Precision and recall", "recall", "precision").holdAcross(0, 1).holdUp(0, 1);
    int[] columns = of.columns();
    for (int i = 0; i < columns.length; i++) {
      RankCurves curves = RankCurves.of(of.outputs(i), of.wanted(i), of);
      if (curves != null) {
        String name = Chart.shortened(of.name(columns[i]));
        roc.curve(i, name + Text.format(", AUC %.3f", curves.area()), curves.fpr(), curves.tpr());
        precision.curve(
            i,
            name + Text.format(", AP %.3f", curves.averagePrecision()),
            curves.tpr(),
            curves.precision());
      }
    }
    for (Chart chart : List.of(roc, precision)) {
      if (!chart.isEmpty()) {
        html.append("<figure>").append(chart.svg()).append("</figure>\n");
      }
    }
  }

  private String reliability() {
    boolean two = of.hasLabels() && of.count() == 2;
    String across =
        two
            ? "probability of " + of.name(1)
            : of.isMultilabel() ? "probability of a label" : "probability of the class taken";
    String up = two || of.isMultilabel() ? "share that is" : "share that is right";
    Chart chart = Reliability.chart(of.bins(), across, up);
    return chart.isEmpty() ? "" : "<figure>" + chart.svg() + "</figure>\n";
  }

  private void targets(StringBuilder html) {
    int[] columns = of.columns();
    for (int j = 0; j < Math.min(columns.length, MOST_TARGETS); j++) {
      float[] predicted = of.outputs(j);
      float[] actual = of.wanted(j);
      double[] x = new double[of.rows()];
      double[] y = new double[of.rows()];
      double[] residual = new double[of.rows()];
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      double left = Double.POSITIVE_INFINITY;
      double right = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < x.length; i++) {
        x[i] = actual[i];
        y[i] = predicted[i];
        residual[i] = y[i] - x[i];
        if (Double.isFinite(y[i])) {
          left = Math.min(left, y[i]);
          right = Math.max(right, y[i]);
          least = Math.min(least, Math.min(x[i], y[i]));
          most = Math.max(most, Math.max(x[i], y[i]));
        }
      }
      String name = of.name(columns[j]);
      Chart against =
          new Chart(name + ", predicted against actual", "actual", "predicted")
              .dots(0, figures(actual, predicted), x, y)
              .line(least, least, most, most);
      Chart residuals =
          new Chart(name + ", residuals", "predicted", "predicted − actual")
              .dots(1, "", y, residual)
              .line(left, 0, right, 0);
      if (!against.isEmpty()) {
        html.append("<figure>").append(against.svg()).append("</figure>\n");
        html.append("<figure>").append(residuals.svg()).append("</figure>\n");
      }
    }
    if (of.count() > MOST_TARGETS) {
      html.append(Text.format("<p>The first %d of %,d targets.</p>\n", MOST_TARGETS, of.count()));
    }
  }

  private String figures(float[] actual, float[] predicted) {
    float[] weights = new float[actual.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = of.weight(i);
    }
    try {
      return Text.format(
          "RMSE %s, R² %.4f",
          Html.number(Metric.rootMeanSquaredError(actual, predicted, 1, weights)),
          Metric.r2(actual, predicted, 1, weights));
    } catch (IllegalArgumentException e) {
      // An output is NaN, or no row has a weight.
      return "";
    }
  }
}
