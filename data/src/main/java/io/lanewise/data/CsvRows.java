package io.lanewise.data;

import java.util.List;
import java.util.Locale;

/** Takes the lines of a CSV file one by one; knows where it is, for the errors. */
final class CsvRows {
  /** Takes the text of the label's column. */
  interface LabelTaker {
    void take(CsvRows rows, int column, String text) throws DataException;
  }

  private static final int SHOWN = 24;

  private final String file;
  private final FloatList features = new FloatList();
  private List<String> names = List.of();
  private int width;
  private int labelColumn = -1;
  private int rows;
  private long line;

  CsvRows(String file) {
    this.file = file;
  }

  int rows() {
    return rows;
  }

  long line() {
    return line;
  }

  int nIn() {
    return labelColumn < 0 ? width : width - 1;
  }

  float[] features() {
    return features.toArray();
  }

  void take(
      long lineNumber, List<String> fields, CsvReader.Header header, String label, LabelTaker taker)
      throws DataException {
    line = lineNumber;
    if (width == 0) {
      width = fields.size();
      boolean isHeader =
          header == CsvReader.Header.YES
              || header == CsvReader.Header.AUTO
                  && fields.stream().noneMatch(CsvRows::looksLikeNumber);
      names = isHeader ? fields : List.of();
      labelColumn = label == null ? -1 : column(label);
      if (nIn() == 0) {
        throw new DataException(file + ": no column is left for the features");
      }
      if (isHeader) {
        return;
      }
    }
    if (fields.size() != width) {
      throw new DataException(
          file + ": line " + line + ": " + fields.size() + " columns, wanted " + width);
    }
    for (int column = 0; column < width; column++) {
      if (column == labelColumn) {
        taker.take(this, column, fields.get(column));
      } else {
        features.add(number(column, fields.get(column)));
      }
    }
    rows++;
  }

  void finish() throws DataException {
    if (rows == 0) {
      throw new DataException(file + ": no rows");
    }
  }

  private int column(String label) throws DataException {
    if (names.contains(label)) {
      return names.indexOf(label);
    }
    if (label.equals(CsvReader.LAST)) {
      return width - 1;
    }
    if (label.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(label);
      if (number >= 1 && number <= width) {
        return number - 1;
      }
    }
    throw new DataException(
        file
            + ": no column \""
            + label
            + "\": it has "
            + (names.isEmpty() ? "no header and " + width + " columns" : String.join(", ", names)));
  }

  /** Returns the number in a field. */
  float number(int column, String text) throws DataException {
    String trimmed = text.trim();
    if (trimmed.isEmpty()) {
      throw error(column, "missing value");
    }
    float value = parse(trimmed);
    if (Float.isNaN(value) && !isNan(trimmed)) {
      throw error(column, quote(text) + " is not a number");
    }
    if (!Float.isFinite(value)) {
      throw error(column, quote(text) + " is not a finite float");
    }
    return value;
  }

  DataException error(int column, String what) {
    return errorAt(line, column, what);
  }

  DataException errorAt(long lineNumber, int column, String what) {
    String name = column < names.size() ? " (" + names.get(column) + ")" : "";
    return atLine(lineNumber, "column " + (column + 1) + name + ": " + what);
  }

  DataException atLine(long lineNumber, String what) {
    return new DataException(file + ": line " + lineNumber + ", " + what);
  }

  static String quote(String text) {
    String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }

  private static boolean looksLikeNumber(String field) {
    String trimmed = field.trim();
    return isNan(trimmed) || !Float.isNaN(parse(trimmed));
  }

  private static boolean isNan(String text) {
    return text.toLowerCase(Locale.ROOT).matches("[+-]?nan");
  }

  /** NaN for what is no number. Java's own forms, 1f, 1d and 0x1p0, are none in a data file. */
  private static float parse(String text) {
    if (text.toLowerCase(Locale.ROOT).matches("[+-]?inf(inity)?")) {
      return Float.POSITIVE_INFINITY;
    }
    for (int i = 0; i < text.length(); i++) {
      if ("+-.0123456789eE".indexOf(text.charAt(i)) < 0) {
        return Float.NaN;
      }
    }
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
