package io.lanewise.tokenizer;

import java.util.List;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that are found in a text as they are, the leftmost one first, and of those that begin
 * there the longest. What they leave is handed on as it is.
 */
final class AddedTokens {
  /** The characters that one of them has at most. */
  static final int MAX_LENGTH = 1000;

  /**
   * One of them.
   *
   * @param content what is looked for
   * @param singleWord whether it is one only where no word goes on before or after it
   * @param leftStrip whether it takes the white space before it
   * @param rightStrip whether it takes the white space after it
   */
  record Token(String content, int id, boolean singleWord, boolean leftStrip, boolean rightStrip) {}

  private final List<Token> tokens;
  private final Trie contents = new Trie();

  /** Makes it of tokens with different contents. */
  AddedTokens(List<Token> tokens) {
    this.tokens = List.copyOf(tokens);
    for (int i = 0; i < tokens.size(); i++) {
      contents.add(tokens.get(i).content(), i);
    }
  }

  /**
   * Splits a text.
   *
   * @param parts takes the parts from the left: the text between two tokens and -1, or a token's
   *     content and its id
   */
  void split(String text, ObjIntConsumer<String> parts) {
    int done = 0;
    int at = tokens.isEmpty() ? text.length() : 0;
    while (at < text.length()) {
      Token token = longest(text, at);
      if (token == null) {
        at++;
        continue;
      }
      int start = at;
      int end = at + token.content().length();
      at = end;
      if (token.singleWord() && !isSingle(text, start, end)) {
        continue;
      }
      while (token.leftStrip() && start > done && isSpace(text.charAt(start - 1))) {
        start--;
      }
      while (token.rightStrip() && end < text.length() && isSpace(text.charAt(end))) {
        end++;
      }
      if (done < start) {
        parts.accept(text.substring(done, start), -1);
      }
      parts.accept(token.content(), token.id());
      done = end;
    }
    if (done < text.length()) {
      parts.accept(done == 0 ? text : text.substring(done), -1);
    }
  }

  private @Nullable Token longest(String text, int from) {
    int node = Trie.ROOT;
    Token longest = null;
    for (int i = from; i < text.length() && node != Trie.NONE; i++) {
      node = contents.next(node, text.charAt(i));
      if (node != Trie.NONE && contents.number(node) != Trie.NONE) {
        longest = tokens.get(contents.number(node));
      }
    }
    return longest;
  }

  private static boolean isSingle(String text, int start, int end) {
    return (start == 0 || !Characters.isWord(text.codePointBefore(start)))
        && (end == text.length() || !Characters.isWord(text.codePointAt(end)));
  }

  /** All white space is of one character. */
  private static boolean isSpace(char c) {
    return Characters.is(c, Characters.SPACE);
  }
}
