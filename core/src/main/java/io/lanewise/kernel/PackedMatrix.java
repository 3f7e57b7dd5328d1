package io.lanewise.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of a product in the order in which the kernels that packed it read it, made by
 * {@link Kernels#pack}. Its elements do not change: for any number of products and threads at once.
 *
 * <p>Products read the columns forwards and backwards in turn, so that one begins with what the one
 * before it left in the caches. No bit depends on that.
 */
public class PackedMatrix {
  private final Kernels packer;
  private final int k;
  private final int n;
  private final float[] elements;
  private final int fewestRows;
  private final boolean finite;
  // Of the scalar kernels alone, as PlainProduct wants them.
  final float @Nullable [][] rows;
  boolean ofIntegers;
  private boolean backwards;

  /**
   * For implementations of {@link Kernels}.
   *
   * @param packer what alone knows the order of the elements
   * @param k rows
   * @param n columns
   * @param elements kept, not copied
   * @param fewestRows from how many rows of A on a product is as fast as with the matrix as it lies
   */
  public PackedMatrix(Kernels packer, int k, int n, float[] elements, int fewestRows) {
    this(packer, k, n, elements, fewestRows, finite(elements), null);
  }

  PackedMatrix(
      Kernels packer,
      int k,
      int n,
      float[] elements,
      int fewestRows,
      boolean finite,
      float @Nullable [][] rows) {
    this.packer = Objects.requireNonNull(packer, "packer");
    this.k = k;
    this.n = n;
    this.elements = elements;
    this.fewestRows = fewestRows;
    this.finite = finite;
    this.rows = rows;
  }

  // Runs once, before it is compiled: half the time of a call for each element.
  static boolean finite(float[] elements) {
    float zero = 0f;
    for (float x : Objects.requireNonNull(elements, "elements")) {
      zero += x * 0f;
    }
    return zero == 0f;
  }

  /** Returns whether any product of 8 bits by it is exact. */
  static boolean isExact(Matrix b) {
    for (int j = 0; j < b.columns(); j++) {
      float sum = 0f;
      for (int p = 0; p < b.rows(); p++) {
        float x = b.array()[b.at(p) + j];
        sum += x == (int) x ? Math.abs(x) : Float.NaN;
      }
      if (!(sum <= 1 << 17)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether all are integers of 8 bits, with a sign. */
  static boolean isOfBytes(Matrix a) {
    int outside = 0;
    for (int i = 0; i < a.rows(); i++) {
      int at = a.at(i);
      for (int p = at; p < at + a.columns(); p++) {
        float x = a.array()[p];
        outside |= x == (byte) x ? 0 : 1;
      }
    }
    return outside == 0;
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

  /** Returns from how many rows of A on a product is as fast as with the matrix as it lies. */
  public int fewestRows() {
    return fewestRows;
  }

  /** Returns whether no element is infinite or NaN. */
  public boolean isFinite() {
    return finite;
  }

  /**
   * Returns the same matrix, of the same elements, for one thread: threads that share one take each
   * other's turns to read it backwards.
   */
  public PackedMatrix withTurnsOfItsOwn() {
    return new PackedMatrix(packer, k, n, elements, fewestRows, finite, rows);
  }

  /** Returns whether the product at hand begins with the last columns: a hint. */
  public boolean backwards() {
    return backwards;
  }

  @Override
  public String toString() {
    return Check.shape(k, n) + " packed by " + packer.describe();
  }

  // Threads that share a matrix may get in each other's way here, which costs nothing but the gain.
  void turn() {
    backwards = !backwards;
  }
}
