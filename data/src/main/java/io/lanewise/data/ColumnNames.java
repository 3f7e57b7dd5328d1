package io.lanewise.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The columns of a file by their names, if the first line has them, and by their numbers. */
final class ColumnNames {
  private static final Map<Character, String> DELIMITERS =
      Map.of(';', "semicolon", '\t', "tab", '|', "pipe", ',', "comma");

  private final Place place;
  private final List<String> fields;
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> columns = new HashMap<>();
  private final Set<String> twice = new HashSet<>();

  /** Takes the first line. A name that was there before gets a number: a, a.1, a.2. */
  ColumnNames(Place place, List<String> fields, boolean header) {
    this.place = place;
    this.fields = fields;
    if (!header) {
      return;
    }
    List<String> trimmed = fields.stream().map(FieldFormat::trim).toList();
    Set<String> written = new HashSet<>(trimmed);
    Map<String, Integer> counts = new HashMap<>();
    for (String name : trimmed) {
      String own = name;
      while (columns.containsKey(own) || !own.equals(name) && written.contains(own)) {
        twice.add(name);
        own = name + "." + counts.merge(name, 1, Integer::sum);
      }
      columns.put(own, names.size());
      names.add(own);
    }
    place.names(names);
  }

  /** The names; empty without a header. */
  List<String> names() {
    return names;
  }

  int width() {
    return fields.size();
  }

  /** Returns the column of a name; -1 if there is none. */
  int of(String name) {
    return columns.getOrDefault(name, -1);
  }

  /** Returns the column that somebody named, by its name, its number from 1 or "last". */
  int index(String column) throws DataException {
    if (twice.contains(column)) {
      throw place.error(
          "column " + Place.quote(column) + " is there more than once: say its number");
    }
    int named = of(column);
    if (named >= 0) {
      return named;
    }
    if (column.equals(CsvReader.LAST)) {
      return width() - 1;
    }
    if (column.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(column);
      if (number >= 1 && number <= width()) {
        return number - 1;
      }
    }
    throw place.error(
        "no column " + Place.quote(column) + ": it has " + has() + severalHint(column));
  }

  private String severalHint(String column) {
    List<String> parts = List.of(column.split(","));
    boolean several = parts.size() > 1 && names.containsAll(parts);
    return several
        ? ": these are several; those of numbers to be predicted are targets (--targets)"
        : Nearest.hint(column, names);
  }

  /** What there is, for an error. */
  String has() {
    String columnCount = width() + (width() == 1 ? " column" : " columns");
    return (names.isEmpty() ? "no header and " + columnCount : Place.list(names)) + hint();
  }

  /** What else may separate the fields, where all are one column; else nothing. */
  String hint() {
    return width() == 1 ? hint(fields.get(0)) : "";
  }

  /** What a file without a column of features may be. */
  String aloneHint() {
    boolean number = width() == 1 && !Float.isNaN(Numbers.parse(fields.get(0)));
    return number
        ? ": is it libsvm whose first rows have no features? say --format libsvm"
        : hint();
  }

  /** What may separate the fields that are together in a text; nothing if there is none. */
  static String hint(String text) {
    for (char c : new char[] {';', '\t', '|', ','}) {
      if (text.indexOf(c) >= 0) {
        return ": is it separated by something else? say --delimiter " + DELIMITERS.get(c);
      }
    }
    return "";
  }
}
