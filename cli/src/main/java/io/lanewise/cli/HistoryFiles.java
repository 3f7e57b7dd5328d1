package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.plot.Html;
import io.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The history of a training as a file: what its name ends in decides, CSV, SVG or HTML. */
final class HistoryFiles {
  private HistoryFiles() {}

  static void requireEnding(Path file) {
    if (!List.of("csv", "svg", "html").contains(ending(file))) {
      throw new UsageException("--history: " + file + " must end in .csv, .svg or .html");
    }
  }

  static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static void write(Path file, History history) throws IOException {
    switch (ending(file)) {
      case "csv" -> Outputs.write(file, history.toCsv());
      case "svg" -> Curves.write(file, history, "validation");
      default -> Outputs.write(file, page(history));
    }
  }

  /** A page of its own: the curves and the figures. */
  private static String page(History history) {
    StringBuilder text =
        new StringBuilder(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Training</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1160px; padding: 0 1rem }
            svg { max-width: 100%; height: auto }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums }
            th, td { padding: 0.15rem 0.8rem; text-align: right; border-bottom: 1px solid #ddd }
            .scroll { overflow-x: auto }
            </style>
            </head>
            <body>
            <h1>Training</h1>
            """);
    text.append(Curves.svg(history, "validation"));
    text.append("\n<p>").append(Html.escape(history.stopReason())).append("</p>\n");
    List<String> head = new ArrayList<>(List.of("epoch"));
    history.figures().forEach(figure -> head.add(figure.toString().replace('_', ' ')));
    List<List<String>> rows = new ArrayList<>();
    for (History.Epoch epoch : history.epochs()) {
      boolean best = epoch.epoch() == history.bestEpoch();
      List<String> row = new ArrayList<>(List.of(bold(best, "" + epoch.epoch())));
      for (Figure figure : history.figures()) {
        double value = epoch.figure(figure);
        String shown = figure == Figure.ROWS_PER_SECOND ? "%,.0f" : "%.5g";
        row.add(Double.isNaN(value) ? "" : bold(best, Text.format(shown, value)));
      }
      rows.add(row);
    }
    return text.append(Html.table(head, rows)).append("</body>\n</html>\n").toString();
  }

  private static String bold(boolean bold, String text) {
    return bold ? "<b>" + text + "</b>" : text;
  }
}
