package io.lanewise.cli;

import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Figure;
import io.lanewise.plot.Chart;
import io.lanewise.plot.Html;
import io.lanewise.plot.Page;
import io.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A page of a training: what ran, its curves, and what the network says of rows. Everything is in
 * the one file; whatever comes from files and names is text to it.
 */
final class TrainingReport {
  private static final int MOST_EPOCHS = 100;
  private static final int MOST_LAYERS = 64;

  private final RunRecord record;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private String outcomes = "";

  /**
   * Begins it, before the training.
   *
   * @param command what was said
   * @param files those that are read, of which it takes the SHA-256
   */
  TrainingReport(RunRecord record, String command, List<Path> files) throws IOException {
    this.record = record;
    fact("Command", command);
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      lines.add(file + ", " + hash(file));
    }
    if (!lines.isEmpty()) {
      fact("Data", String.join("\n", lines));
    }
  }

  /** A pipe has been read, and has nothing more to say. */
  static String hash(Path file) throws IOException {
    return Files.isRegularFile(file)
        ? "SHA-256 " + Text.sha256(file)
        : "not a regular file: no SHA-256";
  }

  TrainingReport fact(String name, String value) {
    facts.put(name, value);
    return this;
  }

  /**
   * Looks what the network says of rows.
   *
   * @param rowsName what they are called, such as "validation"
   */
  void look(Saved saved, RowSource rows, Kernels kernels, String rowsName) {
    try {
      if (rows.rowCount() > 0) {
        outcomes = OutcomeCharts.section(new Outcomes(saved, rows, kernels), rowsName);
      }
    } catch (IOException e) {
      // The training is worth its report even if the rows have gone.
      outcomes = "<p>The " + rowsName + " rows: " + Html.escape(e.getMessage()) + "</p>\n";
    }
  }

  /**
   * Returns the page.
   *
   * @param validationName what the validation rows are called
   * @param loss the title of the losses
   */
  String page(String title, History history, String validationName, String loss) {
    if (record.resumedAt() > 0) {
      fact("Resumed", "after step " + record.resumedAt() + "; the duration is of the rest");
    }
    String begun = record.begun().truncatedTo(ChronoUnit.SECONDS).toString();
    fact("Begun", begun.replace('T', ' ').replace("Z", " UTC"));
    fact("Duration", duration(record.seconds()));
    fact("Epochs", Text.format("%d: %s", history.epochs().size(), history.stopReason()));
    int best = Best.epoch(history);
    if (best > 0) {
      boolean held = Best.figure(history) == Figure.VALIDATION_LOSS;
      fact(
          "Best epoch",
          history.bestEpoch() > 0
              ? best + ", whose weights were restored"
              : Text.format(
                  "%d, by the %s loss; the model has the weights of the last",
                  best, held ? validationName : "training"));
    }
    StringBuilder html = new StringBuilder(Page.facts(facts));
    html.append("<section id=\"curves\"><h2>By epoch</h2>\n");
    html.append(grid(Curves.of(history, validationName, loss)));
    html.append("</section>\n").append(outcomes).append(norms());
    html.append("<section id=\"epochs\"><h2>Figures</h2>\n").append(table(history, best));
    return Page.of(title, "", html.append("</section>\n").toString());
  }

  /** Lanewise's version, and what it runs on. */
  static String version() {
    return String.join(
        ", ",
        new Main.Version().getVersion()[0],
        "Java " + System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  static String grid(List<Chart> charts) {
    StringBuilder html = new StringBuilder("<div class=\"grid-of-charts\">\n");
    charts.forEach(c -> html.append("<figure>").append(c.svg()).append("</figure>\n"));
    return html.append("</div>\n").toString();
  }

  /** 0.42 s, 12.3 s, 3m 20s. */
  static String duration(double seconds) {
    return seconds < 60
        ? Text.format(seconds < 10 ? "%.2f s" : "%.1f s", seconds)
        : Progress.time(seconds);
  }

  private String norms() {
    if (record.norms().isEmpty()) {
      return "";
    }
    List<Chart> charts = new ArrayList<>();
    int layers = Math.min(record.windows().size(), MOST_LAYERS);
    double[] x = record.norms().stream().mapToDouble(RunRecord.Norms::epoch).toArray();
    for (int from = 0; from < layers; from += Chart.COLOURS) {
      Chart weights = new Chart("Norms of the weights", "epoch", "").whole().mayBePowers();
      Chart gradients = new Chart("Mean norms of the gradients", "epoch", "").whole().mayBePowers();
      for (int i = from; i < Math.min(layers, from + Chart.COLOURS); i++) {
        int w = i;
        String name = "layer " + record.windows().get(w).layer();
        weights.curve(
            w, name, x, record.norms().stream().mapToDouble(n -> n.weights()[w]).toArray());
        gradients.curve(
            w, name, x, record.norms().stream().mapToDouble(n -> n.gradients()[w]).toArray());
      }
      charts.add(weights);
      charts.add(gradients);
    }
    charts.removeIf(Chart::isEmpty);
    String note =
        layers < record.windows().size()
            ? Text.format("<p>The first %d layers that have parameters.</p>\n", layers)
            : "";
    return "<section id=\"norms\"><h2>Layers</h2>\n" + note + grid(charts) + "</section>\n";
  }

  private static String table(History history, int best) {
    int n = history.epochs().size();
    TreeSet<Integer> shown = new TreeSet<>();
    for (int i = 0; i < Math.min(n, MOST_EPOCHS); i++) {
      shown.add((int) ((long) i * (n - 1) / Math.max(1, Math.min(n, MOST_EPOCHS) - 1)));
    }
    for (int i = 0; i < n; i++) {
      if (history.epochs().get(i).epoch() == best) {
        shown.add(i);
      }
    }
    List<String> head = new ArrayList<>(List.of("epoch"));
    history.figures().forEach(figure -> head.add(figure.toString().replace('_', ' ')));
    List<List<String>> rows = new ArrayList<>();
    for (int i : shown) {
      History.Epoch epoch = history.epochs().get(i);
      boolean bold = epoch.epoch() == best;
      List<String> row = new ArrayList<>(List.of(bold(bold, "" + epoch.epoch())));
      for (Figure figure : history.figures()) {
        row.add(bold(bold, figure(figure, epoch.figure(figure))));
      }
      rows.add(row);
    }
    String note =
        shown.size() < n
            ? Text.format("<p>%d of %,d epochs; a .csv has all.</p>\n", shown.size(), n)
            : "";
    return note
        + (n > 12 ? "<details><summary>" + shown.size() + " epochs</summary>\n" : "")
        + Html.table(head, rows)
        + (n > 12 ? "</details>\n" : "");
  }

  /** Returns a figure as a table has it; nothing for NaN. */
  static String figure(Figure figure, double value) {
    String shown = figure == Figure.ROWS_PER_SECOND ? "%,.0f" : "%.5g";
    return Double.isNaN(value) ? "" : Text.format(shown, value);
  }

  private static String bold(boolean bold, String text) {
    return bold && !text.isEmpty() ? "<b>" + text + "</b>" : text;
  }
}
