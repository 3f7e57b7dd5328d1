package io.lanewise.tokenizer;

import io.lanewise.tokenizer.Tokenizer.Side;
import java.util.Objects;

/**
 * How tokens are made as many as a model wants.
 *
 * @param length how many there are at least; 0 for as many as the longest text of a list has
 * @param multipleOf what the number of tokens is made a multiple of, at least 1
 * @param side where padding is added
 * @param id the id of padding, at least 0
 * @param typeId the type id of padding, at least 0
 */
public record Padding(int length, int multipleOf, Side side, int id, int typeId) {
  /** Checks the ranges. */
  public Padding {
    Objects.requireNonNull(side, "side");
    if (length < 0 || length > Truncation.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "length must be in [0, " + Truncation.MAX_LENGTH + "], got " + length);
    }
    if (multipleOf < 1 || multipleOf > Truncation.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "multipleOf must be in [1, " + Truncation.MAX_LENGTH + "], got " + multipleOf);
    }
    if (id < 0 || typeId < 0) {
      throw new IllegalArgumentException("id and typeId must be >= 0, got " + id + ", " + typeId);
    }
  }

  /** Returns how many tokens there are, where the longest text has so many. */
  int lengthOf(int longest) {
    int wanted = length == 0 ? longest : length;
    return (wanted + multipleOf - 1) / multipleOf * multipleOf;
  }
}
