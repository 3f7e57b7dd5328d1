package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Role;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Makes the features of a network of a row of a table, by an encoding. For one thread. */
final class RowReader {
  private static final int LISTED = 10;

  private final List<String> names;
  private final int[] places;
  private final List<Encoding.Column> columns;
  private final List<Map<String, Integer>> codes;
  private final Encoding encoding;

  /**
   * Makes one for rows of that schema.
   *
   * @param features the names of the columns, as in the training
   * @throws IllegalArgumentException if one is missing, or of a wrong type; the message names it
   */
  RowReader(StructType schema, List<String> features, Encoding encoding) {
    this.encoding = encoding;
    names = features;
    columns =
        encoding.columns().stream()
            .filter(c -> c.role() == Role.NUMBER || c.role() == Role.CATEGORY)
            .toList();
    places = features.stream().mapToInt(name -> Values.index(schema, name)).toArray();
    codes = columns.stream().map(column -> Values.codes(column.values())).toList();
    for (int c = 0; c < places.length; c++) {
      requireType(schema, c);
    }
  }

  private void requireType(StructType schema, int c) {
    var type = schema.fields()[places[c]].dataType();
    Values.requireFeature(schema, names.get(c), true);
    if (Values.isWhole(type) != columns.isEmpty()) {
      throw Values.typeError(
          names.get(c),
          type,
          columns.isEmpty() ? "arrays of " + encoding.nIn() + " numbers" : "one value each");
    }
    boolean number = !columns.isEmpty() && columns.get(c).role() == Role.NUMBER;
    if (number && Values.isText(type)) {
      throw Values.typeError(names.get(c), type, "numbers, as in the training");
    }
  }

  /** Writes the features. */
  void features(Row row, float[] x, int off) {
    if (columns.isEmpty()) {
      Values.whole(names.get(0), row.get(places[0]), row, x, off, encoding.nIn());
      return;
    }
    int at = off;
    for (int c = 0; c < places.length; c++) {
      Object value = row.get(places[c]);
      if (columns.get(c).role() == Role.CATEGORY) {
        at = category(c, value, row, x, at);
      } else {
        x[at++] = number(c, value, row);
      }
    }
  }

  private float number(int c, Object value, Row row) {
    float number = Values.number(names.get(c), value, row);
    if (!Float.isNaN(number)) {
      return number;
    }
    requireMayMiss(c, value, row);
    return columns.get(c).fill();
  }

  private void requireMayMiss(int c, Object value, Row row) {
    if (Float.isNaN(columns.get(c).fill())) {
      throw Values.problem(
          names.get(c),
          "got " + value + "; the model was trained to take no missing value there",
          row);
    }
  }

  private int category(int c, Object value, Row row, float[] x, int at) {
    List<String> known = columns.get(c).values();
    String text = Values.text(value);
    int code = -1;
    if (text == null) {
      requireMayMiss(c, value, row);
    } else {
      code = codes.get(c).getOrDefault(text, -1);
      if (code < 0 && !encoding.unknownAsZeros()) {
        String more = known.size() > LISTED ? ", and " + (known.size() - LISTED) + " more" : "";
        String list = String.join(", ", known.subList(0, Math.min(LISTED, known.size()))) + more;
        throw Values.problem(
            names.get(c), "\"" + text + "\" is none of the categories " + list, row);
      }
    }
    for (int v = 0; v < known.size(); v++) {
      x[at + v] = v == code ? 1 : 0;
    }
    return at + known.size();
  }
}
