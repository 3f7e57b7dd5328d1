package io.lanewise.data.numpy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The texts that stand in the comment of a .npz file: properties of Java, in ASCII. */
final class ZipComment {
  private static final String MARK = "#lanewise\n";
  private static final int MOST_BYTES = 0xffff;

  private ZipComment() {}

  /** The texts by name; none where the comment is somebody else's. */
  static Map<String, String> parse(@Nullable String comment) {
    if (comment == null || !comment.startsWith(MARK)) {
      return Map.of();
    }
    Properties texts = new Properties();
    try {
      texts.load(new StringReader(comment));
    } catch (IOException | IllegalArgumentException e) {
      return Map.of();
    }
    Map<String, String> all = new TreeMap<>();
    texts.stringPropertyNames().forEach(name -> all.put(name, texts.getProperty(name)));
    return all;
  }

  /**
   * The comment that has these texts; empty without any.
   *
   * @throws IllegalArgumentException if a zip file cannot have it
   */
  static String format(Map<String, String> texts) {
    Properties properties = new Properties();
    properties.putAll(texts);
    StringWriter out = new StringWriter();
    try {
      properties.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Without the date that stands in the first line; not ASCII is escaped.
    String lines =
        out.toString().lines().skip(1).map(line -> line + '\n').collect(Collectors.joining());
    String comment = texts.isEmpty() ? "" : MARK + ascii(lines);
    if (comment.length() > MOST_BYTES) {
      throw new IllegalArgumentException(
          "metadata: "
              + comment.length()
              + " bytes, more than the 65535 of a .npz file: take safetensors");
    }
    return comment;
  }

  private static String ascii(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      out.append(c < 128 ? String.valueOf(c) : "\\u" + HexFormat.of().toHexDigits(c));
    }
    return out.toString();
  }
}
