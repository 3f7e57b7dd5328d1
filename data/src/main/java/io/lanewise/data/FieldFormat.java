package io.lanewise.data;

import java.util.HashSet;
import java.util.Set;

/**
 * What the fields of a CSV file mean.
 *
 * @param comma whether a comma is the decimal point
 * @param missing the texts, but the usual ones, that stand for a missing value
 */
record FieldFormat(boolean comma, Set<String> missing) {
  /** The same with more texts that stand for a missing value. */
  FieldFormat withMissing(Set<String> more) {
    Set<String> all = new HashSet<>(missing);
    all.addAll(more);
    return new FieldFormat(comma, all);
  }

  /** The text without the spaces around it; what else there may be is a part of it. */
  static String trim(String field) {
    return trim(field, ' ');
  }

  /** The text of a number, without the spaces and tabs around it. */
  static String trimNumber(String field) {
    return trim(field, '\t');
  }

  private static String trim(String text, char other) {
    int begin = 0;
    int end = text.length();
    while (begin < end && (text.charAt(begin) == ' ' || text.charAt(begin) == other)) {
      begin++;
    }
    while (begin < end && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == other)) {
      end--;
    }
    return text.substring(begin, end);
  }

  /** Whether a trimmed text stands for a missing value. */
  boolean isMissing(String text) {
    return isNoValue(text) || missing.contains(text);
  }

  /** The numbers among the texts of a missing value: -999.0 is missing where -999 is. */
  float[] missingNumbers() {
    float[] numbers = new float[missing.size()];
    int n = 0;
    for (String text : missing) {
      numbers[n++] = parse(text);
    }
    return numbers;
  }

  static boolean isOneOf(float[] numbers, float value) {
    for (float number : numbers) {
      if (number == value) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is one of the usual texts of a missing value. */
  static boolean isNoValue(String text) {
    return text.isEmpty() || text.equals("?") || text.equals("NA");
  }

  /** The number of a trimmed text; NaN if it is none. */
  float parse(String text) {
    if (!comma) {
      return Numbers.parse(text);
    }
    return text.indexOf('.') >= 0 ? Float.NaN : Numbers.parse(text.replace(',', '.'));
  }

  boolean looksLikeNumber(String field) {
    String text = trimNumber(field);
    return Numbers.isNan(text) || !Float.isNaN(parse(text));
  }
}
