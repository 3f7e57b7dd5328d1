package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
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

  private final Scratch scratch;
  private float[] elements = {};

  // Windows on the blocks at hand.
  private final Matrix aBlock = new Matrix();
  private final Matrix bBlock = new Matrix();
  private final Matrix cBlock = new Matrix();
  private final Matrix chain = new Matrix();
  private final Matrix vector = new Matrix();
  private final Matrix line = new Matrix();

  Scaled(Scratch scratch) {
    this.scratch = scratch;
  }

  /** C = alpha op(A) op(B) + beta C: see {@link io.lanewise.kernel.Epilogue#scaled}. */
  void matmul(Transpose form, Matrix a, Matrix b, Matrix c, float alpha, float beta) {
    int k = form.a() ? a.rows() : a.columns();
    if (alpha == 0f || k == 0) {
      scaleOld(c, beta);
    } else if (beta == 0f && (c.columns() > 1 || c.ld() == 1)) {
      chains(form, a, b, c);
      if (alpha != 1f) {
        combine(alpha, 0f, c, c);
      }
    } else {
      blocks(form, a, b, c, alpha, beta);
    }
  }

  /** C = beta C, or +0. */
  private static void scaleOld(Matrix c, float beta) {
    if (beta != 0f) {
      combine(beta, 0f, c, c);
      return;
    }
    for (int i = 0; i < c.rows(); i++) {
      Arrays.fill(c.array(), c.at(i), c.at(i) + c.columns(), 0f);
    }
  }

  private void blocks(Transpose form, Matrix a, Matrix b, Matrix c, float alpha, float beta) {
    int m = c.rows();
    int n = c.columns();
    int k = form.a() ? a.rows() : a.columns();
    int nc = Blocking.even(n, COLUMNS, 1);
    int mc = Math.min(m, Blocking.even(m, Math.max(LEAST_ROWS, ELEMENTS / nc), Blocking.MR));
    elements = scratch.atLeast(elements, mc * nc);
    for (int jc = 0; jc < n; jc += nc) {
      int nb = Math.min(nc, n - jc);
      if (form.b()) {
        bBlock.part(b, jc, nb, 0, k);
      } else {
        bBlock.part(b, 0, k, jc, nb);
      }
      for (int ic = 0; ic < m; ic += mc) {
        int mb = Math.min(mc, m - ic);
        if (form.a()) {
          aBlock.part(a, 0, k, ic, mb);
        } else {
          aBlock.part(a, ic, mb, 0, k);
        }
        chain.set(elements, 0, nb, mb, nb);
        chains(form, aBlock, bBlock, chain);
        combine(alpha, beta, chain, cBlock.part(c, ic, mb, jc, nb));
      }
    }
  }

  /** The plain product; a single column lies dense. */
  private void chains(Transpose form, Matrix a, Matrix b, Matrix c) {
    if (c.columns() > 1) {
      Products.chains(scratch, form, a, b, c, Start.ZERO, null);
      return;
    }
    int step = form.b() ? 1 : b.ld();
    if (form.a()) {
      // The column is the row x' A, whose lanes lie side by side; x as (k, 1) is transposed.
      vector.set(b.array(), b.off(), step, a.rows(), 1);
      line.set(c.array(), c.off(), c.rows(), 1, c.rows());
      Products.chains(scratch, Transpose.TN, vector, a, line, Start.ZERO, null);
    } else {
      Gemv.matmul(a, b, step, true, c);
    }
  }

  /** c = fma(alpha, t, beta * c), or alpha * t where beta = 0; t may be c. */
  private static void combine(float alpha, float beta, Matrix t, Matrix c) {
    boolean oneRow = t.isDense() && c.isDense();
    int rows = oneRow ? 1 : c.rows();
    int length = c.columns() * (oneRow ? c.rows() : 1);
    for (int i = 0; i < rows; i++) {
      if (beta == 0f) {
        multiply(length, alpha, t.array(), t.at(i), c.array(), c.at(i));
      } else {
        add(length, alpha, beta, t.array(), t.at(i), c.array(), c.at(i));
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
