package io.lanewise.tokenizer;

/** Cuts a word into the longest pieces that the vocabulary has, from its beginning on. */
final class WordPiece {
  private final Trie vocabulary;
  private final int unknown;
  private final int maxLength;
  // Where a piece that goes on with a word begins; NONE where the vocabulary has no such piece.
  private final int inside;

  /**
   * Makes it.
   *
   * @param unknown the id of a word that cannot be cut
   * @param prefix what a piece that goes on with a word begins with in the vocabulary
   * @param maxLength the code points that a word has at most; a longer one is unknown
   */
  WordPiece(Trie vocabulary, int unknown, String prefix, int maxLength) {
    this.vocabulary = vocabulary;
    this.unknown = unknown;
    this.maxLength = maxLength;
    this.inside = vocabulary.find(prefix);
  }

  /** Adds the ids of the word that is text[from, to). */
  void cut(String text, int from, int to, Ids ids) {
    // As many code points as that are so many characters or more.
    boolean tooLong = to - from > maxLength && text.codePointCount(from, to) > maxLength;
    int before = ids.size();
    int at = tooLong ? -1 : from;
    while (at >= 0 && at < to) {
      at = piece(text, at, to, at == from ? Trie.ROOT : inside, ids);
    }
    if (at < 0) {
      ids.cutTo(before);
      ids.add(unknown);
    }
  }

  /** Adds the longest piece from there on; returns where it ends, or -1 if there is none. */
  private int piece(String text, int from, int to, int root, Ids ids) {
    int node = root;
    int id = Trie.NONE;
    int end = -1;
    for (int i = from; i < to && node != Trie.NONE; i++) {
      node = vocabulary.next(node, text.charAt(i));
      if (node != Trie.NONE && vocabulary.number(node) != Trie.NONE) {
        id = vocabulary.number(node);
        end = i + 1;
      }
    }
    if (end >= 0) {
      ids.add(id);
    }
    return end;
  }
}
