package io.lanewise.tokenizer.json;

import io.lanewise.model.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as RFC 8259 has it: objects as maps in their order, arrays as lists, strings,
 * booleans, null, whole numbers as Long and all other ones as Double. Hostile input gets a {@link
 * ModelFormatException}: it nests and holds only so much, and no name comes twice.
 */
public final class Json {
  /** The most levels. */
  public static final int MAX_DEPTH = 64;

  /** The most values. */
  public static final int MAX_VALUES = 1 << 22;

  private final String text;
  // A file is read once, before a loop over the characters of a string is compiled.
  private final char[] chars;
  private int at;
  private int values;

  private Json(String text) {
    this.text = text;
    chars = text.toCharArray();
  }

  /**
   * Reads a file.
   *
   * @throws ModelFormatException if it is no JSON; the message says where
   */
  public static @Nullable Object parse(byte[] utf8) throws ModelFormatException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException("it is no JSON: not UTF-8");
    }
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.wanted("nothing more");
    }
    return value;
  }

  private ModelFormatException wanted(String what) {
    String got = "the end";
    if (at < text.length()) {
      int c = text.codePointAt(at);
      got = c > ' ' && c < 127 ? "'" + Character.toString(c) + "'" : "character " + c;
    }
    return error("wanted " + what + ", got " + got);
  }

  private ModelFormatException error(String what) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < at; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new ModelFormatException(
        "it is no JSON: line " + line + ", column " + (at - start + 1) + ": " + what);
  }

  private int peek() {
    return at < chars.length ? chars[at] : -1;
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  private boolean take(char c) {
    skipSpace();
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws ModelFormatException {
    if (!take(c)) {
      throw wanted("'" + c + "'");
    }
  }

  private @Nullable Object value(int depth) throws ModelFormatException {
    if (depth > MAX_DEPTH) {
      throw error("more than " + MAX_DEPTH + " levels");
    }
    if (++values > MAX_VALUES) {
      throw error("more than " + MAX_VALUES + " values");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) throws ModelFormatException {
    expect('{');
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    if (take('}')) {
      return object;
    }
    do {
      skipSpace();
      int start = at;
      String name = string();
      if (object.containsKey(name)) {
        at = start;
        throw error("the name " + Field.shown(name) + " comes twice");
      }
      expect(':');
      object.put(name, value(depth + 1));
    } while (take(','));
    expect('}');
    return object;
  }

  private List<@Nullable Object> array(int depth) throws ModelFormatException {
    expect('[');
    List<@Nullable Object> array = new ArrayList<>();
    if (take(']')) {
      return array;
    }
    do {
      array.add(value(depth + 1));
    } while (take(','));
    expect(']');
    return array;
  }

  private @Nullable Object word(String word, @Nullable Object value) throws ModelFormatException {
    if (!text.startsWith(word, at)) {
      throw wanted("a value");
    }
    at += word.length();
    return value;
  }

  private Object number() throws ModelFormatException {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    int first = at;
    boolean whole = digits() && (text.charAt(first) != '0' || at == first + 1);
    boolean valid = whole;
    if (peek() == '.') {
      at++;
      whole = false;
      valid &= digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      whole = false;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      valid &= digits();
    }
    String digits = text.substring(start, at);
    if (!valid) {
      at = start;
      throw wanted("a value");
    }
    // More digits than a long surely has are no number that anything here wants.
    return whole && digits.length() < 19 ? (Object) Long.valueOf(digits) : Double.valueOf(digits);
  }

  private boolean digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at > start;
  }

  private String string() throws ModelFormatException {
    expect('"');
    int start = at;
    StringBuilder escaped = null;
    while (peek() != '"') {
      while (at < chars.length && chars[at] >= ' ' && chars[at] != '"' && chars[at] != '\\') {
        at++;
      }
      if (peek() < ' ') {
        throw at == text.length() ? wanted("'\"'") : error("a control character in a text");
      }
      if (peek() == '\\') {
        escaped = escaped == null ? new StringBuilder() : escaped;
        escaped.append(text, start, at);
        at++;
        escaped.append(escape());
        start = at;
      }
    }
    String rest = text.substring(start, at);
    at++;
    String whole = escaped == null ? rest : escaped.append(rest).toString();
    if (escaped != null && whole.codePoints().anyMatch(c -> c >= 0xd800 && c < 0xe000)) {
      throw error("half of a surrogate pair in a text");
    }
    return whole;
  }

  private char escape() throws ModelFormatException {
    int c = peek();
    int simple = c < 0 ? -1 : "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u') {
      throw wanted("an escape");
    }
    at++;
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = peek() < 0 || peek() > 'f' ? -1 : Character.digit(peek(), 16);
      if (digit < 0) {
        throw wanted("a hexadecimal digit");
      }
      code = 16 * code + digit;
      at++;
    }
    return (char) code;
  }
}
