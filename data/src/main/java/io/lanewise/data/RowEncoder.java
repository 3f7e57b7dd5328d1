package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import io.lanewise.data.RowPredictor.RowException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the features of a network of values as Java has them, by the rules of a CSV file. */
final class RowEncoder {
  private final Encoding encoding;
  private final List<Column> columns;
  private final List<Map<String, Integer>> codes = new ArrayList<>();
  private final List<String> features;
  private final FieldFormat format;
  private final float[] missingNumbers;

  RowEncoder(Encoding encoding) {
    this.encoding = encoding.withColumns();
    columns = this.encoding.columns();
    format = new FieldFormat(false, encoding.missingValues());
    missingNumbers = format.missingNumbers();
    for (Column column : columns) {
      Map<String, Integer> known = new HashMap<>();
      if (column.role() == Role.CATEGORY) {
        column.values().forEach(value -> known.put(value, known.size()));
      }
      codes.add(known);
    }
    features = columns.stream().filter(Column::isFeature).map(Column::name).toList();
  }

  /** The names of the columns that are wanted, in their order; empty names where there are none. */
  List<String> features() {
    return features;
  }

  /** By the names of the columns; those of labels, targets and weights may be there. */
  void encode(Map<String, ?> row, float[] x, int off) {
    if (!encoding.named()) {
      throw new RowException(
          "",
          "the model knows its columns by their places, not by names: give "
              + features.size()
              + " values in a list");
    }
    int known = 0;
    int at = off;
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      Object value = row.get(column.name());
      boolean there = value != null || row.containsKey(column.name());
      if (!there && column.isFeature()) {
        throw absent(c, row);
      }
      known += there ? 1 : 0;
      at = put(c, value, x, at);
    }
    if (known != row.size()) {
      throw stranger(row);
    }
  }

  /** In the order of the columns: the features alone, or all columns as they were. */
  void encode(List<?> row, float[] x, int off) {
    boolean all = row.size() == columns.size();
    if (!all && row.size() != features.size()) {
      throw new RowException(
          "",
          "the row has "
              + row.size()
              + (row.size() == 1 ? " value" : " values")
              + ", wanted "
              + features.size()
              + (encoding.named() ? ": " + Place.list(features) : "")
              + (columns.size() == features.size()
                  ? ""
                  : "; or all " + columns.size() + " columns as they were in the training"));
    }
    int f = 0;
    int at = off;
    for (int c = 0; c < columns.size(); c++) {
      if (all || columns.get(c).isFeature()) {
        at = put(c, row.get(f++), x, at);
      }
    }
  }

  /** Writes the features of a value, and returns where the next begin. */
  private int put(int c, @Nullable Object value, float[] x, int at) {
    Column column = columns.get(c);
    if (column.role() == Role.NUMBER) {
      x[at] = number(c, value);
      return at + 1;
    }
    if (column.role() == Role.CATEGORY) {
      int width = column.values().size();
      int code = code(c, value);
      for (int v = 0; v < width; v++) {
        x[at + v] = code == v ? 1 : 0;
      }
      return at + width;
    }
    return at;
  }

  private float number(int c, @Nullable Object value) {
    float number;
    if (value instanceof Number n) {
      number = Numbers.of(n);
    } else if (value instanceof CharSequence text) {
      String trimmed = FieldFormat.trimNumber(text.toString());
      if (format.isMissing(trimmed)) {
        return missing(c, value);
      }
      number = Numbers.parse(trimmed);
      if (Float.isNaN(number) && !Numbers.isNan(trimmed)) {
        throw wrong(c, value, "");
      }
    } else if (value == null) {
      return missing(c, value);
    } else {
      throw wrong(c, value, "");
    }
    if (Float.isNaN(number) || FieldFormat.isOneOf(missingNumbers, number)) {
      return missing(c, value);
    }
    if (Float.isInfinite(number)) {
      throw wrong(c, value, " that is a finite float");
    }
    if (!encoding.fits(number)) {
      throw error(c, value + Encoding.BEYOND);
    }
    return number;
  }

  private float missing(int c, @Nullable Object value) {
    if (!columns.get(c).mayMiss()) {
      throw wrong(c, value, "; the model was trained to take no missing value there");
    }
    return columns.get(c).fill();
  }

  /** The number of a category; -1 for a row of zeros. */
  private int code(int c, @Nullable Object value) {
    String text = text(value);
    boolean mayMiss = columns.get(c).mayMiss();
    if (text == null ? value == null : format.isMissing(text) || mayMiss && Numbers.isNan(text)) {
      missing(c, value);
      return -1;
    }
    Integer code = text == null ? null : codes.get(c).get(text);
    if (code == null && !(value instanceof CharSequence)) {
      code = same(c, value, text);
    }
    if (code != null) {
      return code;
    }
    if (text != null && encoding.unknownAsZeros()) {
      return -1;
    }
    throw wrong(c, value, text == null ? "" : Nearest.hint(text, columns.get(c).values()));
  }

  /** What a category is as a text; null for a value that is none. */
  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case CharSequence text -> FieldFormat.trim(text.toString());
      case Enum<?> constant -> constant.name();
      case Number number -> number.toString();
      case Boolean yes -> yes.toString();
      case Character c -> c.toString();
      case null, default -> null;
    };
  }

  /** The only category that is that whole number (1 and 1.0) or truth (true and TRUE). */
  private @Nullable Integer same(int c, @Nullable Object value, @Nullable String text) {
    Integer found = null;
    String number = value instanceof Number ? Labels.whole(String.valueOf(text)) : null;
    for (Map.Entry<String, Integer> entry : codes.get(c).entrySet()) {
      boolean is =
          value instanceof Boolean
              ? entry.getKey().equalsIgnoreCase(text)
              : number != null && number.equals(Labels.whole(entry.getKey()));
      if (is && found != null) {
        return null;
      }
      found = is ? entry.getValue() : found;
    }
    return found;
  }

  private String name(int c) {
    return encoding.named() ? columns.get(c).name() : Integer.toString(c + 1);
  }

  private String wanted(int c) {
    Column column = columns.get(c);
    return column.role() == Role.NUMBER
        ? "a number"
        : "one of the categories " + Place.list(column.values());
  }

  private RowException wrong(int c, @Nullable Object value, String more) {
    String got =
        switch (value) {
          case null -> "null";
          case CharSequence text -> Place.quote(text.toString());
          case Number number -> number.toString();
          default -> Place.quote(value.toString()) + " (" + value.getClass().getSimpleName() + ")";
        };
    return error(c, "got " + got + ", wanted " + wanted(c) + more);
  }

  private RowException error(int c, String what) {
    String shown = encoding.named() ? Place.quote(name(c)) : name(c);
    return new RowException(name(c), "column " + shown + ": " + what);
  }

  private RowException absent(int c, Map<?, ?> row) {
    List<String> others = names(row).stream().filter(name -> !isColumn(name)).toList();
    return error(
        c,
        "not in the row, wanted "
            + wanted(c)
            + (columns.get(c).mayMiss() ? ", or null" : "")
            + (others.isEmpty() ? "" : "; the row has " + Place.list(others) + " instead")
            + Nearest.hint(name(c), others));
  }

  private RowException stranger(Map<?, ?> row) {
    for (String name : names(row)) {
      if (!isColumn(name)) {
        return new RowException(
            name,
            "column "
                + Place.quote(name)
                + ": not one of those that the model takes, "
                + Place.list(features)
                + Nearest.hint(name, features));
      }
    }
    return new RowException("", "the row changed while it was read");
  }

  private boolean isColumn(String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name));
  }

  private static List<String> names(Map<?, ?> row) {
    return row.keySet().stream().map(String::valueOf).sorted().toList();
  }
}
