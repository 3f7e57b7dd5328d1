package io.lanewise.kernel;

/**
 * The losses of {@link Kernels#loss}, each as a function of z and the targets y over one row. The
 * gradients are the derivatives of the formulas, for any y.
 */
public enum LossKernel {
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
   * Binary cross-entropy of softmax outputs p: -sum_j y_j ln p_j + (1 - y_j) ln(1 - p_j); gradient
   * through the full Jacobian of softmax, with p_j / (1 - p_j) taken from the exponentials so that
   * nothing is divided by a rounded difference.
   */
  SOFTMAX_BINARY_CROSS_ENTROPY;

  private final float parameter;

  LossKernel() {
    this(Float.NaN);
  }

  LossKernel(float parameter) {
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
}
