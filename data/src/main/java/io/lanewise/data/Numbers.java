package io.lanewise.data;

import java.util.Locale;

/** The numbers of a text file: decimal, with an exponent or not; and what stands for no value. */
final class Numbers {
  private Numbers() {}

  /** Whether a trimmed field stands for a missing value. */
  static boolean isMissing(String text) {
    return text.isEmpty() || text.equals("?") || text.equals("NA");
  }

  static boolean isNan(String text) {
    return text.length() <= 4 && text.toLowerCase(Locale.ROOT).matches("[+-]?nan");
  }

  static boolean looksLikeNumber(String field) {
    String trimmed = field.trim();
    return isNan(trimmed) || !Float.isNaN(parse(trimmed));
  }

  /** Returns the number in a trimmed field, or throws. */
  static float finite(Place place, int column, String text) throws DataException {
    float value = parse(text);
    if (Float.isNaN(value) && !isNan(text)) {
      throw place.error(column, Place.quote(text) + " is not a number");
    }
    if (!Float.isFinite(value)) {
      throw place.error(column, Place.quote(text) + " is not a finite float");
    }
    return value;
  }

  /** NaN for what is no number. Java's own forms, 1f, 1d and 0x1p0, are none in a data file. */
  static float parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return text.length() <= 9 && text.toLowerCase(Locale.ROOT).matches("[+-]?inf(inity)?")
            ? Float.POSITIVE_INFINITY
            : Float.NaN;
      }
    }
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
