package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.size;

import java.util.Objects;

/**
 * Matrix products with the arguments of BLAS, on row-major {@code float[]}, for those who need no
 * more. Each element of the product is one chain of fused multiply-adds from +0, k ascending, so
 * the result has the same bits on every lane width, number of threads and machine.
 *
 * <p>alpha and beta may be any float, and mean what {@link Fusion#scaled} says: beta = 0 does not
 * read the old contents of the output, alpha = 0 does not read the inputs (which must be there all
 * the same).
 *
 * <p>Both methods throw {@link NullPointerException} with the argument's name for a null, and
 * {@link IllegalArgumentException}, naming the argument, what it got and what it wanted, for a
 * negative size or offset, a leading dimension or increment too small, a window outside its array,
 * or an output that overlaps an input. Nothing is written then.
 *
 * <p>May be shared by threads if its kernels may.
 */
public final class Blas {
  private final Kernels kernels;

  // Calls mostly repeat their factors; then none allocates. A race may make one more of them.
  private Fusion last = Fusion.NONE;

  private Blas(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Returns products on the kernels of this JVM, on the calling thread.
   *
   * @see KernelLookup#best()
   */
  public static Blas best() {
    return new Blas(KernelLookup.best());
  }

  /** Returns products on these kernels, such as those of {@link Threads#kernels}. */
  public static Blas of(Kernels kernels) {
    return new Blas(Objects.requireNonNull(kernels, "kernels"));
  }

  private Fusion scaled(float alpha, float beta) {
    Fusion fusion = last;
    if (Float.compare(fusion.alpha(), alpha) != 0 || Float.compare(fusion.beta(), beta) != 0) {
      fusion = Fusion.scaled(alpha, beta);
      last = fusion;
    }
    return fusion;
  }

  /**
   * C = alpha op(A) op(B) + beta C: with t the chain of an element, c = fma(alpha, t, beta * c). If
   * m or n is 0, nothing is written; if k is 0, C = beta C.
   *
   * @param form which of A and B are stored transposed
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   * @param a (m, k), or (k, m) where transposed
   * @param b (k, n), or (n, k) where transposed
   * @param c (m, n)
   */
  public void sgemm(
      Form form,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float beta,
      float[] c,
      int cOff,
      int ldc) {
    Fusion fusion = scaled(alpha, beta);
    kernels.matmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
  }

  /**
   * y = alpha op(A) x + beta y: with t the chain of an element, y = fma(alpha, t, beta * y). If m
   * or n is 0, nothing is written.
   *
   * @param transA whether op(A) is A', which has n rows
   * @param m rows of A
   * @param n columns of A
   * @param a (m, n), transposed or not
   * @param x n elements, m where transposed: element p is {@code x[xOff + p incX]}
   * @param incX at least 1: what BLAS reads from a negative one, backward, is refused
   * @param y m elements, n where transposed
   * @param incY at least 1
   */
  public void sgemv(
      boolean transA,
      int m,
      int n,
      float alpha,
      float[] a,
      int aOff,
      int lda,
      float[] x,
      int xOff,
      int incX,
      float beta,
      float[] y,
      int yOff,
      int incY) {
    size("m", m);
    size("n", n);
    increment("incX", incX);
    increment("incY", incY);
    int rows = transA ? n : m;
    int k = transA ? m : n;
    matrix("a", a, aOff, lda, m, n);
    // A vector is a matrix of one column.
    matrix("x", x, xOff, incX, k, 1);
    matrix("y", y, yOff, incY, rows, 1);
    disjoint("y", y, yOff, incY, rows, 1, "a", a, aOff, lda, m, n);
    disjoint("y", y, yOff, incY, rows, 1, "x", x, xOff, incX, k, 1);
    if (m != 0 && n != 0) {
      Form form = transA ? Form.TN : Form.NN;
      Fusion fusion = scaled(alpha, beta);
      kernels.doMatmul(form, rows, 1, k, a, aOff, lda, x, xOff, incX, y, yOff, incY, fusion);
    }
  }

  private static void increment(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
  }
}
