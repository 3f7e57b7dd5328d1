/**
 * Texts into tokens: WordPiece, as BERT's family of encoders takes it.
 *
 * <p>Where to begin: {@link io.lanewise.tokenizer.Tokenizer}.
 */
@SuppressWarnings("module") // The module that sees the JSON is built after this one.
module io.lanewise.tokenizer {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.tokenizer;
  exports io.lanewise.tokenizer.json to
      io.lanewise.text;
}
