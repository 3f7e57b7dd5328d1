package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.plot.Html;
import io.lanewise.plot.Svg;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** GFLOP/s over FLOP per byte, both by powers of two: the roof, and the kernels below it. */
final class RooflinePlot {
  private static final int HEIGHT = 320;
  private static final double LEFT = -3; // 2^-3 FLOP per byte
  private static final double RIGHT = 9;

  private final Roof roof;
  private final double top;
  private final double bottom;

  RooflinePlot(Roof roof) {
    this.roof = roof;
    this.top = Math.ceil(log2(roof.peak()) + 0.3);
    this.bottom = top - 10;
  }

  String draw(Run run) {
    Svg svg = new Svg("plot", HEIGHT + 24, "Roofline: GFLOP/s over FLOP per byte");
    axes(svg);
    for (Map.Entry<String, Double> level : roof.levels()) {
      slope(svg, level.getKey(), roof.bandwidth(level.getValue()));
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
      svg.text("start", 0.3, y(e) - 3, Html.tick(Math.pow(2, e)));
    }
    for (int e = (int) LEFT + 1; e < RIGHT; e += 2) {
      svg.line("grid", x(e), 0, x(e), HEIGHT);
      svg.text("middle", x(e), HEIGHT + 16, e < 0 ? "1/" + (1 << -e) : String.valueOf(1 << e));
    }
  }

  private void slope(Svg svg, String name, double bandwidth) {
    // From where it leaves the bottom or the left side to where it meets the peak.
    double from = Math.max(LEFT, bottom - log2(bandwidth));
    double to = log2(roof.peak() / bandwidth);
    svg.line("roof", x(from), y(from + log2(bandwidth)), x(to), y(log2(roof.peak())));
    svg.line("drop", x(to), y(log2(roof.peak())), x(to), HEIGHT);
    svg.text("start", x(to) + 0.6, y(log2(roof.peak())) + 14, name);
  }

  private void mark(Svg svg, Result result) {
    Optional<Demand> work = Demand.of(result).filter(w -> !Double.isNaN(w.flops()));
    if (work.isEmpty()) {
      return;
    }
    double rate = work.get().perNano(result) * work.get().flops();
    double across = log2(work.get().intensity());
    double up = log2(rate);
    if (Double.isNaN(up) || up < bottom) {
      return;
    }
    String title =
        List.of(result.contestant(), result.name(), result.task(), Html.number(rate) + " GFLOP/s")
            .toString();
    boolean ours = Comparison.isOurs(result.contestant());
    svg.circle(ours ? "ours" : "other", x(across), y(up), ours ? 5 : 4, title);
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
