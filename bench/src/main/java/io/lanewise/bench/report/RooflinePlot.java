package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.plot.Html;
import io.lanewise.plot.Svg;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** GFLOP/s over FLOP per byte, both by powers of two: the roof, and the kernels below it. */
final class RooflinePlot {
  private static final int HEIGHT = 320;
  private static final double LEFT = -3; // 2^-3 FLOP per byte
  private static final double RIGHT = 9;

  private final Roof roof;
  private final Run run;
  private final double top;
  private final double bottom;

  RooflinePlot(Roof roof, Run run) {
    this.roof = roof;
    this.run = run;
    this.top = Math.ceil(log2(roof.peak()) + 0.3);
    this.bottom = top - 10;
  }

  /** Whether no kernel is on it. */
  boolean isEmpty() {
    return run.results().stream().noneMatch(r -> isDrawn(r));
  }

  String draw() {
    Svg svg = new Svg("plot", HEIGHT + 40, "Roofline: GFLOP/s over FLOP per byte");
    axes(svg);
    int line = 1;
    for (Map.Entry<String, Double> level : roof.levels()) {
      slope(svg, level.getKey(), roof.bandwidth(level.getValue()), line++);
    }
    svg.line("roof", x(LEFT), y(log2(roof.peak())), x(RIGHT), y(log2(roof.peak())));
    svg.text("end", 99.5, y(log2(roof.peak())) - 5, "FMA peak " + Html.number(roof.peak()));
    // Ours last, on top.
    run.results().stream()
        .sorted(Comparator.comparing(r -> Comparison.isOurs(r.contestant())))
        .forEach(r -> mark(svg, r));
    return svg.toString();
  }

  private void axes(Svg svg) {
    for (int e = (int) bottom; e <= top; e += 2) {
      svg.line("grid", 0, y(e), 100, y(e));
      String unit = e + 2 > top ? " GFLOP/s" : "";
      svg.text("start", 0.3, y(e) - 3, Html.tick(Math.pow(2, e)) + unit);
    }
    for (int e = (int) LEFT + 1; e < RIGHT; e += 2) {
      svg.line("grid", x(e), 0, x(e), HEIGHT);
      svg.text("middle", x(e), HEIGHT + 16, e < 0 ? "1/" + (1 << -e) : String.valueOf(1 << e));
    }
    svg.text("middle", 50, HEIGHT + 34, "FLOP per byte");
  }

  private void slope(Svg svg, String name, double bandwidth, int line) {
    // From where it leaves the bottom or the left side to where it meets the peak.
    double from = Math.max(LEFT, bottom - log2(bandwidth));
    double to = log2(roof.peak() / bandwidth);
    svg.line("roof", x(from), y(from + log2(bandwidth)), x(to), y(log2(roof.peak())));
    svg.line("drop", x(to), y(log2(roof.peak())), x(to), HEIGHT);
    // One below the other, since the slopes may be close.
    svg.text("start", x(to) + 0.6, y(log2(roof.peak())) + 14 * line, name);
  }

  private boolean isDrawn(Result result) {
    return Demand.of(result)
        .map(work -> log2(work.perNano(result) * work.flops()))
        .filter(up -> !Double.isNaN(up) && up >= bottom)
        .isPresent();
  }

  private void mark(Svg svg, Result result) {
    if (!isDrawn(result)) {
      return;
    }
    Demand work = Demand.of(result).orElseThrow();
    double rate = work.perNano(result) * work.flops();
    String title =
        List.of(result.contestant(), result.name(), result.task(), Html.number(rate) + " GFLOP/s")
            .toString();
    boolean ours = Comparison.isOurs(result.contestant());
    svg.circle(
        ours ? "ours" : "other", x(log2(work.intensity())), y(log2(rate)), ours ? 5 : 4, title);
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  private static double x(double log) {
    return 100 * (log - LEFT) / (RIGHT - LEFT);
  }

  private double y(double log) {
    return HEIGHT * (top - log) / (top - bottom);
  }
}
