package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Encoding known;
  private final FieldFormat format;
  private final float[] missingNumbers;
  private final @Nullable TextColumns texts;

  /**
   * Makes it.
   *
   * @param columnOf for each column of the file its column of the encoding; -1 to leave it out
   * @param dictionaries for each column of the encoding, where it is a category
   * @param labels for the label, if it is read
   * @param known the encoding that the rows are read by; null while one is learnt
   * @param texts takes note of what is no number in a feature, while an encoding is learnt; else
   *     null
   */
  RawParser(
      Place place,
      List<Column> columns,
      int[] columnOf,
      Dictionary[] dictionaries,
      Labels labels,
      @Nullable Encoding known,
      FieldFormat format,
      @Nullable TextColumns texts) {
    this.place = place;
    this.columns = columns;
    this.columnOf = columnOf;
    this.dictionaries = dictionaries;
    this.labels = labels;
    this.known = known;
    this.format = format;
    missingNumbers = format.missingNumbers();
    this.texts = texts;
  }

  Labels labels() {
    return labels;
  }

  Set<String> missingValues() {
    return format.missing();
  }

  Dictionary[] dictionaries() {
    return dictionaries;
  }

  void parse(List<String> fields, float[] raw) throws DataException {
    try {
      requireWidth(place, fields, columnOf.length);
      for (int f = 0; f < columnOf.length; f++) {
        int c = columnOf[f];
        if (c >= 0) {
          raw[c] = value(columns.get(c), c, f, fields.get(f));
        }
      }
    } catch (DataException e) {
      throw texts == null ? e : texts.or(e);
    }
  }

  static void requireWidth(Place place, List<String> fields, int wanted) throws DataException {
    int count = fields.size();
    if (count != wanted) {
      String what = count + (count == 1 ? " column" : " columns") + ", wanted " + wanted;
      String hint = count == 1 ? ColumnNames.hint(fields.get(0)) : "";
      throw place.atLine(place.line(), ": " + what + hint);
    }
  }

  /** Throws what was put off until the end of the file. */
  void finish() throws DataException {
    if (texts != null) {
      texts.check();
    }
  }

  private float value(Column column, int c, int f, String field) throws DataException {
    Role role = column.role();
    boolean number = role != Role.LABEL && role != Role.CATEGORY;
    String text = number ? FieldFormat.trimNumber(field) : FieldFormat.trim(field);
    if (role == Role.LABEL) {
      if (format.missing().contains(text)) {
        throw place.error(f, "missing label " + text);
      }
      return labels.take(place, f, text);
    }
    if (format.isMissing(text) || column.mayMiss() && Numbers.isNan(text)) {
      return missing(column, f, text);
    }
    if (role == Role.CATEGORY) {
      int code = dictionaries[c].code(place, f, text);
      if (code < 0 && (known == null || !known.unknownAsZeros())) {
        throw unknown(place, place.line(), f, text, column);
      }
      return code;
    }
    float parsed = format.parse(text);
    if (FieldFormat.isOneOf(missingNumbers, parsed)) {
      return missing(column, f, text);
    }
    if (texts != null && role == Role.NUMBER) {
      if (Float.isNaN(parsed) && !Numbers.isNan(text)) {
        texts.text(f, text);
        return Float.NaN;
      }
      texts.number(f);
    }
    float value = Numbers.finite(place, f, text, parsed);
    if (role == Role.NUMBER && known != null && !known.fits(value)) {
      throw place.error(f, text + Encoding.BEYOND);
    }
    if (role == Role.WEIGHT && value < 0) {
      throw place.error(f, "weight " + text + " is negative");
    }
    return value;
  }

  private float missing(Column column, int f, String text) throws DataException {
    if (!column.mayMiss()) {
      if (texts == null || !column.isFeature()) {
        throw place.error(f, text.isEmpty() ? "missing value" : "missing value " + text);
      }
      texts.missing(f, text);
    }
    return Float.NaN;
  }

  static DataException unknown(Place place, long line, int f, String text, Column column) {
    String list = Place.list(column.values());
    String hint = Nearest.hint(text, column.values());
    return place.errorAt(line, f, Place.quote(text) + " is none of the categories " + list + hint);
  }
}
