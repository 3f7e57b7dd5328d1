package io.lanewise.tokenizer;

import io.lanewise.tokenizer.Tokenizer.Encoding;
import io.lanewise.tokenizer.Tokenizer.Padding;
import io.lanewise.tokenizer.Tokenizer.Side;
import io.lanewise.tokenizer.Tokenizer.Truncation;
import java.util.Arrays;
import java.util.List;

/** Makes tokens as many as a model wants: by a {@link Truncation} and a {@link Padding}. */
final class Fitting {
  private Fitting() {}

  /**
   * Returns how many tokens are left of a pair.
   *
   * @param how what is set
   * @param room how many there is room for beside the special ones
   */
  static int[] lengths(Truncation how, int first, int second, int room) {
    int excess = first + second - room;
    if (excess <= 0) {
      return new int[] {first, second};
    }
    if (room == 0) {
      return new int[] {0, 0};
    }
    return switch (how.strategy()) {
      case LONGEST_FIRST -> even(first, second, room);
      case ONLY_FIRST -> new int[] {rest(how, "first", first, excess), second};
      case ONLY_SECOND -> new int[] {first, rest(how, "second", second, excess)};
    };
  }

  private static int[] even(int first, int second, int room) {
    int shorter = Math.min(first, second);
    int longer = Math.max(shorter, room - shorter);
    if (shorter > room || shorter + longer > room) {
      shorter = room / 2;
      longer = room - shorter;
    }
    return first > second ? new int[] {longer, shorter} : new int[] {shorter, longer};
  }

  private static int rest(Truncation how, String which, int length, int excess) {
    if (length <= excess) {
      throw new IllegalArgumentException(
          "text: the "
              + which
              + " one alone may be cut, and its "
              + length
              + " tokens are too few for at most "
              + how.maxLength());
    }
    return length - excess;
  }

  /** Returns so many of the ids. */
  static int[] cut(Truncation how, int[] ids, int length) {
    int from = how.side() == Side.LEFT ? ids.length - length : 0;
    return Arrays.copyOfRange(ids, from, from + length);
  }

  /** Makes them as many, in the way of the padding. */
  static List<Encoding> padded(Padding how, List<Encoding> encodings) {
    int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
    int wanted = how.length() == 0 ? longest : how.length();
    int length = (wanted + how.multipleOf() - 1) / how.multipleOf() * how.multipleOf();
    return encodings.stream().map(encoding -> padded(how, encoding, length)).toList();
  }

  private static Encoding padded(Padding how, Encoding encoding, int length) {
    int more = length - encoding.length();
    if (more <= 0) {
      return encoding;
    }
    boolean left = how.side() == Side.LEFT;
    return new Encoding(
        pad(encoding.ids, more, how.id(), left),
        pad(encoding.typeIds, more, how.typeId(), left),
        pad(encoding.attentionMask, more, 0, left));
  }

  private static int[] pad(int[] values, int more, int value, boolean left) {
    int length = values.length + more;
    int[] padded = new int[length];
    System.arraycopy(values, 0, padded, left ? more : 0, values.length);
    Arrays.fill(padded, left ? 0 : values.length, left ? more : length, value);
    return padded;
  }
}
