package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.train.History;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The history of a training as a file: what its name ends in decides, CSV, SVG or HTML. */
final class HistoryFiles {
  private HistoryFiles() {}

  static void check(Path file) {
    if (!List.of("csv", "svg", "html").contains(ending(file))) {
      throw new UsageException("--history: " + file + " must end in .csv, .svg or .html");
    }
    Outputs.check(file);
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Writes one; returns whether it could. */
  static boolean write(Path file, History history, PrintWriter err) throws IOException {
    switch (ending(file)) {
      case "csv":
        Outputs.write(file, history.toCsv());
        return true;
      case "svg":
        return Curves.write(file, history, "validation", err);
      default:
        Outputs.write(file, page(history, err));
        return true;
    }
  }

  /** A page of its own: the curves, if they can be drawn, and the figures. */
  private static String page(History history, PrintWriter err) throws IOException {
    byte[] svg = Curves.svg(history, "validation", err);
    String curves = svg == null ? "" : new String(svg, StandardCharsets.UTF_8);
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
            tr.best { font-weight: bold }
            </style>
            </head>
            <body>
            <h1>Training</h1>
            """);
    // What an SVG file begins with, the XML declaration and the doctype, has no place in HTML.
    text.append(curves.substring(Math.max(0, curves.indexOf("<svg"))));
    text.append("\n<table>\n<tr><th>epoch</th>");
    for (Figure figure : history.figures()) {
      text.append("<th>").append(figure.toString().replace('_', ' ')).append("</th>");
    }
    text.append("</tr>\n");
    for (History.Epoch epoch : history.epochs()) {
      boolean best = epoch.epoch() == history.bestEpoch();
      text.append(best ? "<tr class=\"best\"><td>" : "<tr><td>").append(epoch.epoch());
      for (Figure figure : history.figures()) {
        double value = epoch.figure(figure);
        String shown = figure == Figure.ROWS_PER_SECOND ? "%,.0f" : "%.5g";
        text.append("</td><td>");
        text.append(Double.isNaN(value) ? "" : Text.format(shown, value));
      }
      text.append("</td></tr>\n");
    }
    return text.append("</table>\n</body>\n</html>\n").toString();
  }
}
