package io.lanewise.plot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A page of HTML with everything in it: no network, no script, light and dark. */
public final class Page {
  private Page() {}

  /**
   * Returns the text of the file.
   *
   * @param title as text
   * @param style more rules of CSS
   * @param body HTML
   */
  public static String of(String title, String style, String body) {
    String name = Html.escape(title);
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + name
        + "</title>\n<style>\n"
        + resource("page.css")
        + chartStyle()
        + style
        + "</style></head>\n<body><main>\n<h1>"
        + name
        + "</h1>\n"
        + body
        + "</main></body></html>\n";
  }

  /** Returns names and what they are, both as text. */
  public static String facts(Map<String, String> facts) {
    StringBuilder html = new StringBuilder("<dl>");
    facts.forEach(
        (name, value) ->
            html.append("<dt>")
                .append(Html.escape(name))
                .append("</dt><dd>")
                .append(Html.escape(value))
                .append("</dd>\n"));
    return html.append("</dl>\n").toString();
  }

  static String chartStyle() {
    return resource("chart.css");
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
