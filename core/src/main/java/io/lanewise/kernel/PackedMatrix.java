package io.lanewise.kernel;

import java.util.Objects;

/**
 * The right operand of a product in the order in which the kernels that packed it read it, made by
 * {@link Kernels#pack}. Immutable: for any number of products and threads at once.
 */
public final class PackedMatrix {
  private final Kernels packer;
  private final int k;
  private final int n;
  private final float[] elements;

  /**
   * For implementations of {@link Kernels}.
   *
   * @param packer what alone knows the order of the elements
   * @param k rows
   * @param n columns
   * @param elements kept, not copied
   */
  public PackedMatrix(Kernels packer, int k, int n, float[] elements) {
    this.packer = Objects.requireNonNull(packer, "packer");
    this.k = k;
    this.n = n;
    this.elements = Objects.requireNonNull(elements, "elements");
  }

  /** Returns the kernels that packed it. */
  public Kernels packer() {
    return packer;
  }

  /** Returns the number of rows. */
  public int k() {
    return k;
  }

  /** Returns the number of columns. */
  public int n() {
    return n;
  }

  /** Returns the elements themselves, in an order that the packer knows: for it to read. */
  public float[] elements() {
    return elements;
  }
}
