package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Makes what a network takes of a row of a table, by an encoding. For one thread. */
final class RowReader {
  private final int[] places;
  private final List<Encoding.Column> columns;
  private final List<Map<String, Integer>> codes;
  private final boolean plain;
  private final Encoding encoding;

  /**
   * Makes one for rows of that schema.
   *
   * @param features the names of the columns, as in the training
   * @throws IllegalArgumentException if one is missing; the message names it
   */
  RowReader(StructType schema, List<String> features, Encoding encoding) {
    this.encoding = encoding;
    columns =
        encoding.columns().stream()
            .filter(c -> c.role() == Role.NUMBER || c.role() == Role.CATEGORY)
            .toList();
    plain = columns.isEmpty();
    places = features.stream().mapToInt(name -> index(schema, name)).toArray();
    codes = columns.stream().map(column -> codes(column.values())).toList();
  }

  static Map<String, Integer> codes(List<String> values) {
    Map<String, Integer> codes = new HashMap<>();
    for (String value : values) {
      codes.put(value, codes.size());
    }
    return codes;
  }

  static int index(StructType schema, String name) {
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no column \"" + name + "\": the table has " + String.join(", ", names));
  }

  /** Whether it is one of arrays or vectors, and not of one value. */
  static boolean isWhole(DataType type) {
    return type instanceof org.apache.spark.sql.types.ArrayType || isVector(type);
  }

  static boolean isVector(DataType type) {
    return type.getClass().getName().equals("org.apache.spark.ml.linalg.VectorUDT");
  }

  /** Writes the features. */
  void features(Row row, float[] x, int off) {
    if (plain) {
      whole(row.get(places[0]), x, off);
      return;
    }
    int at = off;
    for (int c = 0; c < places.length; c++) {
      Encoding.Column column = columns.get(c);
      Object value = row.get(places[c]);
      if (column.role() == Role.CATEGORY) {
        at = category(c, value, x, at);
      } else {
        x[at++] = number(column, value);
      }
    }
  }

  private float number(Encoding.Column column, Object value) {
    float number =
        switch (value) {
          case Number some -> some.floatValue();
          case Boolean yes -> yes ? 1 : 0;
          case null, default -> Float.NaN;
        };
    if (Float.isNaN(number)) {
      if (Float.isNaN(column.fill())) {
        throw new IllegalArgumentException(
            "column \""
                + column.name()
                + "\": a value is missing: say what it becomes, missing(...)");
      }
      return column.fill();
    }
    return number;
  }

  private int category(int c, Object value, float[] x, int at) {
    Encoding.Column column = columns.get(c);
    int width = column.values().size();
    int code = -1;
    if (value == null) {
      if (Float.isNaN(column.fill())) {
        throw new IllegalArgumentException(
            "column \""
                + column.name()
                + "\": a value is missing: say what it becomes, missing(...)");
      }
    } else {
      code = codes.get(c).getOrDefault(text(value), -1);
      if (code < 0 && !encoding.unknownAsZeros()) {
        throw new IllegalArgumentException(
            "column \""
                + column.name()
                + "\": \""
                + text(value)
                + "\" is none of the categories that were learnt");
      }
    }
    for (int v = 0; v < width; v++) {
      x[at++] = v == code ? 1 : 0;
    }
    return at;
  }

  /** What a label or a category is as a text: of a whole number that number. */
  static String text(Object value) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (number == Math.rint(number) && Math.abs(number) < 1e15) {
        return Long.toString((long) number);
      }
    }
    return value.toString();
  }

  private void whole(Object value, float[] x, int off) {
    int n = encoding.nIn();
    int width = width(value);
    if (width != n) {
      throw new IllegalArgumentException(
          "features: " + (width < 0 ? "null" : width + " values in a row") + ", wanted " + n);
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      for (int i = 0; i < n; i++) {
        x[off + i] = seq.apply(i) instanceof Number some ? some.floatValue() : Float.NaN;
        if (Float.isNaN(x[off + i])) {
          throw new IllegalArgumentException("features: value " + i + " of a row is missing");
        }
      }
    } else {
      Vectors.copy(value, x, off);
    }
  }

  /** How many features such a value has; -1 for null. */
  static int width(Object value) {
    return switch (value) {
      case null -> -1;
      case scala.collection.Seq<?> seq -> seq.size();
      default -> Vectors.size(value);
    };
  }

  /** What names classes of spark-mllib: not loaded where there is no vector. */
  private static final class Vectors {
    static int size(Object value) {
      return ((org.apache.spark.ml.linalg.Vector) value).size();
    }

    static void copy(Object value, float[] x, int off) {
      org.apache.spark.ml.linalg.Vector vector = (org.apache.spark.ml.linalg.Vector) value;
      for (int i = 0; i < vector.size(); i++) {
        x[off + i] = (float) vector.apply(i);
      }
    }
  }
}
