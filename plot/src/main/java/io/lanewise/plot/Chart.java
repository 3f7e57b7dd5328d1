package io.lanewise.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A chart with axes: curves, dots and lines, as SVG whose words are text. All are of one width, in
 * which a telephone shows them one below the other, unsqueezed. Numbers that are not finite are
 * left out; of long curves some 400 points are drawn, among them the extremes.
 */
public final class Chart {
  /** The width that its letters are made for, in pixels. */
  public static final int WIDTH = 356;

  /** The colours that there are. */
  public static final int COLOURS = 8;

  /** The points of a curve that are drawn at most, about. */
  public static final int MOST_POINTS = 400;

  private static final int PLOT_HEIGHT = 176;
  private static final int BELOW = 40;
  private static final int LINE = 17;
  private static final int STEPS = 4;
  private static final double HUGE = 1e300;

  private record Series(int colour, String name, boolean dots, double[] x, double[] y) {}

  private record Segment(double x1, double y1, double x2, double y2) {}

  private final String title;
  private final String across;
  private final String up;
  private final List<Series> all = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private double[] heldAcross = {};
  private double[] heldUp = {};
  private boolean whole;
  private boolean mayBePowers;
  private double mark = Double.NaN;
  private String markText = "";

  /**
   * Begins one.
   *
   * @param across what its axis from left to right is of
   * @param up what the other is of; may be empty where the title says it
   */
  public Chart(String title, String across, String up) {
    this.title = title;
    this.across = across;
    this.up = up;
  }

  static boolean isDrawn(double value) {
    return Math.abs(value) < HUGE;
  }

  /** Has a curve; one of a single point is a dot. */
  public Chart curve(int colour, String name, double[] x, double[] y) {
    return add(colour, name, false, x, y);
  }

  /** Has dots. */
  public Chart dots(int colour, String name, double[] x, double[] y) {
    return add(colour, name, true, x, y);
  }

  private Chart add(int colour, String name, boolean dots, double[] x, double[] y) {
    double[] xs = new double[x.length];
    double[] ys = new double[x.length];
    int n = 0;
    for (int i = 0; i < x.length; i++) {
      if (isDrawn(x[i]) && isDrawn(y[i])) {
        xs[n] = x[i];
        ys[n++] = y[i];
      }
    }
    if (n > 0) {
      double[] usedX = Arrays.copyOf(xs, n);
      double[] usedY = Arrays.copyOf(ys, n);
      all.add(new Series(colour % COLOURS, name, dots || n == 1, usedX, usedY));
    }
    return this;
  }

  /** Has a thin line to compare with. */
  public Chart line(double x1, double y1, double x2, double y2) {
    segments.add(new Segment(x1, y1, x2, y2));
    return this;
  }

  /** Its axis from left to right is of whole numbers. */
  public Chart whole() {
    whole = true;
    return this;
  }

  /** Its other axis is by powers of ten where the first points would flatten the rest. */
  public Chart mayBePowers() {
    mayBePowers = true;
    return this;
  }

  /** Its axis from left to right holds these in any case. */
  public Chart holdAcross(double... values) {
    heldAcross = values;
    return this;
  }

  /** Its other axis holds these in any case. */
  public Chart holdUp(double... values) {
    heldUp = values;
    return this;
  }

  /** Has a line down from a text. */
  public Chart mark(double x, String text) {
    mark = x;
    markText = text;
    return this;
  }

  /** Returns whether there is anything to draw. */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  private double[] range(double[] held, boolean ofX) {
    return DoubleStream.concat(
            Arrays.stream(held),
            DoubleStream.concat(
                all.stream().flatMapToDouble(s -> Arrays.stream(ofX ? s.x() : s.y())),
                segments.stream()
                    .flatMapToDouble(
                        s ->
                            ofX
                                ? DoubleStream.of(s.x1(), s.x2())
                                : DoubleStream.of(s.y1(), s.y2()))))
        .filter(Chart::isDrawn)
        .sorted()
        .toArray();
  }

  private Axis axisUp() {
    double[] values = range(heldUp, false);
    if (values.length == 0) {
      return Axis.round(0, 1, STEPS);
    }
    double least = values[0];
    double most = values[values.length - 1];
    boolean byPowers =
        mayBePowers && least > 0 && all.stream().anyMatch(s -> Axis.wantsPowers(s.y()));
    return byPowers ? Axis.powers(least, most, STEPS) : Axis.round(least, most, STEPS);
  }

  private Axis axisAcross() {
    double[] values = range(heldAcross, true);
    if (values.length == 0) {
      return Axis.round(0, 1, STEPS);
    }
    double least = values[0];
    double most = values[values.length - 1];
    return whole
        ? Axis.whole(least, Math.max(most, least + 1), STEPS + 1)
        : Axis.round(least, most, STEPS);
  }

  /** Returns so much of a name that a short figure has room beside it in the legend. */
  public static String shortened(String name) {
    return Words.fit(name, WIDTH - 140);
  }

  /** Returns it as SVG within a page. */
  public String svg() {
    Drawing drawing = new Drawing();
    return drawing.head("") + drawing.body() + "</svg>\n";
  }

  /** Returns several, side by side, as the text of a file. */
  public static String file(List<Chart> charts) {
    StringBuilder text = new StringBuilder();
    List<Drawing> drawings = charts.stream().map(c -> c.new Drawing()).toList();
    int height = drawings.stream().mapToInt(d -> d.height).max().orElse(0);
    int width = WIDTH * charts.size();
    String label = String.join(", ", charts.stream().map(c -> c.title).toList());
    text.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" width=\"%d\""
                + " height=\"%d\" viewBox=\"0 0 %d %d\">\n<style>\n%s</style>\n"
                + "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n",
            Html.escape(label),
            width,
            height,
            width,
            height,
            Page.chartStyle(),
            width,
            height));
    for (int i = 0; i < drawings.size(); i++) {
      Drawing d = drawings.get(i);
      text.append(d.head(" x=\"" + i * WIDTH + "\"")).append(d.body()).append("</svg>\n");
    }
    return text.append("</svg>\n").toString();
  }

  /** One that is laid out. */
  private final class Drawing {
    private final StringBuilder text = new StringBuilder();
    private final Axis acrossAxis = axisAcross();
    private final Axis upAxis = axisUp();
    private final int left;
    private final int right;
    private final int top;
    private final int bottom;
    private final int height;
    private final StringBuilder legend = new StringBuilder();

    Drawing() {
      double widest = 0;
      for (double tick : upAxis.ticks()) {
        widest = Math.max(widest, Words.width(upAxis.text(tick)));
      }
      left = (int) Math.ceil(widest) + (up.isEmpty() ? 10 : 28);
      double[] ticks = acrossAxis.ticks();
      String last = ticks.length == 0 ? "" : acrossAxis.text(ticks[ticks.length - 1]);
      right = WIDTH - (int) Math.max(10, Words.width(last) / 2 + 2);
      int y = legend(34);
      top = y + (Double.isNaN(mark) ? 0 : LINE - 3);
      bottom = top + PLOT_HEIGHT;
      height = bottom + BELOW;
    }

    /** Lays the names out, in as many lines as they take, and returns where they end. */
    private int legend(int from) {
      int y = from;
      double x = 2;
      boolean any = false;
      for (Series s : all) {
        if (s.name().isEmpty()) {
          continue;
        }
        String name = Words.fit(s.name(), WIDTH - 40);
        double room = 24 + Words.width(name) + 12;
        if (any && x + room > WIDTH) {
          y += LINE;
          x = 2;
        }
        String key = s.dots() ? "M%.1f %dh0" : "M%.1f %dh16";
        String start = String.format(Locale.ROOT, key, s.dots() ? x + 8 : x, y - 4);
        legend.append(path(s, start));
        legend.append(text("", "start", x + 22, y, name, s.name()));
        x += room;
        any = true;
      }
      return any ? y + 14 : from - 3;
    }

    String head(String place) {
      return String.format(
          Locale.ROOT,
          "<svg class=\"chart\"%s role=\"img\" aria-label=\"%s\" width=\"%d\" height=\"%d\""
              + " viewBox=\"0 0 %d %d\">",
          place,
          Html.escape(title),
          WIDTH,
          height,
          WIDTH,
          height);
    }

    String body() {
      String shown = upAxis.isPowers() ? title + ", log scale" : title;
      text.append(text("title", "start", 2, 14, Words.fit(shown, WIDTH * 0.92), shown))
          .append(legend);
      for (double tick : upAxis.ticks()) {
        double y = y(tick);
        text.append(line("grid", left, y, right, y));
        text.append(text("", "end", left - 5, y + 4, upAxis.text(tick), ""));
      }
      ticksAcross();
      text.append(text("", "middle", (left + right) / 2.0, height - 5, Words.fit(across, 280), ""));
      if (!up.isEmpty()) {
        String shownUp = Html.escape(Words.fit(up, PLOT_HEIGHT));
        text.append(
            String.format(
                Locale.ROOT,
                "<text text-anchor=\"middle\" transform=\"translate(12 %d) rotate(-90)\">%s</text>",
                (top + bottom) / 2,
                shownUp));
      }
      for (Segment s : segments) {
        text.append(line("reference", x(s.x1()), y(s.y1()), x(s.x2()), y(s.y2())));
      }
      all.forEach(s -> text.append(path(s, s.dots() ? dots(s) : points(s))));
      if (!Double.isNaN(mark)) {
        double half = Words.width(markText) / 2;
        double at = x(mark);
        text.append(line("mark", at, top, at, bottom));
        double middle = Math.clamp(at, half, WIDTH - half);
        text.append(text("mark", "middle", middle, top - 4, markText, ""));
      }
      return text.toString();
    }

    private void ticksAcross() {
      double free = Double.NEGATIVE_INFINITY;
      for (double tick : acrossAxis.ticks()) {
        String words = acrossAxis.text(tick);
        double half = Words.width(words) / 2;
        double x = x(tick);
        text.append(line("grid", x, bottom, x, bottom + 4));
        if (x - half > free) {
          text.append(text("", "middle", x, bottom + 17, words, ""));
          free = x + half + 6;
        }
      }
    }

    private String line(String type, double x1, double y1, double x2, double y2) {
      return String.format(
          Locale.ROOT, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", type, x1, y1, x2, y2);
    }

    private String path(Series s, String d) {
      String type = s.dots() ? "dots" : "curve";
      return "<path class=\"" + type + " c" + s.colour() + "\" d=\"" + d + "\"/>";
    }

    private String text(
        String type, String anchor, double x, double y, String shown, String whole) {
      String tip = whole.equals(shown) || whole.isEmpty() ? "" : Html.escape(whole);
      return String.format(
          Locale.ROOT,
          "<text%s%s x=\"%.1f\" y=\"%.1f\">%s%s</text>",
          type.isEmpty() ? "" : " class=\"" + type + "\"",
          anchor.equals("start") ? "" : " text-anchor=\"" + anchor + "\"",
          x,
          y,
          Html.escape(shown),
          tip.isEmpty() ? "" : "<title>" + tip + "</title>");
    }

    private String dots(Series s) {
      StringBuilder d = new StringBuilder();
      // Evenly many of them: dots have no order.
      int every = Math.max(1, (s.x().length + MOST_POINTS - 1) / MOST_POINTS);
      for (int i = 0; i < s.x().length; i += every) {
        d.append(String.format(Locale.ROOT, "M%.1f %.1fh0", x(s.x()[i]), y(s.y()[i])));
      }
      return d.toString();
    }

    /** Without points that a line across or down passes, or that are where the last one is. */
    private String points(Series s) {
      double[][] kept = new double[s.x().length][];
      int n = 0;
      for (int i : Thinning.kept(s.y())) {
        double[] now = {Math.rint(10 * x(s.x()[i])) / 10, Math.rint(10 * y(s.y()[i])) / 10};
        if (n > 1 && (passes(kept, n, now, 0) || passes(kept, n, now, 1))) {
          n--;
        }
        if (n == 0 || !Arrays.equals(now, kept[n - 1])) {
          kept[n++] = now;
        }
      }
      StringBuilder d = new StringBuilder();
      for (int i = 0; i < n; i++) {
        String move = i == 0 ? "M" : "L";
        d.append(move).append(String.format(Locale.ROOT, "%.1f %.1f", kept[i][0], kept[i][1]));
      }
      return d.toString();
    }

    /** Whether the last one is on a line from the one before it, which does not turn back there. */
    private static boolean passes(double[][] kept, int n, double[] now, int side) {
      double[] before = kept[n - 2];
      double[] last = kept[n - 1];
      int other = 1 - side;
      boolean between = (last[other] - before[other]) * (now[other] - last[other]) >= 0;
      return before[side] == last[side] && last[side] == now[side] && between;
    }

    private double x(double value) {
      return left + (right - left) * acrossAxis.place(value);
    }

    private double y(double value) {
      return bottom - (bottom - top) * upAxis.place(value);
    }
  }
}
