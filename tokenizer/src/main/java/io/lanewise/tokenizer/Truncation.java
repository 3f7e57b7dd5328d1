package io.lanewise.tokenizer;

import io.lanewise.tokenizer.Tokenizer.Side;
import java.util.Arrays;
import java.util.Objects;

/**
 * How many tokens a text, or a pair of texts, has at most, and which are left out.
 *
 * @param maxLength how many there are at most, special ones among them; from 1 to {@link
 *     #MAX_LENGTH}
 * @param strategy of which text of a pair
 * @param side on which side of it
 */
public record Truncation(int maxLength, Strategy strategy, Side side) {
  /** The largest number of tokens that can be asked for: 2^24. */
  public static final int MAX_LENGTH = 1 << 24;

  /** Which text of a pair becomes shorter. */
  public enum Strategy {
    /** The longer one, until both are as long. */
    LONGEST_FIRST,
    /** The first one. */
    ONLY_FIRST,
    /** The second one. */
    ONLY_SECOND
  }

  /** Checks the range. */
  public Truncation {
    Objects.requireNonNull(strategy, "strategy");
    Objects.requireNonNull(side, "side");
    if (maxLength < 1 || maxLength > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "maxLength must be in [1, " + MAX_LENGTH + "], got " + maxLength);
    }
  }

  /** The end of the text is left out, of a pair that of the longer one. */
  public static Truncation to(int maxLength) {
    return new Truncation(maxLength, Strategy.LONGEST_FIRST, Side.RIGHT);
  }

  /**
   * Returns how many tokens are left of a pair.
   *
   * @param room how many there is room for beside the special ones
   */
  int[] lengths(int first, int second, int room) {
    int excess = first + second - room;
    if (excess <= 0) {
      return new int[] {first, second};
    }
    if (room == 0) {
      return new int[] {0, 0};
    }
    return switch (strategy) {
      case LONGEST_FIRST -> even(first, second, room);
      case ONLY_FIRST -> new int[] {rest("first", first, excess), second};
      case ONLY_SECOND -> new int[] {first, rest("second", second, excess)};
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

  private int rest(String which, int length, int excess) {
    if (length <= excess) {
      throw new IllegalArgumentException(
          "text: the "
              + which
              + " one alone may be cut, and its "
              + length
              + " tokens are too few for at most "
              + maxLength);
    }
    return length - excess;
  }

  /** Returns so many of the ids. */
  int[] cut(int[] ids, int length) {
    int from = side == Side.LEFT ? ids.length - length : 0;
    return Arrays.copyOfRange(ids, from, from + length);
  }
}
