package io.lanewise.plot;

import java.util.Locale;

/**
 * A drawing in SVG, whose words are text. What marks look like is in a style sheet, by their type.
 *
 * <p>One kind is as wide as its place in a page: across in percent, down in pixels, so that a
 * narrow screen squeezes the marks and leaves the letters as they are. The other is a file of its
 * own, in pixels both ways.
 */
public final class Svg {
  private final StringBuilder text = new StringBuilder();
  private final String unit;

  /** Begins one that is as wide as its place: across from 0 to 100. */
  public Svg(String type, int height, String label) {
    this("%");
    add(
        "<svg class=\"%s\" role=\"img\" aria-label=\"%s\" width=\"100%%\" height=\"%d\">",
        type, Html.escape(label), height);
  }

  /**
   * Begins one that can be a file of its own: across from 0 to the width.
   *
   * @param style rules of CSS
   */
  public Svg(int width, int height, String label, String style) {
    this("");
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" width=\"%d\""
            + " height=\"%d\" viewBox=\"0 0 %d %d\">\n<style>%s</style>\n",
        Html.escape(label), width, height, width, height, style);
  }

  private Svg(String unit) {
    this.unit = unit;
  }

  /** Draws a line. */
  public Svg line(String type, double x1, double y1, double x2, double y2) {
    return add(
        "<line class=\"%s\" x1=\"%.2f%s\" y1=\"%.1f\" x2=\"%.2f%s\" y2=\"%.1f\"/>",
        type, x1, unit, y1, x2, unit, y2);
  }

  /** Draws a line through points; only in pixels. */
  public Svg polyline(String type, double[] x, double[] y) {
    if (!unit.isEmpty()) {
      throw new IllegalStateException("SVG has no points in percent");
    }
    text.append("<polyline class=\"").append(type).append("\" points=\"");
    for (int i = 0; i < x.length; i++) {
      add("%s%.2f,%.2f", i == 0 ? "" : " ", x[i], y[i]);
    }
    return add("\"/>");
  }

  /** Draws a rectangle. */
  public Svg rect(String type, double x, double y, double width, double height) {
    return add(
        "<rect class=\"%s\" x=\"%.2f%s\" y=\"%.1f\" width=\"%.2f%s\" height=\"%.1f\" rx=\"2\"/>",
        type, x, unit, y, width, unit, height);
  }

  /** Draws a circle that says its title where a pointer rests on it. */
  public Svg circle(String type, double x, double y, double r, String title) {
    return add(
        "<circle class=\"%s\" cx=\"%.2f%s\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>",
        type, x, unit, y, r, Html.escape(title));
  }

  /**
   * Writes.
   *
   * @param anchor start, middle or end
   */
  public Svg text(String anchor, double x, double y, String words) {
    return add(
        "<text text-anchor=\"%s\" x=\"%.2f%s\" y=\"%.1f\">%s</text>",
        anchor, x, unit, y, Html.escape(words));
  }

  /** Ends the line of the file; only for those who read it. */
  public Svg newLine() {
    return add("\n");
  }

  private Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
    return this;
  }

  /** The drawing. */
  @Override
  public String toString() {
    return text + "</svg>";
  }
}
