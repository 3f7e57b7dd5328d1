package io.lanewise.kernel;

import java.util.Objects;

/** A loss of {@link Kernels#loss} with its parameters. Immutable. */
public final class LossFunction {
  private static final LossFunction[] PLAIN = new LossFunction[LossKernel.values().length];

  static {
    for (LossKernel kernel : LossKernel.values()) {
      PLAIN[kernel.ordinal()] = new LossFunction(kernel, kernel.parameter(), null);
    }
  }

  private final LossKernel kernel;
  private final float parameter;
  private final float[] positiveWeights;

  private LossFunction(LossKernel kernel, float parameter, float[] positiveWeights) {
    this.kernel = kernel;
    this.parameter = parameter;
    this.positiveWeights = positiveWeights;
  }

  /** The loss without weights, its parameter the default. */
  public static LossFunction of(LossKernel kernel) {
    return PLAIN[Objects.requireNonNull(kernel, "kernel").ordinal()];
  }

  /**
   * The loss with its parameter.
   *
   * @param parameter finite, more than 0
   * @throws IllegalArgumentException also if the loss has none
   */
  public static LossFunction of(LossKernel kernel, float parameter) {
    Objects.requireNonNull(kernel, "kernel");
    if (!kernel.hasParameter()) {
      throw new IllegalArgumentException(kernel + " has no parameter, got " + parameter);
    }
    if (!(parameter > 0 && parameter < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("parameter must be finite and > 0, got " + parameter);
    }
    return new LossFunction(kernel, parameter, null);
  }

  /**
   * Sigmoid and binary cross-entropy, with a factor of the positive part of each output.
   *
   * @param weights one an output; copied
   */
  public static LossFunction weightedBinary(float[] weights) {
    Objects.requireNonNull(weights, "weights");
    return new LossFunction(LossKernel.SIGMOID_BINARY_CROSS_ENTROPY, Float.NaN, weights.clone());
  }

  /** Returns which loss. */
  public LossKernel kernel() {
    return kernel;
  }

  /** Returns the parameter of the loss, Huber's delta; NaN where it has none. */
  public float parameter() {
    return parameter;
  }

  /** Returns the factors of the positive parts themselves, not to be written; null for none. */
  public float[] positiveWeights() {
    return positiveWeights;
  }

  @Override
  public String toString() {
    return kernel
        + (kernel.hasParameter() ? " of " + parameter : "")
        + (positiveWeights != null ? " with positive weights" : "");
  }
}
