package io.lanewise.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * JSON as maps, lists, texts, numbers and booleans. Our own, since what is measured may have a
 * library for it on the class path, and that in another version.
 */
public final class Json {
  private static final int DEEPEST = 200;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException if the text is no JSON, with the line
   */
  public static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skip();
    if (json.at < text.length()) {
      throw json.wrong("its end");
    }
    return value;
  }

  private Object value(int depth) {
    skip();
    if (depth > DEEPEST || at == text.length()) {
      throw wrong("a value");
    }
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      default -> word();
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    for (boolean first = true; !next('}'); first = false) {
      comma(first);
      skip();
      if (at == text.length() || text.charAt(at) != '"') {
        throw wrong("a name");
      }
      String name = string();
      if (!next(':')) {
        throw wrong("a colon");
      }
      map.put(name, value(depth + 1));
    }
    return map;
  }

  private List<Object> array(int depth) {
    List<Object> list = new ArrayList<>();
    at++;
    for (boolean first = true; !next(']'); first = false) {
      comma(first);
      list.add(value(depth + 1));
    }
    return list;
  }

  private void comma(boolean first) {
    if (!first && !next(',')) {
      throw wrong("a comma");
    }
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      char c = text.charAt(at);
      out.append(c == '\\' ? escaped() : c);
    }
    if (at == text.length()) {
      throw wrong("a closing quote");
    }
    at++;
    return out.toString();
  }

  private char escaped() {
    at++;
    char c = at < text.length() ? text.charAt(at) : ' ';
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case '"', '\\', '/':
        return c;
      default:
        if (c != 'u' || at + 4 >= text.length()) {
          throw wrong("an escape");
        }
    }
    try {
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
    } catch (NumberFormatException e) {
      throw wrong("four hex digits");
    }
  }

  /** JMH writes "NaN" as a text; other writers as a word. */
  private Object word() {
    int start = at;
    while (at < text.length() && ",]}: \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    switch (word) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      default:
    }
    try {
      if (word.matches("-?\\d{1,18}")) {
        return Long.valueOf(word);
      }
      return Double.valueOf(word);
    } catch (NumberFormatException e) {
      at = start;
      throw wrong("a value");
    }
  }

  private boolean next(char c) {
    skip();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skip() {
    while (at < text.length() && " \t\r\n\uFEFF".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String wanted) {
    long line =
        1 + text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
    return new IllegalArgumentException("no JSON: line " + line + " lacks " + wanted);
  }

  /** Returns the text of a value; a list of numbers is one line. */
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, "\n", out);
    return out.append('\n').toString();
  }

  private static void write(Object value, String newLine, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      writeAll(map.entrySet().stream().collect(Collectors.toList()), '{', '}', newLine, out);
    } else if (value instanceof List<?> list
        && (list.isEmpty() || !list.stream().allMatch(Number.class::isInstance))) {
      writeAll(list, '[', ']', newLine, out);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      quote(entry.getKey().toString(), out);
      out.append(": ");
      write(entry.getValue(), newLine, out);
    } else if (value instanceof String string) {
      quote(string, out);
    } else if (value instanceof Double number && !Double.isFinite(number)) {
      out.append("null");
    } else {
      out.append(value);
    }
  }

  private static void writeAll(
      List<?> parts, char open, char close, String newLine, StringBuilder out) {
    out.append(open);
    String inner = newLine + "  ";
    for (int i = 0; i < parts.size(); i++) {
      out.append(i == 0 ? inner : "," + inner);
      write(parts.get(i), inner, out);
    }
    out.append(parts.isEmpty() ? "" : newLine).append(close);
  }

  private static void quote(String string, StringBuilder out) {
    out.append('"');
    for (char c : string.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
