package io.lanewise.plot;

import java.util.Locale;

/**
 * A drawing in SVG, whose words are text. What marks look like is in a style sheet, by their type.
 * It is as wide as its place in a page: across in percent, down in pixels, so that a narrow screen
 * squeezes the marks and leaves the letters as they are.
 */
public final class Svg {
  private final StringBuilder text = new StringBuilder();

  /** Begins one: across from 0 to 100. */
  public Svg(String type, int height, String label) {
    add(
        "<svg class=\"%s\" role=\"img\" aria-label=\"%s\" width=\"100%%\" height=\"%d\">",
        type, Html.escape(label), height);
  }

  /** Draws a line. */
  public Svg line(String type, double x1, double y1, double x2, double y2) {
    return add(
        "<line class=\"%s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>",
        type, x1, y1, x2, y2);
  }

  /** Draws a rectangle. */
  public Svg rect(String type, double x, double y, double width, double height) {
    return add(
        "<rect class=\"%s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" height=\"%.1f\" rx=\"2\"/>",
        type, x, y, width, height);
  }

  /** Draws a circle that says its title where a pointer rests on it. */
  public Svg circle(String type, double x, double y, double r, String title) {
    return add(
        "<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>",
        type, x, y, r, Html.escape(title));
  }

  /**
   * Writes.
   *
   * @param anchor start, middle or end
   */
  public Svg text(String anchor, double x, double y, String words) {
    return add(
        "<text text-anchor=\"%s\" x=\"%.2f%%\" y=\"%.1f\">%s</text>",
        anchor, x, y, Html.escape(words));
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
