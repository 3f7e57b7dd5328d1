package io.lanewise.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The texts of a column and their numbers, in the order in which they came. */
final class Dictionary {
  // More are a sign of a column that is no category: one feature each.
  private static final int MAX = 1 << 16;

  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final boolean frozen;

  /** Makes one that takes any text. */
  Dictionary() {
    frozen = false;
  }

  /** Makes one of those texts, which knows no other. */
  Dictionary(List<String> known) {
    for (String text : known) {
      codes.put(text, texts.size());
      texts.add(text);
    }
    frozen = true;
  }

  /** Returns the number of a text; -1 if it is not known. */
  int code(Place place, int column, String text) throws DataException {
    Integer code = codes.get(text);
    if (code != null) {
      return code;
    }
    if (frozen) {
      return -1;
    }
    if (texts.size() == MAX) {
      throw place.error(column, "more than " + MAX + " different texts: is this a category?");
    }
    codes.put(text, texts.size());
    texts.add(text);
    return texts.size() - 1;
  }

  List<String> texts() {
    return texts;
  }
}
