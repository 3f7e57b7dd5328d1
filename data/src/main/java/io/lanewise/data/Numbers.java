package io.lanewise.data;

/** The numbers of a text file: decimal, with an exponent or not. */
final class Numbers {
  /** Up to here whole numbers are floats. */
  private static final int WHOLE = 1 << 24;

  /** Up to 10^10 these are floats, too. */
  private static final float[] TENS = {
    1f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f
  };

  private Numbers() {}

  static boolean isNan(String text) {
    return isWord(text, "nan");
  }

  /**
   * Whether it is that word, in any case, with a sign or not; without a pattern, for each field.
   */
  private static boolean isWord(String text, String word) {
    int sign = !text.isEmpty() && (text.charAt(0) == '+' || text.charAt(0) == '-') ? 1 : 0;
    return text.length() == sign + word.length()
        && text.regionMatches(true, sign, word, 0, word.length());
  }

  /** Returns the number in a trimmed field, or throws. */
  static float finite(Place place, int column, String text) throws DataException {
    return finite(place, column, text, parse(text));
  }

  /** Returns the number that the text is, or throws if that is none or no finite one. */
  static float finite(Place place, int column, String text, float value) throws DataException {
    if (Float.isNaN(value) && !isNan(text)) {
      throw place.error(column, Place.quote(text) + " is not a number");
    }
    if (!Float.isFinite(value)) {
      throw place.error(column, Place.quote(text) + " is not a finite float");
    }
    return value;
  }

  /** The float that the text of the number stands for, as if it stood in a file. */
  static float of(Number number) {
    if (number instanceof Float value) {
      return value;
    }
    if (number instanceof Double value) {
      return ofDouble(value);
    }
    boolean whole =
        number instanceof Integer
            || number instanceof Long
            || number instanceof Short
            || number instanceof Byte;
    return whole ? (float) number.longValue() : parse(number.toString());
  }

  private static float ofDouble(double value) {
    // Halfway between two floats the text, which is shorter than the number, may lie on one side.
    boolean halfway = (Double.doubleToRawLongBits(value) & 0x1FFF_FFFFL) == 0x1000_0000L;
    return halfway || Math.abs(value) < Float.MIN_NORMAL
        ? Float.parseFloat(Double.toString(value))
        : (float) value;
  }

  /** NaN for what is no number. Java's own forms, 1f, 1d and 0x1p0, are none in a data file. */
  static float parse(String text) {
    float value = plain(text);
    return Float.isNaN(value) ? anyForm(text) : value;
  }

  /**
   * What most fields are: a few digits, perhaps a sign and a point. The quotient of two floats that
   * are exact is rounded once, to the float nearest to the text. NaN for all others.
   */
  private static float plain(String text) {
    int length = text.length();
    int first = length > 0 && text.charAt(0) == '-' ? 1 : 0;
    int point = -1;
    int whole = 0;
    int i = first;
    for (; i < length && whole < WHOLE / 10; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        whole = 10 * whole + c - '0';
      } else if (c == '.' && point < 0) {
        point = i;
      } else {
        return Float.NaN;
      }
    }
    int places = point < 0 ? 0 : length - 1 - point;
    boolean digits = length - first > (point < 0 ? 0 : 1);
    if (i < length || !digits || places >= TENS.length) {
      return Float.NaN;
    }
    float size = whole / TENS[places];
    return first == 1 ? -size : size;
  }

  private static float anyForm(String text) {
    boolean digits = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      digits |= c >= '0' && c <= '9';
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return isWord(text, "inf") || isWord(text, "infinity")
            ? Float.POSITIVE_INFINITY
            : Float.NaN;
      }
    }
    if (!digits) {
      return Float.NaN;
    }
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
