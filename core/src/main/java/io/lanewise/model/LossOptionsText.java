package io.lanewise.model;

import io.lanewise.nn.LossOptions;
import java.util.HashSet;
import java.util.Set;

/**
 * The text of {@link LossOptions} in a model file: those that are not the default's, as in {@code
 * class-weights=1.0,2.5 label-smoothing=0.1}.
 */
final class LossOptionsText {
  private LossOptionsText() {}

  static String format(LossOptions options) {
    StringBuilder out = new StringBuilder();
    append(out, "class-weights", options.classWeights());
    append(out, "positive-weights", options.positiveWeights());
    if (options.labelSmoothing() > 0) {
      append(out, "label-smoothing", options.labelSmoothing());
    }
    if (options.huberDelta() != LossOptions.DEFAULT.huberDelta()) {
      append(out, "huber-delta", options.huberDelta());
    }
    if (options.ignoredIndex() != LossOptions.IGNORED_INDEX) {
      append(out, "ignored-index").append(options.ignoredIndex());
    }
    return out.toString();
  }

  private static StringBuilder append(StringBuilder out, String name) {
    return out.append(out.isEmpty() ? "" : " ").append(name).append('=');
  }

  private static void append(StringBuilder out, String name, float... values) {
    for (int i = 0; i < values.length; i++) {
      (i == 0 ? append(out, name) : out.append(',')).append(values[i]);
    }
  }

  /**
   * Reads what {@link #format} wrote, of a network of so many outputs.
   *
   * @throws IllegalArgumentException if it is not that, naming the part
   */
  static LossOptions parse(String text, int nOut) {
    LossOptions options = LossOptions.DEFAULT;
    Set<String> seen = new HashSet<>();
    for (int from = 0; !text.isEmpty() && from <= text.length(); ) {
      int space = text.indexOf(' ', from);
      int end = space < 0 ? text.length() : space;
      int equals = text.indexOf('=', from);
      String name = equals < 0 || equals > end ? "" : text.substring(from, equals);
      int value = equals + 1;
      options =
          switch (name) {
            case "class-weights" -> options.classWeights(floats(name, text, value, end, nOut));
            case "positive-weights" ->
                options.positiveWeights(floats(name, text, value, end, nOut));
            case "label-smoothing" -> options.labelSmoothing(number(name, text, value, end));
            case "huber-delta" -> options.huberDelta(number(name, text, value, end));
            case "ignored-index" -> options.ignoredIndex(index(text.substring(value, end)));
            default ->
                throw new IllegalArgumentException(
                    "loss options: \"" + text.substring(from, end) + "\" is unknown");
          };
      // Else a long text would make options by the thousand.
      if (!seen.add(name)) {
        throw new IllegalArgumentException("loss options: " + name + " is there twice");
      }
      from = end + 1;
    }
    return options;
  }

  /** As many numbers as there are outputs: counted before there is room for them. */
  private static float[] floats(String name, String text, int from, int to, int nOut) {
    int count = 1;
    for (int i = from; i < to; i++) {
      count += text.charAt(i) == ',' ? 1 : 0;
    }
    if (count != nOut) {
      throw new IllegalArgumentException(
          "loss options: "
              + name
              + " must have one for each of "
              + nOut
              + " outputs, got "
              + count);
    }
    float[] values = new float[count];
    int start = from;
    for (int i = 0; i < count; i++) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 || comma > to ? to : comma;
      values[i] = number(name, text, start, end);
      start = end + 1;
    }
    return values;
  }

  private static float number(String name, String text, int from, int to) {
    try {
      return Decimals.parse(text, from, to);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "loss options: " + name + " must be a number, got \"" + text.substring(from, to) + "\"",
          e);
    }
  }

  private static int index(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "loss options: ignored-index must be an integer, got \"" + value + "\"", e);
    }
  }
}
