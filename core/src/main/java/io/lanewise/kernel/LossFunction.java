package io.lanewise.kernel;

import java.util.Objects;

/** A loss of {@link Kernels#loss} with its parameters. Immutable. */
public final class LossFunction {
  private static final LossFunction[] PLAIN = new LossFunction[LossKernel.values().length];

  static {
    for (LossKernel kernel : LossKernel.values()) {
      PLAIN[kernel.ordinal()] = new LossFunction(kernel, 1f, null);
    }
  }

  private final LossKernel kernel;
  private final float delta;
  private final float[] positiveWeights;

  private LossFunction(LossKernel kernel, float delta, float[] positiveWeights) {
    this.kernel = kernel;
    this.delta = delta;
    this.positiveWeights = positiveWeights;
  }

  /** The loss without weights, Huber's with a delta of 1. */
  public static LossFunction of(LossKernel kernel) {
    return PLAIN[Objects.requireNonNull(kernel, "kernel").ordinal()];
  }

  /**
   * Huber's loss.
   *
   * @param delta finite, more than 0
   */
  public static LossFunction huber(float delta) {
    if (!(delta > 0 && delta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("delta must be finite and > 0, got " + delta);
    }
    return new LossFunction(LossKernel.HUBER, delta, null);
  }

  /**
   * Sigmoid and binary cross-entropy, with a factor of the positive part of each output.
   *
   * @param weights one an output; copied
   */
  public static LossFunction weightedBinary(float[] weights) {
    Objects.requireNonNull(weights, "weights");
    return new LossFunction(LossKernel.SIGMOID_BINARY_CROSS_ENTROPY, 1f, weights.clone());
  }

  /** Returns which loss. */
  public LossKernel kernel() {
    return kernel;
  }

  /** Returns Huber's delta. */
  public float delta() {
    return delta;
  }

  /** Returns the factors of the positive parts themselves, not to be written; null for none. */
  public float[] positiveWeights() {
    return positiveWeights;
  }

  @Override
  public String toString() {
    return kernel
        + (kernel == LossKernel.HUBER ? " delta=" + delta : "")
        + (positiveWeights != null ? " with positive weights" : "");
  }
}
