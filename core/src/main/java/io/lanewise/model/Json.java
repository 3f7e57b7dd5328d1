package io.lanewise.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Takes the JSON of a safetensors header apart, in place and to its harm: the caller says what
 * comes next. So nothing is made of what it does not want, and nesting costs no stack. Hostile
 * input gets a {@link ModelFormatException}.
 */
final class Json {
  private final byte[] text;
  private int at;

  Json(byte[] text) {
    this.text = text;
  }

  ModelFormatException error(String wanted) {
    String got = "the end";
    if (at < text.length) {
      byte c = text[at];
      got = c > ' ' && c < 127 ? String.valueOf((char) c) : "\\x" + HexFormat.of().toHexDigits(c);
      got = "'" + got + "'";
    }
    return new ModelFormatException("header: wanted " + wanted + " at byte " + at + ", got " + got);
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

  /** Takes a string. Its escapes are taken out in place, where it becomes no longer by that. */
  String string() throws ModelFormatException {
    expect('"');
    int start = at;
    int to = at;
    boolean ascii = true;
    while (peek() != '"') {
      if (at == text.length) {
        throw error("'\"'");
      }
      byte c = text[at];
      if (c >= 0 && c < ' ') {
        throw error("a character that is not a control character");
      }
      at++;
      if (c == '\\') {
        int point = escape();
        ascii &= point < 128;
        to = put(point, to);
      } else {
        ascii &= c >= 0;
        text[to++] = c;
      }
    }
    at++;
    return ascii
        ? new String(text, start, to - start, StandardCharsets.ISO_8859_1)
        : decode(start, to - start);
  }

  /** Takes a string that is likely one of these; nothing is allocated if it is. */
  String word(String[] likely) throws ModelFormatException {
    skipSpace();
    for (String word : likely) {
      int end = at + 1 + word.length();
      if (peek() == '"' && end < text.length && text[end] == '"' && isNext(word)) {
        at = end + 1;
        return word;
      }
    }
    return string();
  }

  private boolean isNext(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (text[at + 1 + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Writes UTF-8; returns where it ends. */
  private int put(int point, int to) {
    int end = to;
    if (point < 0x80) {
      text[end++] = (byte) point;
      return end;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    int lead = 0xff00 >> more + 1 & 0xff;
    text[end++] = (byte) (lead | point >> 6 * more);
    for (int i = more - 1; i >= 0; i--) {
      text[end++] = (byte) (0x80 | point >> 6 * i & 0x3f);
    }
    return end;
  }

  private String decode(int from, int length) throws ModelFormatException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException("header: not UTF-8");
    }
  }

  /** Takes what follows a backslash; two halves of a pair are one. */
  private int escape() throws ModelFormatException {
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
    char first = hexadecimal();
    if (!Character.isSurrogate(first)) {
      return first;
    }
    if (peek() == '\\' && at + 1 < text.length && text[at + 1] == 'u') {
      at += 2;
      char second = hexadecimal();
      if (Character.isSurrogatePair(first, second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw error("both halves of a surrogate pair");
  }

  private char hexadecimal() throws ModelFormatException {
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
      } else if (c < ' ') {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
