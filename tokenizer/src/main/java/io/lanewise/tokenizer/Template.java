package io.lanewise.tokenizer;

import io.lanewise.tokenizer.Tokenizer.Encoding;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands around the tokens of a text, such as [CLS] A [SEP].
 *
 * @param single for a text
 * @param pair for two of them
 */
record Template(List<Piece> single, List<Piece> pair) {
  /** None but the texts, one after the other. */
  static final Template NONE =
      new Template(
          List.of(new Piece(0, new int[0], 0)),
          List.of(new Piece(0, new int[0], 0), new Piece(1, new int[0], 1)));

  /**
   * A text, or special tokens.
   *
   * @param text 0 for the first text, 1 for the second, -1 for special tokens
   * @param ids those of the special tokens
   * @param typeId the type id of all of them
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Piece(int text, int[] ids, int typeId) {}

  /** Returns how many special tokens there are. */
  int specials(boolean isPair) {
    return (isPair ? pair : single).stream().mapToInt(piece -> piece.ids.length).sum();
  }

  Encoding encode(int[] first, int @Nullable [] second) {
    List<Piece> pieces = second == null ? single : pair;
    int length = first.length + (second == null ? 0 : second.length) + specials(second != null);
    int[] ids = new int[length];
    int[] typeIds = new int[length];
    int at = 0;
    for (Piece piece : pieces) {
      int[] from = piece.text == 0 ? first : piece.text == 1 && second != null ? second : piece.ids;
      System.arraycopy(from, 0, ids, at, from.length);
      Arrays.fill(typeIds, at, at + from.length, piece.typeId);
      at += from.length;
    }
    int[] mask = new int[length];
    Arrays.fill(mask, 1);
    return new Encoding(ids, typeIds, mask);
  }
}
