/**
 * Texts into tokens: WordPiece, as BERT's family of encoders takes it.
 *
 * <p>Where to begin: {@link io.lanewise.tokenizer.Tokenizer}.
 */
module io.lanewise.tokenizer {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.tokenizer;
}
