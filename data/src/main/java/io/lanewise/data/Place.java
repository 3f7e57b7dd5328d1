package io.lanewise.data;

import java.util.List;

/** Where a reader is in a text file, for the errors: they name file, line and column. */
final class Place {
  private static final int SHOWN = 24;

  private final String file;
  private List<String> names = List.of();
  private long line;

  Place(String file) {
    this.file = file;
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
    return atLine(lineNumber, ", column " + (column + 1) + name + ": " + what);
  }

  DataException atLine(long lineNumber, String what) {
    return new DataException(file + ": line " + lineNumber + what);
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
    int most = 20;
    String shown = String.join(", ", texts.subList(0, Math.min(most, texts.size())));
    String more = texts.size() > most ? ", and " + (texts.size() - most) + " more" : "";
    return shown.replaceAll("\\p{Cntrl}", "?") + more;
  }
}
