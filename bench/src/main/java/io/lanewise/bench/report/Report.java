package io.lanewise.bench.report;

import io.lanewise.bench.Machine;
import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.plot.Html;
import io.lanewise.plot.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** One HTML file with everything in it: no network, no script. */
public final class Report {
  private final Run run;
  private final List<Run> all;
  private final List<Path> gates;
  private final Roof roof;

  /**
   * Prepares it.
   *
   * @param runs the stored ones, oldest first; the last is shown, all are its history
   * @param gates the checks of the gate that were kept, oldest first
   */
  public Report(List<Run> runs, List<Path> gates) {
    this.gates = gates;
    this.run = runs.get(runs.size() - 1);
    this.all = runs;
    this.roof = Roof.of(run);
  }

  /** Writes the page. */
  public void write(Path file) throws IOException {
    StringBuilder html = new StringBuilder(Disturbance.banner(all)).append(machine());
    List<Comparison> comparisons = Comparison.of(run);
    for (Comparison comparison : comparisons) {
      html.append("<section><h2>").append(Html.escape(comparison.benchmark())).append("</h2>\n");
      html.append(comparison.table());
      html.append("<details open><summary>Bars, with 95% intervals</summary>\n");
      html.append(comparison.bars()).append("</details></section>\n");
    }
    if (!Double.isNaN(roof.peak()) && roof.read().size() > 1) {
      html.append(roofline());
    }
    html.append(alone(comparisons));
    html.append("<section id=\"history\"><h2>History</h2>\n").append(HistoryTable.of(all));
    html.append(GateHistory.of(gates));
    html.append("</section>\n");
    Files.writeString(file, Page.of("Lanewise, measured", style(), html.toString()));
  }

  private static String style() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What nothing else stands beside: of a stranger's benchmarks, all. */
  private String alone(List<Comparison> comparisons) {
    Set<String> compared =
        comparisons.stream().map(Comparison::benchmark).collect(Collectors.toSet());
    List<List<String>> rows = new ArrayList<>();
    for (Result result : run.results()) {
      if (!compared.contains(result.name()) && !roof.has(result)) {
        BenchmarkFigure figure = BenchmarkFigure.of(result);
        String task = result.task().equals(result.name()) ? "" : ", " + result.task();
        rows.add(
            List.of(
                Html.escape(result.name() + task),
                Comparison.interval(figure.interval()),
                Html.escape(figure.unit()) + (figure.more() ? ", more is better" : ""),
                Html.number(result.allocated())));
      }
    }
    return rows.isEmpty()
        ? ""
        : "<section id=\"alone\"><h2>By themselves</h2>\n"
            + Html.table(List.of("", "median and 95% interval", "unit", "B/op"), rows)
            + "</section>\n";
  }

  private static String cores(int count) {
    return count + (count == 1 ? " core" : " cores");
  }

  private String machine() {
    Map<String, String> facts = new LinkedHashMap<>();
    Machine m = run.machine();
    if (m != null) {
      facts.put("Processor", m.cpu() + ", " + cores(m.cores()) + ", " + m.caches());
      facts.put("Kernels", m.kernels());
      facts.put("JDK", m.jdk());
      facts.put("System", m.os());
      facts.put("Flags", String.join(" ", m.flags()));
      facts.put("Threads", m.environment().isEmpty() ? "no variables set" : m.environment() + "");
      facts.put("Versions", m.versions().toString().replaceAll("[{}]", "").replace("=", " "));
      facts.put("Run", m.date() + (m.commit().isEmpty() ? "" : ", commit " + m.commit()));
    }
    if (!Double.isNaN(roof.peak())) {
      facts.put("FMA peak", Html.number(roof.peak()) + " GFLOP/s on one core, in this run");
    }
    return Page.facts(facts);
  }

  private String roofline() {
    StringBuilder html = new StringBuilder("<section id=\"roofline\"><h2>Roofline</h2>\n");
    RooflinePlot plot = new RooflinePlot(roof, run);
    if (!plot.isEmpty()) {
      html.append("<p>GFLOP/s over FLOP per byte of operands and results. The lines are what this")
          .append(" machine gave in the same run. <span class=\"key ours\"></span> Lanewise")
          .append(" <span class=\"key other\"></span> others</p>\n")
          .append(plot.draw());
    }
    html.append("\n<h3>Bandwidth of one core</h3>\n").append(new BandwidthPlot(roof).draw());
    List<List<String>> kernels = kernels();
    if (!kernels.isEmpty()) {
      List<String> head =
          List.of("", "GFLOP/s", "GB/s", "FLOP/byte", "of the peak", "of the roof", "B/op");
      html.append("\n<h3>Each kernel</h3>\n")
          .append("<p>The roof is the lesser of the peak and bandwidth times intensity. Functions")
          .append(" such as tanh have bandwidth alone above them: their polynomials are ours to")
          .append(" choose.</p>\n")
          .append(Html.table(head, kernels));
    }
    return html.append("</section>\n").toString();
  }

  private List<List<String>> kernels() {
    List<List<String>> rows = new ArrayList<>();
    for (Result result : run.results()) {
      if (Comparison.isOurs(result.contestant())) {
        Demand.of(result).ifPresent(work -> rows.add(kernel(result, work)));
      }
    }
    return rows;
  }

  private List<String> kernel(Result result, Demand work) {
    double flops = work.perNano(result) * work.flops();
    double bytes = work.perNano(result) * work.bytes();
    double kib = work.footprint() / 1024;
    double ofRoof =
        Double.isNaN(flops) ? bytes / roof.bandwidth(kib) : flops / roof.at(work.intensity(), kib);
    return List.of(
        Html.escape(result.name() + ", " + result.task()),
        Html.number(flops),
        Html.number(bytes),
        Html.number(work.intensity()),
        Html.percent(flops / roof.peak()),
        Html.percent(ofRoof),
        Html.number(result.allocated()));
  }
}
