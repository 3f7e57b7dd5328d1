package io.lanewise.spark;

/** A value of a row that cannot be: one line, which the driver shows without Spark's words. */
final class RowProblem extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  RowProblem(String message) {
    super(message);
  }

  /**
   * Returns it, where one of the causes is one; else the exception itself, or one with its line.
   */
  static RuntimeException unwrapped(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RowProblem) {
        return new IllegalArgumentException(cause.getMessage(), e);
      }
    }
    String said = String.valueOf(e.getMessage());
    return e instanceof RuntimeException same
        ? same
        : new IllegalStateException(
            "the table could not be read: " + said.lines().findFirst().orElse(said), e);
  }
}
