package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Learns from the raw rows of the training part what an encoding needs. */
final class Learner {
  private final Place place;
  private final List<Column> columns;
  private final Missing missing;
  private final long[] counts;
  private final double[] sums;
  private final FloatList[] values;
  private final BitSet[] seen;

  Learner(CsvLayout layout, Missing missing) {
    place = layout.place();
    columns = layout.columns();
    this.missing = missing;
    int n = columns.size();
    counts = new long[n];
    sums = new double[n];
    values = new FloatList[n];
    seen = new BitSet[n];
    for (int c = 0; c < n; c++) {
      values[c] = missing.kind() == Missing.Kind.MEDIAN ? new FloatList() : null;
      seen[c] = new BitSet();
    }
  }

  void take(float[] raw) throws DataException {
    for (int c = 0; c < raw.length; c++) {
      Role role = columns.get(c).role();
      if (Float.isNaN(raw[c])) {
        continue;
      }
      if (role == Role.CATEGORY) {
        seen[c].set((int) raw[c]);
      } else if (role == Role.NUMBER) {
        counts[c]++;
        sums[c] += raw[c];
        if (missing.kind() == Missing.Kind.MEDIAN) {
          values[c].add(raw[c]);
        }
      }
    }
  }

  Encoding finish(CsvLayout layout, boolean unknownAsZeros) throws DataException {
    Labels labels = layout.parser().labels();
    List<Column> learnt = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      float fill = column.mayMiss() && column.role() == Role.NUMBER ? fill(c) : column.fill();
      List<String> names = List.of();
      if (column.role() == Role.CATEGORY) {
        Dictionary dictionary = layout.parser().dictionaries()[c];
        names = seen[c].stream().mapToObj(dictionary.texts()::get).sorted().toList();
      } else if (column.role() == Role.LABEL) {
        names = labels.names();
      }
      learnt.add(new Column(column.name(), column.role(), fill, names));
    }
    try {
      int classes = labels == null ? 0 : labels.count();
      return new Encoding(0, learnt, layout.header(), unknownAsZeros, classes)
          .withMissingValues(layout.parser().missingValues());
    } catch (IllegalArgumentException e) {
      throw place.error(e.getMessage());
    }
  }

  private float fill(int c) throws DataException {
    if (missing.kind() == Missing.Kind.CONSTANT) {
      return missing.value();
    }
    if (counts[c] == 0) {
      throw place.error(
          "column " + (c + 1) + " (" + columns.get(c).name() + ") has no value to learn from");
    }
    if (missing.kind() == Missing.Kind.MEAN) {
      return (float) (sums[c] / counts[c]);
    }
    float[] sorted = values[c].toArray().clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[half]
        : (float) (((double) sorted[half - 1] + sorted[half]) / 2);
  }
}
