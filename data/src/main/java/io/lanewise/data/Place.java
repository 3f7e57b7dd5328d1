package io.lanewise.data;

import java.util.List;

/** Where a reader is in a file, for the errors: they name file, line and column, or the like. */
final class Place {
  private static final int SHOWN = 24;

  /** So many names a list has; of the others it says how many they are. */
  static final int LISTED = 20;

  private final String file;
  private final String unit;
  private final String part;
  private List<String> names = List.of();
  private long line;

  /** A place in a file of lines and columns. */
  Place(String file) {
    this(file, "line", "column");
  }

  /**
   * A place in a file of other parts.
   *
   * @param unit what is counted
   * @param part what a unit has several of; empty if it has one
   */
  Place(String file, String unit, String part) {
    this.file = file;
    this.unit = unit;
    this.part = part;
  }

  String file() {
    return file;
  }

  long line() {
    return line;
  }

  void line(long number) {
    line = number;
  }

  /** Sets what the columns are called. */
  void names(List<String> columnNames) {
    names = columnNames;
  }

  DataException error(int column, String what) {
    return errorAt(line, column, what);
  }

  DataException errorAt(long lineNumber, int column, String what) {
    String name = column < names.size() ? " (" + names.get(column) + ")" : "";
    String where = part.isEmpty() ? "" : ", " + part + " " + (column + 1) + name;
    return atLine(lineNumber, where + ": " + what);
  }

  DataException atLine(long lineNumber, String what) {
    return new DataException(file + ": " + unit + " " + lineNumber + what);
  }

  DataException error(String what) {
    return new DataException(file + ": " + what);
  }

  /** The text in quotes, cut where it is long, on one line. */
  static String quote(String text) {
    String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }

  /** A list of names, cut where it is long. */
  static String list(List<String> texts) {
    String shown = String.join(", ", texts.subList(0, Math.min(LISTED, texts.size())));
    String more = texts.size() > LISTED ? ", and " + (texts.size() - LISTED) + " more" : "";
    return shown.replaceAll("\\p{Cntrl}", "?") + more;
  }
}
