package io.lanewise.kernel;

/**
 * Which words of {@link Kernels#dropout} drop their element, and what becomes of an element: y =
 * fma(x, scale, shift) where it is kept, {@code dropped} where it is not.
 *
 * @param threshold an element is dropped if its word, as a signed int, is less
 * @param scale the factor of what is kept
 * @param shift what is added to it; -0 adds nothing, and leaves a -0 as it is
 * @param dropped the value of what is not kept
 */
public record DropoutMask(int threshold, float scale, float shift, float dropped) {
  // -lambda alpha of SELU: what it tends to for ever smaller arguments.
  private static final double ALPHA_PRIME = -1.0507009873554805 * 1.6732632423543772;

  /**
   * Dropout (Srivastava et al. 2014): y = x / (1 - rate) or 0, so that the mean stays.
   *
   * @param rate the part that is dropped, in [0, 1); 2^-32 finer than that is cut off
   */
  public static DropoutMask plain(double rate) {
    int threshold = threshold(rate);
    return new DropoutMask(threshold, (float) (1 / (1 - rate)), -0f, 0f);
  }

  /**
   * Alpha dropout (Klambauer et al. 2017, "Self-normalizing neural networks"): what is dropped
   * becomes alpha' = -lambda alpha of SELU; then y = a x + b, with a = 1 / sqrt((1 - rate) (1 +
   * rate alpha'^2)) and b = -a rate alpha', keeps mean 0 and variance 1. In double, each result
   * rounded once.
   *
   * @param rate the part that is dropped, in [0, 1)
   */
  public static DropoutMask alpha(double rate) {
    int threshold = threshold(rate);
    double a = 1 / Math.sqrt((1 - rate) * (1 + rate * ALPHA_PRIME * ALPHA_PRIME));
    double b = -a * rate * ALPHA_PRIME;
    return new DropoutMask(threshold, (float) a, (float) b, (float) (a * ALPHA_PRIME + b));
  }

  /**
   * The stream of {@link Kernels#dropout} for a layer in a step of a training: no two have the
   * same.
   *
   * @param step in [0, 2^47)
   * @param layer in [0, 2^16)
   */
  public static long stream(long step, int layer) {
    if (step < 0 || step >= 1L << 47) {
      throw new IllegalArgumentException("step must be in 0..2^47 - 1, got " + step);
    }
    if (layer < 0 || layer >= 1 << 16) {
      throw new IllegalArgumentException("layer must be in 0..65535, got " + layer);
    }
    return step << 16 | layer;
  }

  /** Returns the same mask for the gradient: dx = dy scale where kept, 0 where dropped. */
  public DropoutMask backward() {
    return new DropoutMask(threshold, scale, -0f, 0f);
  }

  /** All words but a part of {@code rate}, counted from the least int. */
  private static int threshold(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must be in [0, 1), got " + rate);
    }
    return (int) ((long) (rate * 0x1p32) + Integer.MIN_VALUE);
  }
}
