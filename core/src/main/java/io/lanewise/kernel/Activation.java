package io.lanewise.kernel;

/**
 * The activation functions, f in A = f(Z), with their derivatives.
 *
 * <p>All but {@link #SOFTMAX} work on each element alone. The derivative is computed from one saved
 * value an element: the output a = f(z) where that determines f'(z), the input z otherwise ({@link
 * #savesInput()}).
 */
public enum Activation {
  /** f(z) = z. */
  IDENTITY(false),
  /** f(z) = max(0, z); f'(0) = 0; NaN stays NaN. */
  RELU(false),
  /** f(z) = z for z &gt; 0, else 0.01 z (Maas et al. 2013). */
  LEAKY_RELU(false),
  /** f(z) = z for z &gt; 0, else e^z - 1 (Clevert et al. 2016, alpha = 1). */
  ELU(false),
  /**
   * f(z) = lambda z for z &gt; 0, else lambda alpha (e^z - 1), lambda = 1.0507009873554805, alpha =
   * 1.6732632423543772 (Klambauer et al. 2017).
   */
  SELU(false),
  /** f(z) = 1 / (1 + e^-z). */
  SIGMOID(false),
  /** f(z) = tanh(z). */
  TANH(false),
  /** f(z) = ln(1 + e^z) (Dugas et al. 2001). */
  SOFTPLUS(false),
  /** f(z) = z sigmoid(z), also called swish (Elfwing et al. 2018). */
  SILU(true),
  /** f(z) = z/2 (1 + erf(z / sqrt 2)) (Hendrycks and Gimpel 2016). */
  GELU(true),
  /** f(z) = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) (Hendrycks and Gimpel 2016). */
  GELU_TANH(true),
  /** f(z)_j = e^z_j / sum_k e^z_k over a row. The only one that is not elementwise. */
  SOFTMAX(false);

  private final boolean savesInput;

  Activation(boolean savesInput) {
    this.savesInput = savesInput;
  }

  /** Returns whether the derivative is computed from z; otherwise it is computed from a = f(z). */
  public boolean savesInput() {
    return savesInput;
  }

  /** Returns whether f works on each element alone: all but softmax. */
  public boolean elementwise() {
    return this != SOFTMAX;
  }
}
