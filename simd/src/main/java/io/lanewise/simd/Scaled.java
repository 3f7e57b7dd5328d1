package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The product of BLAS, c = fma(alpha, t, beta * c), and that of one column: the chains t go into
 * scratch, a block of C at a time, and meet the old C in one pass while the block is in L2. Where
 * the old C is not read, they go straight into it.
 */
final class Scaled {
  // A block of scratch: 1 MiB, half of L2, but so many rows that packing B again for each block
  // costs little.
  private static final int ELEMENTS = 1 << 18;
  private static final int COLUMNS = 1 << 11;
  private static final int LEAST_ROWS = 256;

  private static final ThreadLocal<Scaled> OF_THREAD = ThreadLocal.withInitial(Scaled::new);

  private float[] scratch = {};

  private Scaled() {}

  /** Whether a product is one for this class. */
  static boolean takes(int n, Fusion fusion) {
    return fusion.isScaled() || (n == 1 && fusion == Fusion.NONE);
  }

  /** See {@link io.lanewise.kernel.Kernels#matmul}. */
  static void matmul(
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
    float alpha = fusion.alpha();
    float beta = fusion.beta();
    if (alpha == 0f || k == 0) {
      scaleOld(m, n, beta, c, cOff, ldc);
    } else if (beta == 0f && (n > 1 || ldc == 1)) {
      chains(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc);
      if (alpha != 1f) {
        combine(m, n, alpha, 0f, c, cOff, ldc, c, cOff, ldc);
      }
    } else {
      OF_THREAD.get().blocks(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, alpha, beta);
    }
  }

  /** C = beta C, or +0. */
  private static void scaleOld(int m, int n, float beta, float[] c, int cOff, int ldc) {
    if (beta != 0f) {
      combine(m, n, beta, 0f, c, cOff, ldc, c, cOff, ldc);
      return;
    }
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, cOff + i * ldc, cOff + i * ldc + n, 0f);
    }
  }

  private void blocks(
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
      float alpha,
      float beta) {
    int nc = Blocking.even(n, COLUMNS, 1);
    int mc = Math.min(m, Blocking.even(m, Math.max(LEAST_ROWS, ELEMENTS / nc), Blocking.MR));
    if (scratch.length < mc * nc) {
      scratch = new float[mc * nc];
    }
    for (int jc = 0; jc < n; jc += nc) {
      int nb = Math.min(nc, n - jc);
      int bBlock = bOff + jc * (form.transB() ? ldb : 1);
      for (int ic = 0; ic < m; ic += mc) {
        int mb = Math.min(mc, m - ic);
        int aBlock = aOff + ic * (form.transA() ? 1 : lda);
        chains(form, mb, nb, k, a, aBlock, lda, b, bBlock, ldb, scratch, 0, nb);
        combine(mb, nb, alpha, beta, scratch, 0, nb, c, cOff + ic * ldc + jc, ldc);
      }
    }
  }

  /** The plain product; a single column lies dense. */
  private static void chains(
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
      int ldc) {
    if (n > 1) {
      Gemm.matmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, Fusion.NONE);
      return;
    }
    int step = form.transB() ? 1 : ldb;
    if (form.transA()) {
      // The column is the row x' A, whose lanes lie side by side; x as (k, 1) is transposed.
      Gemm.matmul(Form.TN, 1, m, k, b, bOff, step, a, aOff, lda, c, cOff, m, Fusion.NONE);
    } else {
      Gemv.matmul(m, k, a, aOff, lda, b, bOff, step, true, c, cOff);
    }
  }

  /** c = fma(alpha, t, beta * c), or alpha * t where beta = 0; t may be c. */
  private static void combine(
      int m,
      int n,
      float alpha,
      float beta,
      float[] t,
      int tOff,
      int ldt,
      float[] c,
      int cOff,
      int ldc) {
    boolean oneRow = ldt == n && ldc == n;
    int rows = oneRow ? 1 : m;
    int length = oneRow ? m * n : n;
    for (int i = 0; i < rows; i++) {
      if (beta == 0f) {
        multiply(length, alpha, t, tOff + i * ldt, c, cOff + i * ldc);
      } else {
        add(length, alpha, beta, t, tOff + i * ldt, c, cOff + i * ldc);
      }
    }
  }

  private static void multiply(int length, float alpha, float[] t, int tOff, float[] c, int cOff) {
    int i = 0;
    for (; i < FLOAT.loopBound(length); i += LENGTH) {
      fromArray(FLOAT, t, tOff + i).mul(alpha).intoArray(c, cOff + i);
    }
    for (; i < length; i++) {
      c[cOff + i] = alpha * t[tOff + i];
    }
  }

  private static void add(
      int length, float alpha, float beta, float[] t, int tOff, float[] c, int cOff) {
    FloatVector factor = FloatVector.broadcast(FLOAT, alpha);
    int i = 0;
    for (; i < FLOAT.loopBound(length); i += LENGTH) {
      FloatVector old = fromArray(FLOAT, c, cOff + i).mul(beta);
      factor.fma(fromArray(FLOAT, t, tOff + i), old).intoArray(c, cOff + i);
    }
    for (; i < length; i++) {
      c[cOff + i] = Math.fma(alpha, t[tOff + i], beta * c[cOff + i]);
    }
  }
}
