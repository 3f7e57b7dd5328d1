package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.gate.Bootstrap.Interval;
import io.lanewise.plot.Html;
import io.lanewise.plot.Svg;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ours beside others, of one benchmark.
 *
 * @param tasks of each, by contestant, the figure
 */
record Comparison(String benchmark, Map<String, Map<String, BenchmarkFigure>> tasks) {
  /** Returns one for every benchmark that has more than one contestant. */
  static List<Comparison> of(Run run) {
    Map<String, Comparison> byName = new LinkedHashMap<>();
    for (Result result : run.results()) {
      byName
          .computeIfAbsent(result.name(), name -> new Comparison(name, new LinkedHashMap<>()))
          .tasks
          .computeIfAbsent(result.task(), task -> new LinkedHashMap<>())
          .put(result.contestant(), BenchmarkFigure.of(result));
    }
    return byName.values().stream().filter(c -> c.contestants().size() > 1).toList();
  }

  static boolean isOurs(String contestant) {
    return contestant.equals(Result.OURS);
  }

  /** Returns all, ours first. */
  Set<String> contestants() {
    Set<String> all = new LinkedHashSet<>();
    tasks.values().forEach(t -> t.keySet().stream().filter(Comparison::isOurs).forEach(all::add));
    tasks.values().forEach(t -> all.addAll(t.keySet()));
    return all;
  }

  String unit() {
    return tasks.values().iterator().next().values().iterator().next().unit();
  }

  String table() {
    List<String> head = new ArrayList<>(List.of(unit()));
    contestants().forEach(c -> head.add(Html.escape(c)));
    head.add("Lanewise / best other");
    List<List<String>> rows = new ArrayList<>();
    tasks.forEach((task, figures) -> rows.add(row(task, figures)));
    return Html.table(head, rows);
  }

  private List<String> row(String task, Map<String, BenchmarkFigure> figures) {
    List<String> row = new ArrayList<>(List.of(Html.escape(task)));
    String best = best(figures, true);
    for (String contestant : contestants()) {
      BenchmarkFigure figure = figures.get(contestant);
      String number = figure == null ? "" : Html.number(figure.median());
      row.add(contestant.equals(best) ? "<b>" + number + "</b>" : number);
    }
    BenchmarkFigure ours = figures.get(contestants().iterator().next());
    String other = best(figures, false);
    row.add(
        ours == null || other == null
            ? ""
            : interval(ours.over(figures.get(other))) + " (" + Html.escape(other) + ")");
    return row;
  }

  private static String best(Map<String, BenchmarkFigure> figures, boolean withOurs) {
    String best = null;
    for (String contestant : figures.keySet()) {
      if ((withOurs || !isOurs(contestant))
          && (best == null || figures.get(contestant).better(figures.get(best)))) {
        best = contestant;
      }
    }
    return best;
  }

  static String interval(Interval i) {
    return Html.number(i.estimate())
        + " <small>"
        + Html.number(i.low())
        + "&#8211;"
        + Html.number(i.high())
        + "</small>";
  }

  /** Returns bars with error intervals, from 0 to the largest of each task. */
  String bars() {
    StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
    tasks.forEach(
        (task, figures) -> {
          double end =
              figures.values().stream().mapToDouble(f -> f.interval().high()).max().orElse(1);
          html.append("<figure><figcaption>").append(Html.escape(task)).append("</figcaption>");
          for (String contestant : contestants()) {
            if (figures.containsKey(contestant)) {
              html.append(bar(task, contestant, figures.get(contestant), end));
            }
          }
          html.append("</figure>\n");
        });
    return html.append("</div>\n").toString();
  }

  private static String bar(String task, String contestant, BenchmarkFigure figure, double end) {
    Interval i = figure.interval();
    double scale = 100 / end;
    Svg svg =
        new Svg("bar", 18, task + ", " + contestant)
            .rect(isOurs(contestant) ? "ours" : "other", 0, 3, scale * i.estimate(), 12)
            .line("error", scale * i.low(), 9, scale * i.high(), 9)
            .line("error", scale * i.low(), 5, scale * i.low(), 13)
            .line("error", scale * i.high(), 5, scale * i.high(), 13);
    return "<div class=\"row\"><span>"
        + Html.escape(contestant)
        + "</span>"
        + svg
        + "<span>"
        + Html.number(i.estimate())
        + "</span></div>\n";
  }
}
