package io.lanewise.kernel;

/**
 * Which operands of a matrix product are read transposed: the first letter is for A, the second for
 * B. With {@code N} the operand is stored as it is used, with {@code T} its transpose is stored.
 *
 * <p>Stored shapes, row-major: A is (m, k) or transposed (k, m); B is (k, n) or transposed (n, k).
 */
public enum Transpose {
  /** C = A B. */
  NN(false, false),
  /** C = A B', as in dX = dZ W'. */
  NT(false, true),
  /** C = A' B, as in dW = X' dZ. */
  TN(true, false),
  /** C = A' B'. */
  TT(true, true);

  private final boolean a;
  private final boolean b;

  Transpose(boolean a, boolean b) {
    this.a = a;
    this.b = b;
  }

  /** Returns whether A is stored as (k, m). */
  public boolean a() {
    return a;
  }

  /** Returns whether B is stored as (n, k). */
  public boolean b() {
    return b;
  }
}
