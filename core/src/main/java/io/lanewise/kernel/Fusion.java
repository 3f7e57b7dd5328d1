package io.lanewise.kernel;

import java.util.Objects;

/**
 * What a matrix product does to each element besides the product: where its chain starts, and what
 * is applied when it ends. A value, made once and reused: it holds references to the arrays, not
 * copies, and reads them at each product.
 *
 * <p>The chain of c[i,j] starts from +0 (the old C is not read), from bias[j], or from the old
 * c[i,j]. When it ends, either nothing, c = f(c), or c = c * f'(saved[i,j]) follows.
 */
public final class Fusion {
  /** Where each chain starts. */
  public enum Start {
    /** From +0; the old contents of C are not read. */
    ZERO,
    /** From bias[j], the same for every row. */
    BIAS,
    /** From the old c[i,j]. */
    ACCUMULATE
  }

  /** Only the product: starts from zero, nothing follows. */
  public static final Fusion NONE =
      new Fusion(Start.ZERO, null, 0, Activation.IDENTITY, null, null, 0, 0);

  /** Adds to what C holds, nothing follows. */
  public static final Fusion ACCUMULATE =
      new Fusion(Start.ACCUMULATE, null, 0, Activation.IDENTITY, null, null, 0, 0);

  private final Start start;
  private final float[] bias;
  private final int biasOff;
  private final Activation activation;
  private final Activation derivative;
  private final float[] saved;
  private final int savedOff;
  private final int ldSaved;

  private Fusion(
      Start start,
      float[] bias,
      int biasOff,
      Activation activation,
      Activation derivative,
      float[] saved,
      int savedOff,
      int ldSaved) {
    this.start = start;
    this.bias = bias;
    this.biasOff = biasOff;
    this.activation = activation;
    this.derivative = derivative;
    this.saved = saved;
    this.savedOff = savedOff;
    this.ldSaved = ldSaved;
  }

  /** Starts each chain of column j from bias[biasOff + j]. */
  public static Fusion bias(float[] bias, int biasOff) {
    Objects.requireNonNull(bias, "bias");
    return new Fusion(Start.BIAS, bias, biasOff, Activation.IDENTITY, null, null, 0, 0);
  }

  /**
   * Returns this start, followed by c = f(c).
   *
   * @param f an elementwise activation
   * @throws IllegalArgumentException if f is softmax
   */
  public Fusion activation(Activation f) {
    requireElementwise(f, "activation");
    return new Fusion(start, bias, biasOff, f, null, null, 0, 0);
  }

  /**
   * Returns this start, followed by c[i,j] = c[i,j] * f'(saved[savedOff + i ldSaved + j]).
   *
   * @param f an elementwise activation
   * @param saved its outputs, or its inputs where {@link Activation#savesInput()}; shape (m, n)
   * @throws IllegalArgumentException if f is softmax
   */
  public Fusion derivative(Activation f, float[] saved, int savedOff, int ldSaved) {
    requireElementwise(f, "derivative");
    Objects.requireNonNull(saved, "saved");
    return new Fusion(start, bias, biasOff, Activation.IDENTITY, f, saved, savedOff, ldSaved);
  }

  private static void requireElementwise(Activation f, String name) {
    if (!Objects.requireNonNull(f, name).elementwise()) {
      throw new IllegalArgumentException(name + ": softmax is not elementwise; it cannot be fused");
    }
  }

  /**
   * Returns the same fusion for the part of C that begins at row i and column j: what a kernel that
   * cuts a product into parts gives to each part.
   */
  public Fusion at(int i, int j) {
    boolean moves = (start == Start.BIAS && j != 0) || (derivative != null && (i | j) != 0);
    return moves
        ? new Fusion(
            start,
            bias,
            biasOff + j,
            activation,
            derivative,
            saved,
            savedOff + i * ldSaved + j,
            ldSaved)
        : this;
  }

  /** Returns where each chain starts. */
  public Start start() {
    return start;
  }

  /** Returns the array of the bias, or null. */
  public float[] biasArray() {
    return bias;
  }

  /** Returns the index of the first bias. */
  public int biasOff() {
    return biasOff;
  }

  /** Returns f of c = f(c), {@link Activation#IDENTITY} if nothing follows. */
  public Activation activation() {
    return activation;
  }

  /** Returns f of c = c f'(saved), or null. */
  public Activation derivative() {
    return derivative;
  }

  /** Returns the array that the derivative is computed from, or null. */
  public float[] saved() {
    return saved;
  }

  /** Returns the index of the first saved element. */
  public int savedOff() {
    return savedOff;
  }

  /** Returns the leading dimension of saved. */
  public int ldSaved() {
    return ldSaved;
  }
}
