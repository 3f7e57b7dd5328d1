package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.sameOrDisjoint;
import static io.lanewise.kernel.Check.size;
import static io.lanewise.kernel.Check.vector;

import java.util.Objects;

/**
 * Every numeric operation, on flat row-major {@code float[]} with offset and leading dimension.
 *
 * <p>{@link ScalarKernels} is the executable specification: any other implementation gives the same
 * bits (NaNs are equal to NaNs, signed zeros are told apart), for every argument. The public
 * methods check their arguments, before anything is written, and hand them to the protected ones,
 * which may trust them.
 *
 * <p>A matrix argument {@code x, xOff, ldx} of shape (rows, columns) has element (i, j) at {@code
 * x[xOff + i ldx + j]}, ldx &gt;= max(1, columns). Nothing outside an output's window is written.
 * Implementations have no mutable state: an instance may be shared by threads unless it says
 * otherwise.
 *
 * <p>All methods throw {@link NullPointerException} with the argument's name for a null, and {@link
 * IllegalArgumentException}, naming the argument, what it got and what it wanted, for a negative
 * size or offset, a leading dimension too small, a window outside its array, or an output window
 * that overlaps an input's where the operation does not say that it works in place.
 */
public abstract class Kernels {
  /**
   * A packed matrix may be cut between columns that are multiples of this, if as many are left
   * behind the cut: so its last panels stay together.
   */
  protected static final int PACKED_GRAIN = 96;

  /** For implementations. */
  protected Kernels() {}

  /** Returns the name that {@code -Dlanewise.kernels} selects this by, such as "scalar". */
  public abstract String name();

  /** Returns one line for people: the name, the lanes and whether they have FMA. */
  public abstract String describe();

  /** Returns the operations of the layers that are no product, on the same lanes and threads. */
  public abstract LayerKernels layers();

  /** Returns the operations of optimizers; the same object at each call. */
  public abstract UpdateKernels updates();

  /**
   * Matrix product C = op(A) op(B), with what {@code fusion} adds to it. Each element of C is one
   * chain of fused multiply-adds, k ascending: c = fma(a[i,p], b[p,j], c), p = 0 .. k-1.
   *
   * @param form which operands are stored transposed
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B); 0 leaves each chain at its start
   * @param a (m, k), or (k, m) where transposed
   * @param b (k, n), or (n, k) where transposed
   * @param c (m, n); must not overlap a, b, the bias or the saved values
   * @param fusion where the chains start and what follows them, the factors of BLAS included
   */
  public final void matmul(
      Form form,
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(fusion, "fusion");
    size("m", m);
    size("n", n);
    size("k", k);
    int aRows = form.transA() ? k : m;
    int aColumns = form.transA() ? m : k;
    int bRows = form.transB() ? n : k;
    int bColumns = form.transB() ? k : n;
    matrix("b", b, bOff, ldb, bRows, bColumns);
    ProductChecks.check(m, n, a, aOff, lda, aRows, aColumns, c, cOff, ldc, fusion);
    disjoint("c", c, cOff, ldc, m, n, "b", b, bOff, ldb, bRows, bColumns);
    if (m != 0 && n != 0) {
      doMatmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    }
  }

  /** {@link #matmul} with checked arguments, m and n &gt; 0. */
  protected abstract void doMatmul(
      Form form,
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion);

  /**
   * Copies B into the order in which these kernels read it, for {@link #matmulPacked}: worth it for
   * a B of many products, such as the weights that a service predicts with.
   *
   * @param k rows of B
   * @param n columns of B
   * @param b (k, n)
   */
  public final PackedMatrix pack(int k, int n, float[] b, int bOff, int ldb) {
    size("k", k);
    size("n", n);
    matrix("b", b, bOff, ldb, k, n);
    return doPack(k, n, b, bOff, ldb);
  }

  /** {@link #pack} with checked arguments: the rows without gaps, unless it is overridden. */
  protected PackedMatrix doPack(int k, int n, float[] b, int bOff, int ldb) {
    float[] rows = new float[Math.multiplyExact(k, n)];
    for (int p = 0; p < k && n != 0; p++) {
      System.arraycopy(b, bOff + p * ldb, rows, p * n, n);
    }
    return new PackedMatrix(this, k, n, rows, 1);
  }

  /** Returns which kernels must have packed a B: these, or those that they cut the work for. */
  protected Kernels packer() {
    return this;
  }

  /**
   * {@link #matmul} of the form NN with a packed B: the same bits.
   *
   * @param m rows of A and C
   * @param a (m, k), k as B has it
   * @param b packed by these kernels, whatever the threads
   * @param c (m, n), n as B has it; must not overlap a, the bias or the saved values
   * @param fusion where the chains start and what follows them; not scaled
   */
  public final void matmulPacked(
      int m,
      float[] a,
      int aOff,
      int lda,
      PackedMatrix b,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    Objects.requireNonNull(b, "b");
    Objects.requireNonNull(fusion, "fusion");
    size("m", m);
    if (b.packer() != packer()) {
      throw new IllegalArgumentException(
          "b was packed by " + b.packer().describe() + ", wanted " + packer().describe());
    }
    if (fusion.isScaled()) {
      throw new IllegalArgumentException("fusion: a product with a packed B cannot be scaled");
    }
    ProductChecks.check(m, b.n(), a, aOff, lda, m, b.k(), c, cOff, ldc, fusion);
    if (m != 0 && b.n() != 0) {
      b.turn();
      doMatmulPacked(m, a, aOff, lda, b, 0, b.n(), c, cOff, ldc, fusion);
    }
  }

  /**
   * {@link #matmulPacked} with checked arguments, for some columns of B.
   *
   * @param column the first column of B, a multiple of {@value #PACKED_GRAIN}
   * @param n columns, &gt; 0: a multiple of that too which leaves as many, or all that are left
   * @param c of which cOff is the element of that column
   * @param fusion of which the first element is that column's too
   */
  protected void doMatmulPacked(
      int m,
      float[] a,
      int aOff,
      int lda,
      PackedMatrix b,
      int column,
      int n,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    float[] rows = b.elements();
    int ldb = Math.max(1, b.n());
    doMatmul(Form.NN, m, n, b.k(), a, aOff, lda, rows, column, ldb, c, cOff, ldc, fusion);
  }

  /**
   * Column sums, as in the bias gradient: sums[j] = x[0,j] + x[1,j] + ..., i ascending, one chain a
   * column, from +0.
   *
   * @param x (m, n)
   * @param sums n elements; must not overlap x
   */
  public final void columnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    vector("sums", sums, sumsOff, n);
    disjoint("sums", sums, sumsOff, Math.max(1, n), 1, n, "x", x, xOff, ldx, m, n);
    if (n != 0) {
      doColumnSums(m, n, x, xOff, ldx, sums, sumsOff);
    }
  }

  /** {@link #columnSums} with checked arguments, n &gt; 0. */
  protected abstract void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff);

  /**
   * y = f(x), elementwise. Works in place (same array and offset).
   *
   * @param x {@code length} elements
   * @param y {@code length} elements
   */
  public final void map(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    Objects.requireNonNull(f, "f");
    size("length", length);
    vector("x", x, xOff, length);
    vector("y", y, yOff, length);
    sameOrDisjoint("y", y, yOff, "x", x, xOff, length);
    doMap(f, length, x, xOff, y, yOff);
  }

  /** {@link #map} with checked arguments. */
  protected abstract void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff);

  /**
   * a = f(z) for an elementwise activation. Works in place (same array and offset).
   *
   * @param f any but softmax
   * @param z {@code length} elements
   * @param a {@code length} elements
   */
  public final void activate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    requireElementwise(f);
    size("length", length);
    vector("z", z, zOff, length);
    vector("a", a, aOff, length);
    sameOrDisjoint("a", a, aOff, "z", z, zOff, length);
    doActivate(f, length, z, zOff, a, aOff);
  }

  /** {@link #activate} with checked arguments. */
  protected abstract void doActivate(
      Activation f, int length, float[] z, int zOff, float[] a, int aOff);

  /**
   * dz = da f'(.) for an elementwise activation: one multiplication by the derivative. Works in
   * place (dz may be the same window as da).
   *
   * @param f any but softmax
   * @param saved its outputs, or its inputs where {@link Activation#savesInput()}
   * @param da the gradient of the output
   * @param dz the gradient of the input; must not overlap saved
   */
  public final void activateBackward(
      Activation f,
      int length,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff) {
    requireElementwise(f);
    size("length", length);
    vector("saved", saved, savedOff, length);
    vector("da", da, daOff, length);
    vector("dz", dz, dzOff, length);
    disjoint("dz", dz, dzOff, "saved", saved, savedOff, length);
    sameOrDisjoint("dz", dz, dzOff, "da", da, daOff, length);
    doActivateBackward(f, length, saved, savedOff, da, daOff, dz, dzOff);
  }

  /** {@link #activateBackward} with checked arguments. */
  protected abstract void doActivateBackward(
      Activation f,
      int length,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff);

  private static void requireElementwise(Activation f) {
    if (!Objects.requireNonNull(f, "f").elementwise()) {
      throw new IllegalArgumentException("f: softmax is not elementwise; call softmax instead");
    }
  }

  /**
   * Softmax of each row, the row's maximum taken out: a[i,j] = e_j / sum of e, e_j = exp(z[i,j] -
   * max). Works in place.
   *
   * @param z (m, n)
   * @param a (m, n)
   */
  public final void softmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    size("m", m);
    size("n", n);
    matrix("z", z, zOff, ldz, m, n);
    matrix("a", a, aOff, lda, m, n);
    sameOrDisjoint("a", a, aOff, lda, "z", z, zOff, ldz, m, n);
    if (n != 0) {
      doSoftmax(m, n, z, zOff, ldz, a, aOff, lda);
    }
  }

  /** {@link #softmax} with checked arguments, n &gt; 0. */
  protected abstract void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda);

  /**
   * The full Jacobian of softmax applied to da: dz[i,j] = a[i,j] (da[i,j] - sum_k a[i,k] da[i,k]).
   * Works in place (dz may be the same window as da).
   *
   * @param a (m, n), the outputs of softmax
   * @param da (m, n)
   * @param dz (m, n); must not overlap a
   */
  public final void softmaxBackward(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      float[] da,
      int daOff,
      int ldda,
      float[] dz,
      int dzOff,
      int lddz) {
    size("m", m);
    size("n", n);
    matrix("a", a, aOff, lda, m, n);
    matrix("da", da, daOff, ldda, m, n);
    matrix("dz", dz, dzOff, lddz, m, n);
    disjoint("dz", dz, dzOff, lddz, m, n, "a", a, aOff, lda, m, n);
    sameOrDisjoint("dz", dz, dzOff, lddz, "da", da, daOff, ldda, m, n);
    if (n != 0) {
      doSoftmaxBackward(m, n, a, aOff, lda, da, daOff, ldda, dz, dzOff, lddz);
    }
  }

  /** {@link #softmaxBackward} with checked arguments, n &gt; 0. */
  protected abstract void doSoftmaxBackward(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      float[] da,
      int daOff,
      int ldda,
      float[] dz,
      int dzOff,
      int lddz);

  /**
   * Softmax and cross-entropy of class indices, fused: rowLoss[i] = -ln softmax(z[i])[labels[i]],
   * and dz[i,j] = scale (softmax(z[i])[j] - (j == labels[i])).
   *
   * @param z (m, n), the logits
   * @param labels m class indices, each in [0, n)
   * @param scale the factor of the gradient, 1/m for a mean over the batch
   * @param dz (m, n), or null for the loss alone; may be the same window as z
   * @param rowLoss m elements, not scaled; overlaps nothing
   */
  public final void crossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    checkLoss(m, n, z, zOff, ldz, dz, dzOff, lddz, rowLoss, rowLossOff);
    vector("labels", labels, labelsOff, m);
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      if (label < 0 || label >= n) {
        throw new IllegalArgumentException(
            "labels[" + (labelsOff + i) + "] must be in 0.." + (n - 1) + ", got " + label);
      }
    }
    doCrossEntropy(
        m, n, z, zOff, ldz, labels, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
  }

  /** The cross-entropy of class indices with checked arguments. */
  protected abstract void doCrossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff);

  /**
   * A loss of targets that are rows of floats: its value a row and its gradient, which carries
   * {@code scale}. See {@link LossKernel} for the formulas.
   *
   * @param loss which, and its parameters; weights of positive parts must be n
   * @param z (m, n), what the loss is a function of: the logits, or the outputs for the errors of a
   *     difference
   * @param y (m, n), the targets
   * @param scale the factor of the gradient, 1/m for a mean over the batch
   * @param dz (m, n), or null for the loss alone; may be the same window as z; must not overlap y
   * @param rowLoss m elements, summed over the row, not scaled; overlaps nothing
   */
  public final void loss(
      LossFunction loss,
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    Objects.requireNonNull(loss, "loss");
    checkLoss(m, n, z, zOff, ldz, dz, dzOff, lddz, rowLoss, rowLossOff);
    if (loss.positiveWeights() != null && loss.positiveWeights().length != n) {
      throw new IllegalArgumentException(
          "loss must have n = " + n + " positive weights, got " + loss.positiveWeights().length);
    }
    matrix("y", y, yOff, ldy, m, n);
    if (dz != null) {
      disjoint("dz", dz, dzOff, lddz, m, n, "y", y, yOff, ldy, m, n);
    }
    disjoint("rowLoss", rowLoss, rowLossOff, Math.max(1, m), 1, m, "y", y, yOff, ldy, m, n);
    doLoss(loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
  }

  /** {@link #loss} with checked arguments. */
  protected abstract void doLoss(
      LossFunction loss,
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff);

  private static void checkLoss(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    size("m", m);
    size("n", n);
    matrix("z", z, zOff, ldz, m, n);
    vector("rowLoss", rowLoss, rowLossOff, m);
    int ldRow = Math.max(1, m);
    disjoint("rowLoss", rowLoss, rowLossOff, ldRow, 1, m, "z", z, zOff, ldz, m, n);
    if (dz != null) {
      matrix("dz", dz, dzOff, lddz, m, n);
      sameOrDisjoint("dz", dz, dzOff, lddz, "z", z, zOff, ldz, m, n);
      disjoint("rowLoss", rowLoss, rowLossOff, ldRow, 1, m, "dz", dz, dzOff, lddz, m, n);
    }
  }
}
