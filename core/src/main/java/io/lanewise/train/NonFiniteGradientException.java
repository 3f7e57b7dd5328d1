package io.lanewise.train;

/** Says that the norm of the gradients cannot be taken, as one of them is NaN or infinite. */
public final class NonFiniteGradientException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final int index;

  /**
   * Makes it.
   *
   * @param index of the first gradient that is NaN or infinite
   * @param value what it is
   */
  public NonFiniteGradientException(int index, float value) {
    super("the gradient of parameter " + index + " is " + value + ": cannot clip by the norm");
    this.index = index;
  }

  /** Returns the index of the first gradient that is NaN or infinite. */
  public int index() {
    return index;
  }
}
