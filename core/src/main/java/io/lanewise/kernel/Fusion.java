package io.lanewise.kernel;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a matrix product does to each element besides the product: where its chain starts, and what
 * is applied when it ends. A value, made once and reused: it holds references to the arrays, not
 * copies, and reads them at each product.
 *
 * <p>The chain of c[i,j] starts from +0 (the old C is not read), from bias[j], or from the old
 * c[i,j]. When it ends, either nothing, c = f(c), c = c * f'(saved[i,j]), or the scaling of {@link
 * #scaled} follows.
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
      new Fusion(Start.ZERO, null, 0, Activation.IDENTITY, null, null, 0, 0, 1f, 0f);

  /** Adds to what C holds, nothing follows. */
  public static final Fusion ACCUMULATE =
      new Fusion(Start.ACCUMULATE, null, 0, Activation.IDENTITY, null, null, 0, 0, 1f, 0f);

  private final Start start;
  private final float[] bias;
  private final int biasOff;
  private final Activation activation;
  private final Activation derivative;
  private final float[] saved;
  private final int savedOff;
  private final int ldSaved;
  private final float alpha;
  private final float beta;

  // What at() gave before: a product is cut in the same places at each step, and a step allocates
  // nothing. A part that is lost to a race is made again.
  private static final int MOST_PARTS = 256;
  private volatile Fusion[] parts = {};

  private Fusion(
      Start start,
      float[] bias,
      int biasOff,
      Activation activation,
      Activation derivative,
      float[] saved,
      int savedOff,
      int ldSaved,
      float alpha,
      float beta) {
    this.start = start;
    this.bias = bias;
    this.biasOff = biasOff;
    this.activation = activation;
    this.derivative = derivative;
    this.saved = saved;
    this.savedOff = savedOff;
    this.ldSaved = ldSaved;
    this.alpha = alpha;
    this.beta = beta;
  }

  /** Starts each chain of column j from bias[biasOff + j]. */
  public static Fusion bias(float[] bias, int biasOff) {
    Objects.requireNonNull(bias, "bias");
    return new Fusion(Start.BIAS, bias, biasOff, Activation.IDENTITY, null, null, 0, 0, 1f, 0f);
  }

  /**
   * The product of BLAS: with t[i,j] the chain from +0, c = fma(alpha, t, beta * c), where beta * c
   * is rounded first. In four cases less is done, so that nothing is read in vain:
   *
   * <ul>
   *   <li>beta = 0: the old C is not read, c = alpha * t, rounded once.
   *   <li>alpha = 0, or k = 0: A and B are not read, c = beta * c.
   *   <li>both: c = +0.
   *   <li>alpha = 1 and beta = 0: the plain product, {@link #NONE}.
   * </ul>
   *
   * <p>A zero of either sign is 0 here; NaN and infinities are values like any other. Nothing else
   * can follow.
   */
  public static Fusion scaled(float alpha, float beta) {
    return alpha == 1f && beta == 0f
        ? NONE
        : new Fusion(Start.ZERO, null, 0, Activation.IDENTITY, null, null, 0, 0, alpha, beta);
  }

  /**
   * Returns this start, followed by c = f(c).
   *
   * @param f an elementwise activation
   * @throws IllegalArgumentException if f is softmax, or if this is scaled
   */
  public Fusion activation(Activation f) {
    requireFusible(f, "activation");
    return new Fusion(start, bias, biasOff, f, null, null, 0, 0, 1f, 0f);
  }

  /**
   * Returns this start, followed by c[i,j] = c[i,j] * f'(saved[savedOff + i ldSaved + j]).
   *
   * @param f an elementwise activation
   * @param saved its outputs, or its inputs where {@link Activation#savesInput()}; shape (m, n)
   * @throws IllegalArgumentException if f is softmax, or if this is scaled
   */
  public Fusion derivative(Activation f, float[] saved, int savedOff, int ldSaved) {
    requireFusible(f, "derivative");
    Objects.requireNonNull(saved, "saved");
    return new Fusion(
        start, bias, biasOff, Activation.IDENTITY, f, saved, savedOff, ldSaved, 1f, 0f);
  }

  private void requireFusible(Activation f, String name) {
    if (!Objects.requireNonNull(f, name).elementwise()) {
      throw new IllegalArgumentException(name + ": softmax is not elementwise; it cannot be fused");
    }
    if (isScaled()) {
      throw new IllegalArgumentException(name + ": cannot follow the scaling by alpha and beta");
    }
  }

  /**
   * Returns the same fusion for the part of C that begins at row i and column j: what a kernel that
   * cuts a product into parts gives to each part.
   */
  public Fusion at(int i, int j) {
    boolean moves = (start == Start.BIAS && j != 0) || (derivative != null && (i | j) != 0);
    if (!moves) {
      return this;
    }
    int newBiasOff = biasOff + j;
    int newSavedOff = savedOff + i * ldSaved + j;
    Fusion[] known = parts;
    for (Fusion part : known) {
      if (part.biasOff == newBiasOff && part.savedOff == newSavedOff) {
        return part;
      }
    }
    Fusion part =
        new Fusion(
            start,
            bias,
            newBiasOff,
            activation,
            derivative,
            saved,
            newSavedOff,
            ldSaved,
            alpha,
            beta);
    int kept = known.length < MOST_PARTS ? known.length : 0;
    Fusion[] more = Arrays.copyOf(known, kept + 1);
    more[kept] = part;
    parts = more;
    return part;
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

  /** Returns whether alpha and beta do something: alpha is not 1, or beta not 0. */
  public boolean isScaled() {
    return alpha != 1f || beta != 0f;
  }

  /** Returns the factor of the chain, 1 if it is not scaled. */
  public float alpha() {
    return alpha;
  }

  /** Returns the factor of the old C, 0 if it is not scaled. */
  public float beta() {
    return beta;
  }
}
