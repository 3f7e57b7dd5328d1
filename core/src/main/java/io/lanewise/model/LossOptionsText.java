package io.lanewise.model;

import io.lanewise.internal.Names;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Option;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The text of {@link Loss.Options} in a model file: those that are not the default's, as in {@code
 * class-weights=1.0,2.5 label-smoothing=0.1}.
 */
final class LossOptionsText {
  private static final String IGNORED_INDEX = "ignored-index";

  private LossOptionsText() {}

  static String format(Loss.Options options) {
    StringBuilder out = new StringBuilder();
    for (Option option : Option.values()) {
      float[] values = options.get(option);
      if (!Arrays.equals(values, Loss.Options.DEFAULT.get(option))) {
        append(out, Names.of(option), values);
      }
    }
    if (options.ignoredIndex() != Loss.Options.IGNORED_INDEX) {
      append(out, IGNORED_INDEX).append(options.ignoredIndex());
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
  static Loss.Options parse(String text, int nOut) {
    Loss.Options options = Loss.Options.DEFAULT;
    Set<String> seen = new HashSet<>();
    for (int from = 0; !text.isEmpty() && from <= text.length(); ) {
      int space = text.indexOf(' ', from);
      int end = space < 0 ? text.length() : space;
      int equals = text.indexOf('=', from);
      String name = equals < 0 || equals > end ? "" : text.substring(from, equals);
      int value = equals + 1;
      if (name.equals(IGNORED_INDEX)) {
        options = options.ignoredIndex(index(text.substring(value, end)));
      } else {
        Option option = option(name, text.substring(from, end));
        options =
            options.with(option, floats(name, text, value, end, option.perOutput() ? nOut : 1));
      }
      // Else a long text would make options by the thousand.
      if (!seen.add(name)) {
        throw new IllegalArgumentException("loss options: " + name + " is there twice");
      }
      from = end + 1;
    }
    return options;
  }

  private static Option option(String name, String part) {
    for (Option option : Option.values()) {
      if (Names.of(option).equals(name)) {
        return option;
      }
    }
    throw new IllegalArgumentException("loss options: " + Names.shown(part) + " is unknown");
  }

  /** So many numbers: counted before there is room for them. */
  private static float[] floats(String name, String text, int from, int to, int wanted) {
    int count = 1;
    for (int i = from; i < to; i++) {
      count += text.charAt(i) == ',' ? 1 : 0;
    }
    if (count != wanted) {
      throw new IllegalArgumentException(
          "loss options: " + name + " must have " + wanted + " numbers, got " + count);
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
