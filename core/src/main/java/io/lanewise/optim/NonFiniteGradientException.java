package io.lanewise.optim;

/** Says that gradients cannot be clipped by their norm, since one of them is NaN or infinite. */
public final class NonFiniteGradientException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final int index;

  private NonFiniteGradientException(int index, float value) {
    super("gradient " + index + " is " + value + ": there is no norm to clip by");
    this.index = index;
  }

  static NonFiniteGradientException of(float[] gradients) {
    int index = 0;
    while (Float.isFinite(gradients[index])) {
      index++;
    }
    return new NonFiniteGradientException(index, gradients[index]);
  }

  /**
   * Returns the index of the first gradient that is NaN or infinite; its tensor names the layer.
   */
  public int index() {
    return index;
  }
}
