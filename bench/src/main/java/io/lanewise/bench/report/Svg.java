package io.lanewise.bench.report;

import java.util.Locale;

/**
 * A drawing as wide as its place: across in percent, down in pixels, so that a narrow screen
 * squeezes the marks and leaves the letters as they are. What marks look like is in the style
 * sheet.
 */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  /** Begins one. */
  Svg(String type, int height, String label) {
    text.append(
        String.format(
            "<svg class=\"%s\" role=\"img\" aria-label=\"%s\" width=\"100%%\" height=\"%d\">",
            type, Html.escape(label), height));
  }

  Svg line(String type, double x1, double y1, double x2, double y2) {
    return add(
        "<line class=\"%s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>",
        type, x1, y1, x2, y2);
  }

  Svg rect(String type, double x, double y, double width, double height) {
    return add(
        "<rect class=\"%s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" height=\"%.1f\" rx=\"2\"/>",
        type, x, y, width, height);
  }

  Svg circle(String type, double x, double y, double r, String title) {
    return add(
        "<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>",
        type, x, y, r, Html.escape(title));
  }

  /**
   * Writes.
   *
   * @param anchor start, middle or end
   */
  Svg text(String anchor, double x, double y, String words) {
    return add(
        "<text text-anchor=\"%s\" x=\"%.2f%%\" y=\"%.1f\">%s</text>",
        anchor, x, y, Html.escape(words));
  }

  private Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
    return this;
  }

  @Override
  public String toString() {
    return text + "</svg>";
  }
}
