package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import io.lanewise.dataset.RowSource.Rows;
import java.util.List;

/**
 * A row as it was read and checked, a number for each column: NaN is a missing value, of a category
 * its index, -1 where it was not learnt.
 */
final class RawRow {
  private RawRow() {}

  /** Makes room for encoded rows with all that they have. */
  static Rows rows(Encoding encoding, int capacity) {
    boolean weights = encoding.index(Role.WEIGHT) >= 0;
    return new Rows(capacity, encoding.nIn(), encoding.nOut(), encoding.hasLabels(), weights);
  }

  /** Writes it to row {@code i}; only what the rows have room for. */
  static void expand(Encoding encoding, float[] raw, Rows rows, int i) {
    List<Column> columns = encoding.columns();
    features(columns, raw, rows.features(), i * encoding.nIn());
    int target = encoding.hasLabels() ? 0 : i * encoding.nOut();
    for (int c = 0; c < columns.size(); c++) {
      Role role = columns.get(c).role();
      if (role == Role.LABEL && rows.hasLabels()) {
        rows.labels()[i] = (int) raw[c];
      } else if (role == Role.TARGET && rows.nOut() > 0) {
        rows.targets()[target++] = raw[c];
      } else if (role == Role.WEIGHT && rows.hasWeights()) {
        rows.weights()[i] = raw[c];
      }
    }
  }

  private static void features(List<Column> columns, float[] raw, float[] x, int off) {
    int at = off;
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      if (column.role() == Role.NUMBER) {
        x[at++] = Float.isNaN(raw[c]) ? column.fill() : raw[c];
      } else if (column.role() == Role.CATEGORY) {
        for (int v = 0; v < column.values().size(); v++) {
          x[at++] = raw[c] == v ? 1 : 0;
        }
      }
    }
  }
}
