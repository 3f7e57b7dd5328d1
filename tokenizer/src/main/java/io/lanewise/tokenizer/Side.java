package io.lanewise.tokenizer;

/** An end of the tokens: where padding is added, or what does not fit is cut off. */
public enum Side {
  /** Where the text begins. */
  LEFT,
  /** Where the text ends. */
  RIGHT
}
