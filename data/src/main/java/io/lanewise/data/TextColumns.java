package io.lanewise.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The columns of numbers that turn out to have texts, while an encoding is learnt: all of them are
 * told at once, at the end of the file.
 */
final class TextColumns {
  /** More different texts than a category has that somebody means. */
  private static final int MOST = 1000;

  /** A column of so few texts may be a category where each is there once. */
  private static final int FEW = 16;

  private static final Pattern COMMA = Pattern.compile("[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?");

  private static final Set<String> NO_VALUES =
      Set.of("null", "none", "n/a", "#n/a", "na", "nil", "-", "--", ".", "missing", "<na>");

  private static final class Column {
    private final long line;
    private final String sample;
    private final Set<String> texts = new HashSet<>();
    private long count;

    Column(long line, String sample) {
      this.line = line;
      this.sample = sample;
    }

    void add(String text) {
      count++;
      if (texts.size() <= MOST) {
        texts.add(text);
      }
    }

    boolean isKey() {
      return texts.size() > MOST || count > FEW && texts.size() == count;
    }
  }

  private final Place place;
  private final List<String> names;
  private final boolean headerGuessed;
  private final BitSet numbers = new BitSet();
  private final TreeMap<Integer, Column> columns = new TreeMap<>();
  private @Nullable DataException first;
  private boolean missing;

  /**
   * Makes one without any.
   *
   * @param names those of the header; empty without one
   * @param headerGuessed whether there is none because its first line has a number
   */
  TextColumns(Place place, List<String> names, boolean headerGuessed) {
    this.place = place;
    this.names = names;
    this.headerGuessed = headerGuessed;
  }

  /** Notes that a column has a number. */
  void number(int column) {
    numbers.set(column);
  }

  /** Notes that a column of numbers has a text. */
  void text(int column, String text) {
    columns.computeIfAbsent(column, c -> new Column(place.line(), text)).add(text);
    if (first == null) {
      first = place.error(column, Place.quote(text) + " is not a number" + advice(text));
    }
  }

  private String advice(String text) {
    if (isComma(text)) {
      return ": is the comma its decimal point? say --decimal comma";
    }
    if (headerGuessed && place.line() == 1) {
      return ": does the first line have the names? say --header yes";
    }
    return ": does it stand for a missing value? say --missing-values "
        + Place.quote(text)
        + "; or is the column a category? say --category";
  }

  /** Notes that a feature has no value where that is an error. */
  void missing(int column, String text) {
    missing = true;
    if (first == null) {
      String what = text.isEmpty() ? "missing value" : "missing value " + text;
      first = place.error(column, what + ": say --missing mean, median or a number");
    }
  }

  /** Returns what is to be thrown in place of another error. */
  DataException or(DataException other) {
    return first == null ? other : error(first);
  }

  /** Throws if there was anything. */
  void check() throws DataException {
    if (first != null) {
      throw error(first);
    }
  }

  private DataException error(DataException noted) {
    List<String> shown = new ArrayList<>();
    List<String> categories = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    List<String> commas = new ArrayList<>();
    Set<String> noValues = new TreeSet<>();
    StringBuilder samples = new StringBuilder();
    columns.forEach(
        (f, column) -> {
          if (numbers.get(f)) {
            if (column.texts.stream().allMatch(TextColumns::isNoValue)) {
              noValues.addAll(column.texts);
            }
          } else {
            // Those beyond are counted, no more.
            shown.add(shown.size() < Place.LISTED ? shown(f, column) : "");
            samples.append(column.sample.replace(',', ' '));
            (isComma(column.sample) ? commas : column.isKey() ? keys : categories).add(name(f));
          }
        });
    if (shown.isEmpty() || shown.size() == commas.size()) {
      return noted;
    }
    List<String> options = new ArrayList<>();
    add(options, "--category", categories);
    add(options, "--ignore", keys);
    add(options, "--missing-values", noValues);
    add(options, "--decimal", commas.isEmpty() ? List.of() : List.of("comma"));
    if (missing || !noValues.isEmpty()) {
      add(options, "--missing", List.of("mean"));
    }
    String what =
        "texts and no numbers are in "
            + Place.list(shown)
            + ": make them categories, or leave them out"
            + (headerGuessed ? ", or say that there is a header, --header yes" : "")
            + ColumnNames.hint(samples.toString());
    return new DataException(place.file() + ": " + what, options);
  }

  private static boolean isComma(String text) {
    return COMMA.matcher(text).matches();
  }

  private static boolean isNoValue(String text) {
    return NO_VALUES.contains(text.toLowerCase(Locale.ROOT));
  }

  private boolean named(int f) {
    return !names.isEmpty() && !names.get(f).isEmpty();
  }

  private String shown(int f, Column column) {
    String name = named(f) ? names.get(f) : "column " + (f + 1);
    return name + " (line " + column.line + ": " + Place.quote(column.sample) + ")";
  }

  /** The column as the command line names it: in a list, with quotes where it has a comma. */
  private String name(int f) {
    return named(f) ? item(names.get(f)) : Integer.toString(f + 1);
  }

  private static String item(String text) {
    boolean plain = text.indexOf(',') < 0 && text.indexOf('"') < 0;
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static void add(List<String> options, String option, Collection<String> values) {
    if (!values.isEmpty()) {
      options.add(option);
      options.add(String.join(",", values));
    }
  }
}
