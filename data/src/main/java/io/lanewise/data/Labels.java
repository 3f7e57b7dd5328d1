package io.lanewise.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Class labels while they are read: integers if the first one is, else names. */
final class Labels {
  private final Map<String, Integer> known = new HashMap<>();
  private final int classCount;
  private final boolean headerGuessed;
  private List<String> names;
  private int[] values = new int[256];
  private int size;
  private boolean integers;
  private int otherIntegers;
  private int largest;
  private int largestColumn;
  private long largestLine;

  Labels(List<String> names, int classCount, boolean headerGuessed) {
    this.names = names;
    this.classCount = classCount;
    this.headerGuessed = headerGuessed;
    for (String name : names) {
      known.put(name, known.size());
    }
  }

  void add(CsvRows rows, int column, String text) throws DataException {
    String label = text.trim();
    if (label.isEmpty()) {
      throw rows.error(column, "missing label");
    }
    if (size == 0) {
      integers = names.isEmpty() && (classCount != 0 || label.matches("[+-]?[0-9.]+(e[+-]?0+)?"));
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = integers ? integer(rows, column, label) : name(rows, column, label);
  }

  private int integer(CsvRows rows, int column, String label) throws DataException {
    float value = rows.number(column, label);
    if (value != Math.rint(value)) {
      throw rows.error(column, "label " + CsvRows.quote(label) + " is not an integer");
    }
    if (value < 0 || classCount != 0 && value >= classCount || value > 1 << 24) {
      throw rows.error(
          column,
          "label "
              + label
              + " is out of range, wanted "
              + (classCount == 0 ? "0 or more" : "0.." + (classCount - 1)));
    }
    if (value > largest) {
      largest = (int) value;
      largestLine = rows.line();
      largestColumn = column;
    }
    return (int) value;
  }

  private int name(CsvRows rows, int column, String label) throws DataException {
    if (size > 1 && label.matches("[0-9]+")) {
      otherIntegers++;
    }
    Integer index = known.get(label);
    if (index == null && !names.isEmpty()) {
      throw rows.error(
          column,
          "label " + CsvRows.quote(label) + " is none of the classes " + String.join(", ", names));
    }
    if (index == null) {
      index = known.size();
      known.put(label, index);
    }
    return index;
  }

  /** Numbers named classes in their sorted order, and judges what only the whole file tells. */
  void finish(CsvRows rows) throws DataException {
    values = Arrays.copyOf(values, size);
    if (integers) {
      checkLargest(rows);
      return;
    }
    if (!names.isEmpty()) {
      return;
    }
    if (headerGuessed && size > 1 && otherIntegers == size - 1) {
      throw rows.atLine(1, "looks like a header: say that there is one");
    }
    names = List.copyOf(new TreeSet<>(known.keySet()));
    int[] sorted = new int[names.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[known.get(names.get(i))] = i;
    }
    for (int i = 0; i < size; i++) {
      values[i] = sorted[values[i]];
    }
    if (names.size() < 2) {
      throw rows.atLine(rows.line(), "all labels are " + CsvRows.quote(names.get(0)));
    }
  }

  /** Without a given count, a stray number would make a network of that many outputs. */
  private void checkLargest(CsvRows rows) throws DataException {
    if (classCount == 0 && largest >= Math.max(2, size)) {
      throw rows.errorAt(
          largestLine,
          largestColumn,
          "label " + largest + " is out of range: " + size + " rows cannot have so many classes");
    }
  }

  int[] indices() {
    return values;
  }

  /** The names of the classes; empty for integers. */
  List<String> names() {
    return names;
  }

  int count() {
    if (!integers) {
      return names.size();
    }
    return classCount != 0 ? classCount : Math.max(2, largest + 1);
  }
}
