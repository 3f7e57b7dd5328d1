package io.lanewise.kernel;

import static io.lanewise.kernel.Check.apart;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.size;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Matrix products with the arguments of BLAS, on row-major {@code float[]}, for those who need no
 * more. Each element of the product is one chain of fused multiply-adds from +0, k ascending, so
 * the result has the same bits on every lane width, number of threads and machine.
 *
 * <p>alpha and beta may be any float, and mean what {@link Epilogue#scaled} says: beta = 0 does not
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
  private Epilogue last = Epilogue.NONE;

  // The windows of a call; one that comes while another runs makes its own.
  private final AtomicReference<Operands> spare = new AtomicReference<>();

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

  @Override
  public String toString() {
    return "BLAS on " + kernels.describe();
  }

  private Epilogue scaled(float alpha, float beta) {
    Epilogue epilogue = last;
    if (Float.compare(epilogue.alpha(), alpha) != 0 || Float.compare(epilogue.beta(), beta) != 0) {
      epilogue = Epilogue.scaled(alpha, beta);
      last = epilogue;
    }
    return epilogue;
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
      Transpose form,
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
    Objects.requireNonNull(form, "form");
    size("m", m);
    size("n", n);
    size("k", k);
    matrix("a", a, aOff, lda, form.a() ? k : m, form.a() ? m : k);
    matrix("b", b, bOff, ldb, form.b() ? n : k, form.b() ? k : n);
    matrix("c", c, cOff, ldc, m, n);
    Operands windows = take();
    windows.a.point(a, aOff, lda, form.a() ? k : m, form.a() ? m : k);
    windows.b.point(b, bOff, ldb, form.b() ? n : k, form.b() ? k : n);
    windows.c.point(c, cOff, ldc, m, n);
    multiply(form, windows, "c", "b", alpha, beta);
  }

  /** Of checked windows, where they do not overlap. */
  private void multiply(
      Transpose form, Operands windows, String output, String right, float alpha, float beta) {
    apart(output, windows.c, "a", windows.a);
    apart(output, windows.c, right, windows.b);
    if (!windows.c.isEmpty()) {
      Epilogue epilogue = scaled(alpha, beta);
      kernels.doMatmul(form, windows.a, windows.b, windows.c, epilogue, null, null);
    }
    windows.forget();
    spare.set(windows);
  }

  private Operands take() {
    Operands windows = spare.getAndSet(null);
    return windows != null ? windows : new Operands();
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
    if (m == 0 || n == 0) {
      return;
    }
    Operands windows = take();
    windows.a.point(a, aOff, lda, m, n);
    windows.b.point(x, xOff, incX, k, 1);
    windows.c.point(y, yOff, incY, rows, 1);
    multiply(transA ? Transpose.TN : Transpose.NN, windows, "y", "x", alpha, beta);
  }

  private static void increment(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
  }

  private static final class Operands {
    private static final float[] NOTHING = {};

    final Matrix a = new Matrix();
    final Matrix b = new Matrix();
    final Matrix c = new Matrix();

    /** The arrays are the caller's. */
    void forget() {
      a.point(NOTHING, 0, 1, 0, 0);
      b.point(NOTHING, 0, 1, 0, 0);
      c.point(NOTHING, 0, 1, 0, 0);
    }
  }
}
