package io.lanewise.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a checkpoint holds: texts and arrays by name. */
final class State {
  private final Map<String, String> texts;
  private final Map<String, float[]> arrays;
  private final @Nullable Path file;

  State() {
    this(new TreeMap<>(), new TreeMap<>(), null);
  }

  /**
   * @param file where it was read; null of one that was not
   */
  State(Map<String, String> texts, Map<String, float[]> arrays, @Nullable Path file) {
    this.texts = texts;
    this.arrays = arrays;
    this.file = file;
  }

  @Nullable Path file() {
    return file;
  }

  Map<String, String> texts() {
    return texts;
  }

  Map<String, float[]> arrays() {
    return arrays;
  }

  /** Doubles too: their text is that of one value alone. */
  void put(String name, Object value) {
    texts.put(name, value.toString());
  }

  /** The values are not copied; none at all are not kept. */
  void put(String name, float[] values) {
    if (values.length > 0) {
      arrays.put(name, values);
    }
  }

  /** Returns a copy, which keeps its values when those of a training change. */
  State copy() {
    State copy = new State();
    copy.texts.putAll(texts);
    arrays.forEach((name, values) -> copy.put(name, values.clone()));
    return copy;
  }

  /** Puts what belongs together under a prefix. */
  void putAll(String prefix, Map<String, String> someTexts, Map<String, float[]> someArrays) {
    put(prefix, someTexts, texts);
    put(prefix, someArrays, arrays);
  }

  private static <T> void put(String prefix, Map<String, T> some, Map<String, T> all) {
    for (Map.Entry<String, T> one : some.entrySet()) {
      all.put(prefix + one.getKey(), one.getValue());
    }
  }

  String text(String name) {
    String text = texts.get(name);
    if (text == null) {
      throw new IllegalArgumentException("it has no \"" + name + "\"");
    }
    return text;
  }

  long integer(String name) {
    return Long.parseLong(text(name));
  }

  double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** Copies an array of that length into {@code to}. */
  void copy(String name, float[] to) {
    float[] values = to.length == 0 ? to : arrays.get(name);
    if (values == null || values.length != to.length) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\" has "
              + (values == null ? "no" : values.length)
              + " values, wanted "
              + to.length);
    }
    System.arraycopy(values, 0, to, 0, to.length);
  }

  /** Returns what {@link #putAll} has put under a prefix. */
  State below(String prefix) {
    return new State(texts(prefix), arrays(prefix), null);
  }

  /** Returns the texts whose names begin with the prefix, without it. */
  Map<String, String> texts(String prefix) {
    return below(texts, prefix);
  }

  /** Returns the arrays whose names begin with the prefix, without it. */
  Map<String, float[]> arrays(String prefix) {
    return below(arrays, prefix);
  }

  private static <T> Map<String, T> below(Map<String, T> all, String prefix) {
    Map<String, T> result = new TreeMap<>();
    for (Map.Entry<String, T> one : all.entrySet()) {
      if (one.getKey().startsWith(prefix)) {
        result.put(one.getKey().substring(prefix.length()), one.getValue());
      }
    }
    return result;
  }
}
