package io.lanewise.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A loss of {@link Kernels#loss} with its parameters. Immutable. */
public final class LossFunction {
  /**
   * The losses of {@link Kernels#loss}, each as a function of z and the targets y over one row. The
   * gradients are the derivatives of the formulas, for any y.
   */
  public enum Kind {
    /**
     * Softmax and cross-entropy, fused: sum_j y_j (lse(z) - z_j) with lse(z) = ln sum_k e^z_k;
     * gradient softmax(z)_j sum_k y_k - y_j, which is softmax - y where the targets sum to 1.
     */
    SOFTMAX_CROSS_ENTROPY,
    /**
     * Sigmoid and binary cross-entropy, fused: sum_j max(z_j, 0) - z_j y_j + ln(1 + e^-|z_j|);
     * gradient sigmoid(z_j) - y_j.
     *
     * <p>With weights p of the positive parts: sum_j p_j y_j softplus(-z_j) + (1 - y_j)
     * softplus(z_j); gradient (p_j y_j + 1 - y_j) sigmoid(z_j) - p_j y_j.
     */
    SIGMOID_BINARY_CROSS_ENTROPY,
    /** The squared error: sum_j (z_j - y_j)^2; gradient 2 (z_j - y_j). */
    SQUARED_ERROR,
    /** The absolute error: sum_j |z_j - y_j|; gradient its sign, 0 at 0. */
    ABSOLUTE_ERROR,
    /**
     * Huber's loss (Huber 1964), its parameter delta 1 without another: with d = z_j - y_j, the sum
     * of d^2 / 2 where |d| &lt;= delta, and of delta (|d| - delta / 2) elsewhere; gradient d, kept
     * within -delta and delta.
     */
    HUBER(1f),
    /**
     * Cross-entropy of sigmoid outputs: -sum_j y_j ln sigmoid(z_j) = sum_j y_j softplus(-z_j);
     * gradient -y_j sigmoid(-z_j).
     */
    SIGMOID_CROSS_ENTROPY,
    /**
     * Binary cross-entropy of softmax outputs p: -sum_j y_j ln p_j + (1 - y_j) ln(1 - p_j);
     * gradient through the full Jacobian of softmax, with p_j / (1 - p_j) taken from the
     * exponentials so that nothing is divided by a rounded difference.
     */
    SOFTMAX_BINARY_CROSS_ENTROPY;

    private final float parameter;

    Kind() {
      this(Float.NaN);
    }

    Kind(float parameter) {
      this.parameter = parameter;
    }

    /** Returns whether it has a parameter of its own, such as delta. */
    public boolean hasParameter() {
      return !Float.isNaN(parameter);
    }

    /** Returns the parameter without another; NaN if it has none. */
    float parameter() {
      return parameter;
    }

    /**
     * Returns the loss of the row; chosen here, since elsewhere the switch would be a class more.
     */
    float row(ScalarLosses row, boolean weighted) {
      return switch (this) {
        case SOFTMAX_CROSS_ENTROPY -> row.softmaxCrossEntropy();
        case SIGMOID_BINARY_CROSS_ENTROPY ->
            weighted ? row.weightedBinaryCrossEntropy() : row.sigmoidBinaryCrossEntropy();
        case SQUARED_ERROR -> row.squaredError();
        case ABSOLUTE_ERROR -> row.absoluteError();
        case HUBER -> row.huber();
        case SIGMOID_CROSS_ENTROPY -> row.sigmoidCrossEntropy();
        case SOFTMAX_BINARY_CROSS_ENTROPY -> row.softmaxBinaryCrossEntropy();
      };
    }
  }

  private static final LossFunction[] PLAIN = new LossFunction[Kind.values().length];

  static {
    for (Kind kind : Kind.values()) {
      PLAIN[kind.ordinal()] = new LossFunction(kind, kind.parameter(), null);
    }
  }

  private final Kind kind;
  private final float parameter;
  private final float @Nullable [] positiveWeights;

  private LossFunction(Kind kind, float parameter, float @Nullable [] positiveWeights) {
    this.kind = kind;
    this.parameter = parameter;
    this.positiveWeights = positiveWeights;
  }

  /** The loss without weights, its parameter the default. */
  public static LossFunction of(Kind kind) {
    return PLAIN[Objects.requireNonNull(kind, "kind").ordinal()];
  }

  /**
   * The loss with its parameter.
   *
   * @param parameter finite, more than 0
   * @throws IllegalArgumentException also if the loss has none
   */
  public static LossFunction of(Kind kind, float parameter) {
    Objects.requireNonNull(kind, "kind");
    if (!kind.hasParameter()) {
      throw new IllegalArgumentException(kind + " has no parameter, got " + parameter);
    }
    if (!(parameter > 0 && parameter < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("parameter must be finite and > 0, got " + parameter);
    }
    return new LossFunction(kind, parameter, null);
  }

  /**
   * Sigmoid and binary cross-entropy, with a factor of the positive part of each output.
   *
   * @param weights one an output; copied
   */
  public static LossFunction weightedBinary(float[] weights) {
    Objects.requireNonNull(weights, "weights");
    return new LossFunction(Kind.SIGMOID_BINARY_CROSS_ENTROPY, Float.NaN, weights.clone());
  }

  /** Returns which loss. */
  public Kind kind() {
    return kind;
  }

  /** Returns the parameter of the loss, Huber's delta; NaN where it has none. */
  public float parameter() {
    return parameter;
  }

  /** Returns the factors of the positive parts themselves, not to be written; null for none. */
  public float @Nullable [] positiveWeights() {
    return positiveWeights;
  }

  @Override
  public String toString() {
    return kind
        + (kind.hasParameter() ? " of " + parameter : "")
        + (positiveWeights != null ? " with positive weights" : "");
  }
}
