package io.lanewise.plot;

import java.util.List;
import java.util.Locale;

/** Pieces of a page. */
public final class Html {
  private Html() {}

  /** Returns the text as HTML and SVG say it. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Returns a table that scrolls by itself where the screen is narrow; cells are HTML. */
  public static String table(List<String> head, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
    head.forEach(cell -> html.append("<th>").append(cell).append("</th>"));
    html.append("</tr></thead><tbody>");
    for (List<String> row : rows) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  /** Returns three digits, and as many zeros as it takes. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    return size != 0 && size < 0.001
        ? String.format(Locale.ROOT, "%.2e", value)
        : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Returns the label of an axis: no zeros at the end. */
  public static String tick(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  /** Returns whole percent; nothing for NaN. */
  public static String percent(double fraction) {
    return Double.isNaN(fraction) ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * fraction);
  }
}
