package io.lanewise.data;

/**
 * The one exception for a row of values that a model cannot take: one clear line with the column,
 * what was got and what is wanted.
 */
public final class RowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String column;

  RowException(String column, String message) {
    super(message);
    this.column = column;
  }

  /** Returns the name of the column, or its number from 1; empty if it is about the whole row. */
  public String column() {
    return column;
  }
}
