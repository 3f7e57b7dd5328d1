package io.lanewise.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a matrix product does to each element besides the product: where its chain starts, and what
 * is applied when it ends. A value; the arrays it speaks of are operands of the product.
 *
 * <p>The chain of c[i,j] starts from +0 (the old C is not read), from bias[j], or from the old
 * c[i,j]. When it ends, either nothing, c = f(c), c = c * f'(saved[i,j]), or the scaling of {@link
 * #scaled} follows.
 *
 * @param start where each chain starts
 * @param activation f of c = f(c); the identity if nothing follows
 * @param derivative f of c = c f'(saved), or null
 * @param alpha the factor of the chain, 1 if it is not scaled
 * @param beta the factor of the old C, 0 if it is not scaled
 */
public record Epilogue(
    Start start, Activation activation, @Nullable Activation derivative, float alpha, float beta) {
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
  public static final Epilogue NONE = starting(Start.ZERO);

  /** Starts from the bias, nothing follows. */
  public static final Epilogue BIAS = starting(Start.BIAS);

  /** Adds to what C holds, nothing follows. */
  public static final Epilogue ACCUMULATE = starting(Start.ACCUMULATE);

  /**
   * Checks that what follows can.
   *
   * @throws IllegalArgumentException if an activation is not elementwise, or if more than one thing
   *     follows
   */
  public Epilogue {
    Objects.requireNonNull(start, "start");
    requireElementwise("activation", activation);
    if (derivative != null) {
      requireElementwise("derivative", derivative);
    }
    boolean activated = activation != Activation.IDENTITY;
    if (activated && derivative != null) {
      throw new IllegalArgumentException("derivative: cannot follow an activation");
    }
    boolean scaled = alpha != 1f || beta != 0f;
    if (scaled && (activated || derivative != null || start != Start.ZERO)) {
      throw new IllegalArgumentException(
          "alpha and beta: a product that is scaled starts from zero, and nothing else follows");
    }
  }

  private static void requireElementwise(String name, Activation f) {
    if (!Objects.requireNonNull(f, name).elementwise()) {
      throw new IllegalArgumentException(
          name + ": " + f + " is not elementwise; it cannot be fused");
    }
  }

  private static Epilogue starting(Start start) {
    return new Epilogue(start, Activation.IDENTITY, null, 1f, 0f);
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
  public static Epilogue scaled(float alpha, float beta) {
    return alpha == 1f && beta == 0f
        ? NONE
        : new Epilogue(Start.ZERO, Activation.IDENTITY, null, alpha, beta);
  }

  /** Returns this start, followed by c = f(c), f being elementwise. */
  public Epilogue activation(Activation f) {
    return new Epilogue(start, f, null, alpha, beta);
  }

  /**
   * Returns this start, followed by c[i,j] = c[i,j] * f'(saved[i,j]), f being elementwise; saved
   * are its outputs, or its inputs where {@link Activation#savesInput()}.
   */
  public Epilogue derivative(Activation f) {
    Objects.requireNonNull(f, "derivative");
    return new Epilogue(start, Activation.IDENTITY, f, alpha, beta);
  }

  /** Returns whether alpha and beta do something: alpha is not 1, or beta not 0. */
  public boolean isScaled() {
    return alpha != 1f || beta != 0f;
  }
}
