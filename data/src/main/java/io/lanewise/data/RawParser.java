package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.List;

/**
 * Makes a raw row of the fields of a line: a float for each column of the encoding, which is the
 * number, the code of the category or class, NaN where it is missing, or -1 for a category that the
 * encoding does not know.
 */
final class RawParser {
  private final Place place;
  private final List<Column> columns;
  private final int[] columnOf;
  private final Dictionary[] dictionaries;
  private final Labels labels;
  private final boolean unknownAsZeros;

  /**
   * Makes it.
   *
   * @param columnOf for each column of the file its column of the encoding; -1 to leave it out
   * @param dictionaries for each column of the encoding, where it is a category
   * @param labels for the label, if it is read
   */
  RawParser(
      Place place,
      List<Column> columns,
      int[] columnOf,
      Dictionary[] dictionaries,
      Labels labels,
      boolean unknownAsZeros) {
    this.place = place;
    this.columns = columns;
    this.columnOf = columnOf;
    this.dictionaries = dictionaries;
    this.labels = labels;
    this.unknownAsZeros = unknownAsZeros;
  }

  Labels labels() {
    return labels;
  }

  Dictionary[] dictionaries() {
    return dictionaries;
  }

  void parse(List<String> fields, float[] raw) throws DataException {
    if (fields.size() != columnOf.length) {
      throw place.atLine(
          place.line(), ": " + fields.size() + " columns, wanted " + columnOf.length);
    }
    for (int f = 0; f < columnOf.length; f++) {
      int c = columnOf[f];
      if (c >= 0) {
        raw[c] = value(columns.get(c), c, f, fields.get(f).trim());
      }
    }
  }

  private float value(Column column, int c, int f, String text) throws DataException {
    Role role = column.role();
    if (role == Role.LABEL) {
      return labels.take(place, f, text);
    }
    if (Numbers.isMissing(text) || column.mayMiss() && Numbers.isNan(text)) {
      if (column.mayMiss()) {
        return Float.NaN;
      }
      throw place.error(f, text.isEmpty() ? "missing value" : "missing value " + text);
    }
    if (role == Role.CATEGORY) {
      int code = dictionaries[c].code(place, f, text);
      if (code < 0 && !unknownAsZeros) {
        throw unknown(place, place.line(), f, text, column);
      }
      return code;
    }
    float value = Numbers.finite(place, f, text);
    if (role == Role.WEIGHT && value < 0) {
      throw place.error(f, "weight " + text + " is negative");
    }
    return value;
  }

  static DataException unknown(Place place, long line, int f, String text, Column column) {
    String list = Place.list(column.values());
    return place.errorAt(line, f, Place.quote(text) + " is none of the categories " + list);
  }
}
