package io.lanewise.tokenizer;

import java.util.Arrays;

/** The tokens of a text, or of a pair of texts, as a model takes them. */
public final class Encoding {
  private final int[] ids;
  private final int[] typeIds;
  private final int[] attentionMask;

  Encoding(int[] ids, int[] typeIds, int[] attentionMask) {
    this.ids = ids;
    this.typeIds = typeIds;
    this.attentionMask = attentionMask;
  }

  /** Returns how many tokens it has, special ones and padding among them. */
  public int length() {
    return ids.length;
  }

  /** Returns a copy of the ids of the tokens, a model's {@code input_ids}. */
  public int[] ids() {
    return ids.clone();
  }

  /** Returns a copy of what says of which text each token is, a model's {@code token_type_ids}. */
  public int[] typeIds() {
    return typeIds.clone();
  }

  /** Returns a copy of the mask: 1 for a token, 0 for padding. */
  public int[] attentionMask() {
    return attentionMask.clone();
  }

  /** Adds padding until it has so many tokens. */
  Encoding padded(int length, Padding padding) {
    int more = length - ids.length;
    if (more <= 0) {
      return this;
    }
    boolean left = padding.side() == Side.LEFT;
    return new Encoding(
        pad(ids, more, padding.id(), left),
        pad(typeIds, more, padding.typeId(), left),
        pad(attentionMask, more, 0, left));
  }

  private static int[] pad(int[] values, int more, int value, boolean left) {
    int length = values.length + more;
    int[] padded = new int[length];
    System.arraycopy(values, 0, padded, left ? more : 0, values.length);
    Arrays.fill(padded, left ? 0 : values.length, left ? more : length, value);
    return padded;
  }

  /** Returns how many tokens it has and the ids of the first ones. */
  @Override
  public String toString() {
    int shown = Math.min(16, ids.length);
    String first = Arrays.toString(Arrays.copyOf(ids, shown));
    return ids.length
        + " tokens "
        + (shown == ids.length ? first : first.substring(0, first.length() - 1) + ", ...]");
  }
}
