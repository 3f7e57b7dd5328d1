package io.lanewise.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Takes the JSON of a safetensors header apart, in place: the caller says what comes next. So
 * nothing is made of what it does not want, and nesting costs no stack. Hostile input gets a {@link
 * ModelFormatException}.
 */
final class Json {
  private final byte[] text;
  private int at;

  Json(byte[] text) {
    this.text = text;
  }

  ModelFormatException error(String wanted) {
    String got = at < text.length ? "'" + printable(text[at]) + "'" : "the end";
    return new ModelFormatException("header: wanted " + wanted + " at byte " + at + ", got " + got);
  }

  private static String printable(byte c) {
    return c > ' ' && c < 127 ? String.valueOf((char) c) : String.format("\\x%02x", c & 0xff);
  }

  private int peek() {
    return at < text.length ? text[at] : -1;
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  /** Skips space, then takes the character if it is the next one. */
  boolean take(char c) {
    skipSpace();
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  /** Takes that character. */
  void expect(char c) throws ModelFormatException {
    if (!take(c)) {
      throw error("'" + c + "'");
    }
  }

  /** Nothing but space may be left. */
  void end() throws ModelFormatException {
    skipSpace();
    if (at != text.length) {
      throw error("nothing more");
    }
  }

  /** Takes an integer in [0, 2^63 - 1]. */
  long integer() throws ModelFormatException {
    skipSpace();
    int start = at;
    long number = 0;
    while (peek() >= '0' && peek() <= '9') {
      int digit = peek() - '0';
      if (number > (Long.MAX_VALUE - digit) / 10) {
        throw error("a number of at most 2^63 - 1");
      }
      number = 10 * number + digit;
      at++;
    }
    boolean leadingZero = at - start > 1 && text[start] == '0';
    if (at == start || leadingZero) {
      at = start;
      throw error("a whole number");
    }
    return number;
  }

  /** Takes a string. */
  String string() throws ModelFormatException {
    expect('"');
    int start = at;
    while (peek() != '"' && peek() != '\\') {
      character();
    }
    if (peek() == '"') {
      return decode(start, at++);
    }
    // With escapes it becomes shorter than it is.
    byte[] plain = new byte[closingQuote() - start];
    ByteBuffer out = ByteBuffer.wrap(plain);
    out.put(text, start, at - start);
    StringBuilder whole = null;
    while (peek() != '"') {
      if (peek() != '\\') {
        out.put((byte) peek());
        character();
        continue;
      }
      at++;
      char c = escape();
      if (Character.isSurrogate(c)) {
        // Half of a pair has no UTF-8.
        whole = append(whole, plain, out).append(c);
      } else {
        out.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    at++;
    if (whole != null) {
      return append(whole, plain, out).toString();
    }
    return decode(plain, 0, out.position());
  }

  private StringBuilder append(StringBuilder whole, byte[] plain, ByteBuffer out)
      throws ModelFormatException {
    StringBuilder to = whole == null ? new StringBuilder() : whole;
    to.append(decode(plain, 0, out.position()));
    out.clear();
    return to;
  }

  /** Steps over one byte of a string. */
  private void character() throws ModelFormatException {
    if (at == text.length) {
      throw error("'\"'");
    }
    if (text[at] >= 0 && text[at] < ' ') {
      throw error("a character that is not a control character");
    }
    at++;
  }

  /** The index of the quote that ends the string that is being read. */
  private int closingQuote() throws ModelFormatException {
    int i = at;
    while (i < text.length && text[i] != '"') {
      i += text[i] == '\\' ? 2 : 1;
    }
    if (i >= text.length) {
      at = text.length;
      throw error("'\"'");
    }
    return i;
  }

  private String decode(int from, int to) throws ModelFormatException {
    return decode(text, from, to);
  }

  private static String decode(byte[] bytes, int from, int to) throws ModelFormatException {
    String decoded = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    // What is no UTF-8 becomes U+FFFD, which may also be meant.
    if (decoded.indexOf('\ufffd') >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      } catch (CharacterCodingException e) {
        throw new ModelFormatException("header: not UTF-8");
      }
    }
    return decoded;
  }

  private char escape() throws ModelFormatException {
    int c = peek();
    int simple = c < 0 ? -1 : "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u') {
      throw error("an escape");
    }
    at++;
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = peek() < 0 ? -1 : Character.digit(peek(), 16);
      if (digit < 0) {
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
