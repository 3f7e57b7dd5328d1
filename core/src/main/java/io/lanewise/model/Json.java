package io.lanewise.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of a safetensors header: objects, arrays, strings and non-negative integers, no more; no
 * name twice in an object, no deep nesting. Hostile input gets a {@link ModelFormatException}.
 */
final class Json {
  private static final int MAX_DEPTH = 4;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Parses one object: its values are String, Long, List or Map. */
  static Map<String, Object> parseObject(String text) throws ModelFormatException {
    Json json = new Json(text);
    json.skipSpace();
    Map<String, Object> object = json.object(0);
    json.skipSpace();
    if (json.at != text.length()) {
      throw json.error("nothing more");
    }
    return object;
  }

  private ModelFormatException error(String wanted) {
    String got = at < text.length() ? "'" + printable(text.charAt(at)) + "'" : "the end";
    return new ModelFormatException(
        "header: wanted " + wanted + " at character " + at + ", got " + got);
  }

  private static String printable(char c) {
    return c > ' ' && c < 127 ? String.valueOf(c) : String.format("\\u%04x", (int) c);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** Skips space, then takes the character if it is the next one. */
  private boolean take(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws ModelFormatException {
    if (!take(c)) {
      throw error("'" + c + "'");
    }
  }

  private Object value(int depth) throws ModelFormatException {
    if (depth > MAX_DEPTH) {
      throw error("less nesting");
    }
    skipSpace();
    char c = at < text.length() ? text.charAt(at) : 0;
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      default -> integer();
    };
  }

  private Map<String, Object> object(int depth) throws ModelFormatException {
    Map<String, Object> object = new LinkedHashMap<>();
    expect('{');
    if (take('}')) {
      return object;
    }
    do {
      skipSpace();
      int start = at;
      String name = string();
      expect(':');
      if (object.putIfAbsent(name, value(depth + 1)) != null) {
        at = start;
        throw error("a name that was not there before");
      }
    } while (take(','));
    expect('}');
    return object;
  }

  private List<Object> array(int depth) throws ModelFormatException {
    List<Object> array = new ArrayList<>();
    expect('[');
    if (take(']')) {
      return array;
    }
    do {
      array.add(value(depth + 1));
    } while (take(','));
    expect(']');
    return array;
  }

  private Long integer() throws ModelFormatException {
    int start = at;
    long number = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      if (at - start >= 18) {
        throw error("a number of at most 18 digits");
      }
      number = 10 * number + (text.charAt(at++) - '0');
    }
    boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
    if (at == start || leadingZero) {
      throw error("a string, a list, an object or a whole number");
    }
    return number;
  }

  private String string() throws ModelFormatException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        at--;
        throw error("a character that is not a control character");
      }
      out.append(c == '\\' ? escape() : c);
    }
    if (at == text.length()) {
      throw error("'\"'");
    }
    at++;
    return out.toString();
  }

  private char escape() throws ModelFormatException {
    char c = at < text.length() ? text.charAt(at++) : 0;
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0 && c != 0) {
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u' || at + 4 > text.length()) {
      at--;
      throw error("an escape");
    }
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(text.charAt(at), 16);
      if (digit < 0 || text.charAt(at) > 127) {
        throw error("a hexadecimal digit");
      }
      code = 16 * code + digit;
      at++;
    }
    return (char) code;
  }

  /** Writes a string with its quotes. */
  static void quote(StringBuilder out, String s) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
