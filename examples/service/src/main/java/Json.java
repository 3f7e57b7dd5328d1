import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON as maps, lists, texts, numbers, truths and null: what the server needs of it. */
final class Json {
  private static final int DEEPEST = 16;
  // No float needs more digits, and none of these costs much.
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,63})(\\.[0-9]{1,64})?([eE][+-]?[0-9]{1,4})?");
  private static final Map<Character, Character> ESCAPES =
      Map.of('"', '"', '\\', '\\', '/', '/', 'b', '\b', 'f', '\f', 'n', '\n', 'r', '\r', 't', '\t');

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.next() != 0) {
      throw json.wanted("nothing more");
    }
    return value;
  }

  private IllegalArgumentException wanted(String what) {
    String got = at < text.length() ? "character " + (at + 1) : "the end";
    return new IllegalArgumentException("JSON: wanted " + what + " at " + got);
  }

  /** The next character that is no space, which stays; 0 at the end. */
  private char next() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void expect(char c, String what) {
    if (next() != c) {
      throw wanted(what);
    }
    at++;
  }

  private Object value() {
    if (depth > DEEPEST) {
      throw wanted("no more nesting");
    }
    return switch (next()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw wanted(word);
    }
    at += word.length();
    return value;
  }

  private Object number() {
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw wanted("a value");
    }
    at = number.end();
    return new BigDecimal(number.group());
  }

  private Map<String, Object> object() {
    Map<String, Object> map = new LinkedHashMap<>();
    depth++;
    at++;
    while (next() != '}') {
      if (!map.isEmpty()) {
        expect(',', ", or }");
      }
      if (next() != '"') {
        throw wanted("a name in quotes");
      }
      String name = string();
      if (map.containsKey(name)) {
        throw wanted("no name twice");
      }
      expect(':', ":");
      map.put(name, value());
    }
    at++;
    depth--;
    return map;
  }

  private List<Object> array() {
    List<Object> list = new ArrayList<>();
    depth++;
    at++;
    while (next() != ']') {
      if (!list.isEmpty()) {
        expect(',', ", or ]");
      }
      list.add(value());
    }
    at++;
    depth--;
    return list;
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      char c = text.charAt(at);
      if (c == '\\' && text.startsWith("u", at + 1)) {
        String hex = text.substring(Math.min(at + 2, text.length()), Math.min(at + 6, text.length()));
        if (!hex.matches("[0-9a-fA-F]{4}")) {
          throw wanted("four digits after \\u");
        }
        out.append((char) Integer.parseInt(hex, 16));
        at += 5;
      } else if (c == '\\') {
        at++;
        Character escaped = at < text.length() ? ESCAPES.get(text.charAt(at)) : null;
        if (escaped == null) {
          throw wanted("an escape");
        }
        out.append(escaped);
      } else if (c < ' ') {
        throw wanted("no control character in a text");
      } else {
        out.append(c);
      }
    }
    expect('"', "the end of a text");
    return out.toString();
  }

  static String text(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      out.append('{');
      String before = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        write(entry.getKey(), out.append(before));
        write(entry.getValue(), out.append(':'));
        before = ",";
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      String before = "";
      for (Object element : list) {
        write(element, out.append(before));
        before = ",";
      }
      out.append(']');
    } else if (value instanceof Float number && !Float.isFinite(number)) {
      throw new ArithmeticException();
    } else if (value instanceof String string) {
      quote(string, out);
    } else {
      out.append(value);
    }
  }

  private static void quote(String string, StringBuilder out) {
    out.append('"');
    for (char c : string.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
