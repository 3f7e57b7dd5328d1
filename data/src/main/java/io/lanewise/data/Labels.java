package io.lanewise.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Class labels while they are read: integers if the first one is, else names. */
final class Labels {
  private static final String INTEGER = "[+-]?[0-9.]+(e[+-]?0+)?";

  private final Map<String, Integer> known = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final boolean frozen;
  private final int classCount;
  private long size;
  private boolean integers;
  private long otherIntegers;
  private int largest;
  private int largestColumn;
  private long largestLine;

  /** Labels of those names, or integers if there are none; of any if classCount is 0 too. */
  Labels(List<String> names, int classCount) {
    this.classCount = classCount;
    frozen = !names.isEmpty();
    for (String name : names) {
      known.put(name, texts.size());
      texts.add(name);
    }
  }

  /** Returns the class itself, or the number of its name in {@link #texts}. */
  int take(Place place, int column, String text) throws DataException {
    if (text.isEmpty()) {
      throw place.error(column, "missing label");
    }
    if (size++ == 0) {
      integers = !frozen && (classCount != 0 || text.length() < 24 && text.matches(INTEGER));
    }
    return integers ? integer(place, column, text) : name(place, column, text);
  }

  private int integer(Place place, int column, String label) throws DataException {
    float value = Numbers.finite(place, column, label);
    if (value != Math.rint(value)) {
      throw place.error(column, "label " + Place.quote(label) + " is not an integer");
    }
    if (value < 0 || classCount != 0 && value >= classCount || value > 1 << 24) {
      String wanted = classCount == 0 ? "0 or more" : "0.." + (classCount - 1);
      throw place.error(column, "label " + label + " is out of range, wanted " + wanted);
    }
    if (value > largest) {
      largest = (int) value;
      largestLine = place.line();
      largestColumn = column;
    }
    return (int) value;
  }

  private int name(Place place, int column, String label) throws DataException {
    if (size > 1 && !frozen && label.length() < 10 && label.matches("[0-9]+")) {
      otherIntegers++;
    }
    Integer index = known.get(label);
    if (index != null) {
      return index;
    }
    if (frozen) {
      String list = Place.list(texts);
      throw place.error(column, "label " + Place.quote(label) + " is none of the classes " + list);
    }
    if (texts.size() == 1 << 16) {
      throw place.error(column, "more than 65536 classes: is this the label?");
    }
    known.put(label, texts.size());
    texts.add(label);
    return texts.size() - 1;
  }

  /**
   * Judges what only the whole file tells.
   *
   * @param headerGuessed whether nobody said that there is no header
   */
  void finish(Place place, boolean headerGuessed) throws DataException {
    if (frozen || classCount != 0) {
      return;
    }
    if (integers) {
      // Without a given count, a stray number would make a network of that many outputs.
      if (largest >= Math.max(2, size)) {
        String what = " is out of range: " + size + " rows cannot have so many classes";
        throw place.errorAt(largestLine, largestColumn, "label " + largest + what);
      }
      return;
    }
    if (headerGuessed && size > 1 && otherIntegers == size - 1) {
      throw place.atLine(1, ", looks like a header: say that there is one");
    }
    if (texts.size() < 2) {
      throw place.atLine(place.line(), ", all labels are " + Place.quote(texts.get(0)));
    }
  }

  /** The names, in the order in which they came; empty for integers. */
  List<String> texts() {
    return integers ? List.of() : texts;
  }

  /** The names of the classes, sorted; empty for integers. */
  List<String> names() {
    return frozen ? texts : List.copyOf(new TreeSet<>(texts()));
  }

  int count() {
    if (!integers) {
      return texts.size();
    }
    return classCount != 0 ? classCount : Math.max(2, largest + 1);
  }
}
