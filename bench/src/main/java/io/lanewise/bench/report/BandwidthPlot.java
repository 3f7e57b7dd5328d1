package io.lanewise.bench.report;

import io.lanewise.plot.Html;
import io.lanewise.plot.Svg;
import java.util.Map;
import java.util.NavigableMap;

/** GB/s over the size of the data, the size by powers of two. */
final class BandwidthPlot {
  private static final int HEIGHT = 200;

  private final Roof roof;
  private final double end;

  BandwidthPlot(Roof roof) {
    this.roof = roof;
    double most =
        Math.max(
            roof.read().values().stream().mapToDouble(x -> x).max().orElse(1),
            roof.triad().values().stream().mapToDouble(x -> x).max().orElse(1));
    this.end = 100 * Math.ceil(most / 100);
  }

  String draw() {
    Svg svg = new Svg("plot", HEIGHT + 40, "Bandwidth: GB/s over the size of the data");
    for (int part = 0; part <= 4; part++) {
      double value = end * part / 4;
      svg.line("grid", 0, y(value), 100, y(value));
      svg.text("start", 0.3, y(value) - 3, Html.tick(value) + (part == 4 ? " GB/s" : ""));
    }
    for (double kib = 16; kib <= roof.read().lastKey(); kib *= 16) {
      svg.text("middle", x(kib), HEIGHT + 16, Roof.size(kib));
    }
    svg.text("middle", 50, HEIGHT + 34, "size of the data");
    boolean above =
        roof.triad().isEmpty()
            || roof.read().firstEntry().getValue() > roof.triad().firstEntry().getValue();
    series(svg, "other", "triad", roof.triad(), above ? 18 : -8);
    series(svg, "ours", "read", roof.read(), above ? -8 : 18);
    return svg.toString();
  }

  private void series(
      Svg svg, String type, String name, NavigableMap<Double, Double> bySize, int down) {
    Map.Entry<Double, Double> before = null;
    for (Map.Entry<Double, Double> point : bySize.entrySet()) {
      double x = x(point.getKey());
      double y = y(point.getValue());
      if (before != null) {
        svg.line(type, x(before.getKey()), y(before.getValue()), x, y);
      }
      String title = name + " " + Roof.size(point.getKey()) + ", " + Html.number(point.getValue());
      svg.circle(type, x, y, 4, title + " GB/s");
      before = point;
    }
    if (before != null) {
      var first = bySize.firstEntry();
      svg.text("start", x(first.getKey()) + 1.5, y(first.getValue()) + down, name);
    }
  }

  private double x(double kib) {
    double first = Math.log(roof.read().firstKey());
    return 6 + 88 * (Math.log(kib) - first) / (Math.log(roof.read().lastKey()) - first);
  }

  private double y(double value) {
    return HEIGHT * (1 - value / end);
  }
}
