package io.lanewise.bench.report;

import io.lanewise.bench.Machine;
import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.plot.Html;
import io.lanewise.plot.Svg;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How our kernels did in the stored runs on one machine. Each figure is taken over the peak of its
 * run, where there is one: an hour on a slower clock is no loss.
 */
final class HistoryTable {
  private static final int HEIGHT = 36;

  private HistoryTable() {}

  /** Returns the table; of fewer than two runs a sentence. */
  static String of(List<Run> runs) {
    Machine last = runs.get(runs.size() - 1).machine();
    List<Run> here = runs.stream().filter(run -> sameMachine(run.machine(), last)).toList();
    if (here.size() < 2) {
      return "<p>One run so far on this machine: a history needs two.</p>\n";
    }
    Map<String, List<Double>> byKernel = new LinkedHashMap<>();
    for (Run run : here) {
      double peak = run.peak().orElse(1);
      run.results().stream()
          .filter(r -> Comparison.isOurs(r.contestant()) && !r.name().startsWith("Bandwidth"))
          .forEach(
              r ->
                  byKernel
                      .computeIfAbsent(key(r), key -> new ArrayList<>())
                      .add(better(BenchmarkFigure.of(r)) / peak));
    }
    List<List<String>> rows = new ArrayList<>();
    byKernel.forEach(
        (kernel, figures) -> {
          if (figures.size() > 1) {
            double first = figures.get(0);
            double now = figures.get(figures.size() - 1);
            String change = String.format(Locale.ROOT, "%+.1f%%", 100 * (now / first - 1));
            rows.add(List.of(Html.escape(kernel), line(kernel, figures), change));
          }
        });
    return "<p>"
        + here.size()
        + " runs, from "
        + here.get(0).machine().date()
        + " to "
        + last.date()
        + ". Each line goes from 0 to its largest value.</p>\n"
        + Html.table(List.of("", "over the peak, run by run", "since the first"), rows);
  }

  static boolean sameMachine(Machine a, Machine b) {
    return a != null && b != null && a.cpu().equals(b.cpu()) && a.lanes() == b.lanes();
  }

  private static String key(Result result) {
    return result.name().equals(result.task())
        ? result.name()
        : result.name() + ", " + result.task();
  }

  private static double better(BenchmarkFigure figure) {
    return figure.more() ? figure.median() : 1 / figure.median();
  }

  /** A small line of figures. */
  static String line(String kernel, List<Double> figures) {
    double end = 1.1 * figures.stream().mapToDouble(x -> x).max().orElse(1);
    Svg svg = new Svg("spark", HEIGHT, "History of " + kernel);
    for (int i = 0; i < figures.size(); i++) {
      double x = x(i, figures.size());
      double y = HEIGHT * (1 - figures.get(i) / end);
      if (i > 0) {
        double before = HEIGHT * (1 - figures.get(i - 1) / end);
        svg.line("ours", x(i - 1, figures.size()), before, x, y);
      }
      svg.circle("ours", x, y, 3, "run " + (i + 1));
    }
    return svg.toString();
  }

  private static double x(int i, int count) {
    return 4 + 92.0 * i / (count - 1);
  }
}
