/**
 * Texts into vectors: sentence embeddings.
 *
 * <p>Where to begin: {@link io.lanewise.text.TextEncoder}.
 */
module io.lanewise.text {
  requires transitive io.lanewise.core;
  requires transitive io.lanewise.onnx;
  requires transitive io.lanewise.tokenizer;
  requires static org.jspecify;

  exports io.lanewise.text;
}
