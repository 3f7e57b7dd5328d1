package io.lanewise.text;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
  /**
   * Their mean, without padding: MiniLM, E5, GTE, and what sentence-transformers does if not told.
   */
  MEAN,
  /** That of the first token, [CLS]: BGE, Snowflake's Arctic. */
  CLS,
  /** The greatest of each number, without padding. */
  MAX
}
