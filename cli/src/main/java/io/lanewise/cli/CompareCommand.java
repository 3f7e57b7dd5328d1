package io.lanewise.cli;

import io.lanewise.check.internal.TextTable;
import io.lanewise.metrics.Figure;
import io.lanewise.plot.Chart;
import io.lanewise.plot.Html;
import io.lanewise.plot.Page;
import io.lanewise.train.History;
import io.lanewise.train.History.Epoch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts the histories of trainings side by side. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Puts trainings side by side: the figures of their best and last epochs and, on a page, their"
            + " curves over each other. The best epoch is that of the least validation loss; of the"
            + " least loss where there is no validation.",
    footer = {
      "",
      "Examples:",
      "  lanewise train --data x.csv --out a.safetensors --history a.csv",
      "  lanewise train --data x.csv --optimizer lion --out b.safetensors \\",
      "      --history b.csv",
      "  lanewise compare a.csv b.csv --out compare.html"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Two histories or more, as train --history wrote them: .csv.")
  private List<Path> files;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "A page, .html, with the table and the curves. Default: only the table.")
  private Path page;

  @Override
  public Integer call() throws IOException {
    Map<String, History> runs = read();
    List<List<String>> table = table(runs);
    PrintWriter out = spec.commandLine().getOut();
    TextTable text = new TextTable(1);
    table.forEach(line -> text.add(line.toArray(String[]::new)));
    out.print(text);
    if (page != null) {
      Outputs.write(page, page(runs, table));
      out.println();
      out.println("page  " + page);
    }
    out.flush();
    return 0;
  }

  private Map<String, History> read() throws IOException {
    if (files.size() < 2) {
      throw new UsageException("two histories or more are compared, got only " + files.get(0));
    }
    if (files.size() > Chart.COLOURS) {
      throw new UsageException(
          "at most " + Chart.COLOURS + " histories can be told apart, got " + files.size());
    }
    if (page != null && !HistoryFiles.ending(page).equals("html")) {
      throw new UsageException("--out: " + page + " must end in .html");
    }
    Outputs outputs = new Outputs();
    files.forEach(file -> outputs.reads("a history", file));
    outputs.writes("--out", page);
    boolean alike = files.stream().map(Path::getFileName).distinct().count() < files.size();
    Map<String, History> runs = new LinkedHashMap<>();
    for (Path file : files) {
      String name = alike ? file.toString() : file.getFileName().toString();
      if (runs.put(name, HistoryCsv.read(file)) != null) {
        throw new UsageException(file + " is named twice");
      }
    }
    return runs;
  }

  /** A column a run, under its name. */
  private static List<List<String>> table(Map<String, History> runs) {
    List<List<String>> table = new ArrayList<>();
    table.add(new ArrayList<>(List.of("")));
    table.getFirst().addAll(runs.keySet());
    add(table, runs, "epochs", h -> String.valueOf(h.epochs().size()));
    add(table, runs, "best epoch", h -> String.valueOf(Best.epoch(h)));
    for (Figure figure : Figure.values()) {
      boolean taken =
          runs.values().stream()
              .flatMap(h -> h.epochs().stream())
              .anyMatch(e -> !Double.isNaN(e.figure(figure)));
      if (taken) {
        String name = figure.toString().replace('_', ' ');
        add(table, runs, name + ", best epoch", h -> figure(h, figure, best(h)));
        add(table, runs, name + ", last epoch", h -> figure(h, figure, h.last()));
      }
    }
    return table;
  }

  private static void add(
      List<List<String>> table,
      Map<String, History> runs,
      String name,
      Function<History, String> cell) {
    List<String> line = new ArrayList<>(List.of(name));
    runs.values().forEach(history -> line.add(cell.apply(history)));
    table.add(line);
  }

  private static Epoch best(History history) {
    int best = Best.epoch(history);
    return history.epochs().stream()
        .filter(e -> e.epoch() == best)
        .findFirst()
        .orElse(history.last());
  }

  private static String figure(History history, Figure figure, Epoch epoch) {
    boolean taken = history.figures().contains(figure);
    return taken ? TrainingReport.figure(figure, epoch.figure(figure)) : "";
  }

  private static String page(Map<String, History> runs, List<List<String>> table) {
    List<List<String>> cells =
        table.stream().map(line -> line.stream().map(Html::escape).toList()).toList();
    String body =
        "<section id=\"curves\">\n"
            + TrainingReport.grid(Curves.over(runs))
            + "</section>\n<section id=\"figures\"><h2>Figures</h2>\n"
            + "<p>The best epoch is that of the least validation loss; of the least loss where"
            + " there is no validation.</p>\n"
            + Html.table(cells.getFirst(), cells.subList(1, cells.size()))
            + "</section>\n";
    return Page.of(String.join(", ", runs.keySet()) + " compared", "", body);
  }
}
