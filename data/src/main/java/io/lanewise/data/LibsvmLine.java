package io.lanewise.data;

/** One line of a libsvm file: its label, then its features one by one. */
final class LibsvmLine {
  private final Place place;
  private final String text;
  private final int end;
  private final String label;
  private int at;
  private int field;
  private int index = -1;
  private float value;

  LibsvmLine(Place place, String text) throws DataException {
    this.place = place;
    this.text = text;
    int comment = text.indexOf('#');
    end = comment < 0 ? text.length() : comment;
    label = token();
    if (label.indexOf(':') >= 0) {
      throw error("no label before " + Place.quote(label) + ": where it is not known, write 0");
    }
    if (label.indexOf(',') > 0) {
      throw error(Place.quote(label) + " is not a finite number: a row has one label");
    }
    number(label);
  }

  /** The first number of the line as it stands. */
  String label() {
    return label;
  }

  /** The index of the feature, as it stands there. */
  int index() {
    return index;
  }

  /** The number of the field that was read last, from 1. */
  int field() {
    return field;
  }

  float value() {
    return value;
  }

  /** Goes to the next feature; false where there is none. */
  boolean next() throws DataException {
    String token = token();
    if (token.startsWith("qid:") && index < 0) {
      token = token();
    }
    if (token.isEmpty()) {
      return false;
    }
    int colon = token.indexOf(':');
    if (colon < 0) {
      throw error(Place.quote(token) + " is not index:value");
    }
    int next = index(token, colon);
    if (next <= index) {
      String what = next == index ? " is there twice" : " comes after " + index;
      throw error("index " + next + what);
    }
    index = next;
    value = number(token.substring(colon + 1));
    return true;
  }

  private int index(String token, int colon) throws DataException {
    int number = 0;
    for (int i = 0; i < colon && number >= 0; i++) {
      int digit = token.charAt(i) - '0';
      number = digit < 0 || digit > 9 || i >= 9 ? -1 : 10 * number + digit;
    }
    if (number < 0 || colon == 0) {
      throw error(Place.quote(token) + " has no index, a whole number");
    }
    return number;
  }

  private float number(String token) throws DataException {
    float number = Numbers.parse(token);
    if (!Float.isFinite(number)) {
      throw error(Place.quote(token) + " is not a finite number");
    }
    return number;
  }

  /** An error of the field that was read last. */
  DataException error(String what) {
    return place.error(field - 1, what);
  }

  /** Whether it separates fields; other characters of control are a part of them. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private String token() {
    while (at < end && isSpace(text.charAt(at))) {
      at++;
    }
    int start = at;
    while (at < end && !isSpace(text.charAt(at))) {
      at++;
    }
    field++;
    return text.substring(start, at);
  }
}
