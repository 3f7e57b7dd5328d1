package io.lanewise.spark;

import io.lanewise.data.RowLearner;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** The values of a table's rows: an error names the column and shows the row. */
final class Values {
  private static final int SHOWN = 200;

  private Values() {}

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

  static Map<String, Integer> codes(List<String> values) {
    Map<String, Integer> codes = new HashMap<>();
    for (String value : values) {
      codes.put(value, codes.size());
    }
    return codes;
  }

  /** Whether it is one of arrays or vectors, and not of one value. */
  static boolean isWhole(DataType type) {
    return type instanceof ArrayType || isVector(type);
  }

  static boolean isVector(DataType type) {
    return type.getClass().getName().equals("org.apache.spark.ml.linalg.VectorUDT");
  }

  static boolean isText(DataType type) {
    return type instanceof StringType;
  }

  /** Throws unless a column of that type can be a feature. */
  static void requireFeature(StructType schema, String name, boolean alone) {
    DataType type = schema.fields()[index(schema, name)].dataType();
    boolean array = type instanceof ArrayType a && a.elementType() instanceof NumericType;
    if (array || isVector(type)) {
      if (!alone) {
        throw typeError(name, type, "one of a number, a text or a truth, as there are several");
      }
      return;
    }
    if (!isText(type) && !(type instanceof NumericType) && !(type instanceof BooleanType)) {
      throw typeError(name, type, "numbers, texts, truths, arrays of numbers or vectors");
    }
  }

  static IllegalArgumentException typeError(String name, DataType type, String wanted) {
    return new IllegalArgumentException(
        "column \"" + name + "\" is of type " + type.simpleString() + ", wanted " + wanted);
  }

  static RowProblem problem(String column, String what, Row row) {
    String shown = row.toString();
    shown = shown.length() <= SHOWN ? shown : shown.substring(0, SHOWN) + "...";
    return new RowProblem("column \"" + column + "\": " + what + ", in the row " + shown);
  }

  /** The number, or NaN for a missing one. */
  static float number(String column, Object value, Row row) {
    float number =
        switch (value) {
          case null -> Float.NaN;
          case Number some -> RowLearner.floatOf(some);
          case Boolean yes -> yes ? 1 : 0;
          default -> throw problem(column, "got " + value + ", wanted a number", row);
        };
    if (Float.isInfinite(number)) {
      throw problem(column, "got " + value + ", wanted a finite float", row);
    }
    return number;
  }

  /** The number, which must be there. */
  static float present(String column, Object value, Row row) {
    float number = number(column, value, row);
    if (Float.isNaN(number)) {
      throw problem(column, "got " + value + ", wanted a number", row);
    }
    return number;
  }

  static RowProblem missing(String column, Object value, Row row) {
    return problem(
        column, "got " + value + ": say what a missing value becomes, missing(...)", row);
  }

  /** What a label or a category is as a text: of a whole number that number; null for none. */
  static String text(Object value) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isNaN(number)) {
        return null;
      }
      if (number == Math.rint(number) && Math.abs(number) < 1e15) {
        return Long.toString((long) number);
      }
    }
    return value == null ? null : value.toString();
  }

  /** How many features a value of a whole column has; -1 for null. */
  static int width(Object value) {
    return switch (value) {
      case null -> -1;
      case scala.collection.Seq<?> seq -> seq.size();
      default -> Vectors.size(value);
    };
  }

  /** Copies an array or a vector, whose values must be finite. */
  static void whole(String column, Object value, Row row, float[] x, int off, int width) {
    int got = width(value);
    if (got != width) {
      String what = got < 0 ? "got null" : "got " + got + " values";
      throw problem(column, what + ", wanted " + width + " in each row", row);
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      int i = 0;
      for (scala.collection.Iterator<?> all = seq.iterator(); all.hasNext(); i++) {
        put(column, all.next(), row, x, off, i);
      }
      return;
    }
    for (int i = 0; i < width; i++) {
      put(column, Vectors.at(value, i), row, x, off, i);
    }
  }

  private static void put(String column, Object value, Row row, float[] x, int off, int i) {
    float number = value instanceof Number some ? RowLearner.floatOf(some) : Float.NaN;
    if (!Float.isFinite(number)) {
      String what = String.format(Locale.ROOT, "value %d is %s, wanted a finite float", i, value);
      throw problem(column, what, row);
    }
    x[off + i] = number;
  }

  /** What names classes of spark-mllib: not loaded where there is no vector. */
  private static final class Vectors {
    static int size(Object value) {
      return ((org.apache.spark.ml.linalg.Vector) value).size();
    }

    static Object at(Object value, int i) {
      return ((org.apache.spark.ml.linalg.Vector) value).apply(i);
    }
  }
}
