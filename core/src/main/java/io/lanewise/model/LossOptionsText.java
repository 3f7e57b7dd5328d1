package io.lanewise.model;

import io.lanewise.nn.LossOptions;

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
   * Reads what {@link #format} wrote.
   *
   * @throws IllegalArgumentException if it is not that, naming the part
   */
  static LossOptions parse(String text) {
    LossOptions options = LossOptions.DEFAULT;
    if (text.isEmpty()) {
      return options;
    }
    for (String part : text.split(" ", -1)) {
      int equals = part.indexOf('=');
      String name = part.substring(0, Math.max(0, equals));
      String value = part.substring(equals + 1);
      options =
          switch (name) {
            case "class-weights" -> options.classWeights(floats(name, value));
            case "positive-weights" -> options.positiveWeights(floats(name, value));
            case "label-smoothing" -> options.labelSmoothing(number(name, value));
            case "huber-delta" -> options.huberDelta(number(name, value));
            case "ignored-index" -> options.ignoredIndex(index(value));
            default ->
                throw new IllegalArgumentException("loss options: \"" + part + "\" is unknown");
          };
    }
    return options;
  }

  private static float[] floats(String name, String value) {
    String[] parts = value.split(",", -1);
    float[] values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = number(name, parts[i]);
    }
    return values;
  }

  private static float number(String name, String value) {
    try {
      return Float.parseFloat(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "loss options: " + name + " must be a number, got \"" + value + "\"", e);
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
