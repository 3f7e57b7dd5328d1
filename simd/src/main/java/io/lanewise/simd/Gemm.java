package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import java.util.Arrays;

/**
 * The matrix product: the five loops round the register tile (Goto and van de Geijn 2008; Van Zee
 * and van de Geijn 2015), with what a chain that may not be cut asks for: a further block of k
 * starts its accumulators from C, and the bias is the start of the first.
 */
final class Gemm {
  private static final int MR = Blocking.MR;
  private static final int NR = Blocking.NR;
  private static final int W = Lanes.LENGTH;

  private static final ThreadLocal<Gemm> OF_THREAD = ThreadLocal.withInitial(Gemm::new);

  // Panels of A and B, the first start of each column, and a tile for the edges of C.
  private float[] packedA = {};
  private float[] packedB = {};
  private float[] firstStart = {};
  private boolean keepB;
  private final float[] edge = new float[MR * NR];

  private Gemm() {}

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
    if (m < Blocking.FEW_ROWS && !form.transB()) {
      int aRow = form.transA() ? 1 : lda;
      int aStep = form.transA() ? lda : 1;
      for (int i = 0; i < m; i++) {
        row(n, k, a, aOff + i * aRow, aStep, b, bOff, ldb, c, cOff + i * ldc, fusion);
      }
    } else {
      OF_THREAD.get().blocks(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    }
    finish(m, n, c, cOff, ldc, fusion);
  }

  /** What follows the chains. */
  private static void finish(int m, int n, float[] c, int cOff, int ldc, Fusion fusion) {
    boolean activated = fusion.activation() != Activation.IDENTITY;
    if (!activated && fusion.derivative() == null) {
      return;
    }
    boolean oneRow = ldc == n && (activated || fusion.ldSaved() == n);
    int rows = oneRow ? 1 : m;
    int length = oneRow ? m * n : n;
    for (int i = 0; i < rows; i++) {
      int row = cOff + i * ldc;
      if (activated) {
        Elementwise.activate(fusion.activation(), length, c, row, c, row);
      } else {
        int saved = fusion.savedOff() + i * fusion.ldSaved();
        Elementwise.activateBackward(
            fusion.derivative(), length, fusion.saved(), saved, c, row, c, row);
      }
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
      Fusion fusion) {
    int mc = Blocking.even(m, Blocking.MC, MR);
    int kc = Blocking.even(k, Blocking.KC, 4);
    int nc = Blocking.even(n, Blocking.NC, NR);
    // Packing A pays by what B's columns read it again for.
    boolean direct = !form.transA() && n <= Blocking.FEW_COLUMNS;
    keepB = m > mc;
    packedA = atLeast(packedA, mc * kc + Packing.SLACK);
    packedB = atLeast(packedB, (keepB ? nc : NR) * kc + Packing.SLACK);
    firstStart = atLeast(firstStart, nc);
    for (int jc = 0; jc < n; jc += nc) {
      int nb = Math.min(nc, n - jc);
      Arrays.fill(firstStart, 0, nc, 0f);
      if (fusion.start() == Fusion.Start.BIAS) {
        System.arraycopy(fusion.biasArray(), fusion.biasOff() + jc, firstStart, 0, nb);
      }
      // Runs once for k = 0 too: the starts are stored.
      int pc = 0;
      do {
        int kb = Math.min(kc, k - pc);
        boolean fresh = pc == 0 && fusion.start() != Fusion.Start.ACCUMULATE;
        int bBlock = bOff + (form.transB() ? jc * ldb + pc : pc * ldb + jc);
        for (int ic = 0; ic < m; ic += mc) {
          int mb = Math.min(mc, m - ic);
          int aBlock = aOff + (form.transA() ? pc * lda + ic : ic * lda + pc);
          packA(form, mb, kb, a, aBlock, lda, direct);
          block(
              form,
              mb,
              nb,
              kb,
              a,
              aBlock,
              direct ? lda : 0,
              b,
              bBlock,
              ldb,
              ic == 0,
              c,
              cOff + ic * ldc + jc,
              ldc,
              fresh);
        }
        pc += kc;
      } while (pc < k);
    }
  }

  private static float[] atLeast(float[] buffer, int length) {
    return buffer.length >= length ? buffer : new float[length];
  }

  /** Packs all panels of a block of A, or, where A is read as it lies, only the one at the edge. */
  private void packA(Form form, int mb, int kb, float[] a, int aBlock, int lda, boolean direct) {
    for (int ir = direct ? mb / MR * MR : 0; ir < mb; ir += MR) {
      int rows = Math.min(MR, mb - ir);
      if (form.transA()) {
        Packing.rows(a, aBlock + ir, lda, kb, rows, MR, packedA, ir * kb);
      } else {
        Packing.columns(a, aBlock + ir * lda, lda, kb, rows, MR, packedA, ir * kb);
      }
    }
  }

  /** A block of A by a block of B, whose panels are packed on the way where they are new. */
  private void block(
      Form form,
      int mb,
      int nb,
      int kb,
      float[] a,
      int aBlock,
      int lda,
      float[] b,
      int bBlock,
      int ldb,
      boolean newB,
      float[] c,
      int cBlock,
      int ldc,
      boolean fresh) {
    for (int jr = 0; jr < nb; jr += NR) {
      int columns = Math.min(NR, nb - jr);
      int width = columns <= W ? W : NR;
      int bPanel = keepB ? jr * kb : 0;
      if (newB) {
        if (form.transB()) {
          Packing.columns(b, bBlock + jr * ldb, ldb, kb, columns, width, packedB, bPanel);
        } else {
          Packing.rows(b, bBlock + jr, ldb, kb, columns, width, packedB, bPanel);
        }
      }
      for (int ir = 0; ir < mb; ir += MR) {
        int rows = Math.min(MR, mb - ir);
        int cTile = cBlock + ir * ldc + jr;
        boolean packed = lda == 0 || rows < MR;
        float[] aTile = packed ? packedA : a;
        int aPanel = packed ? ir * kb : aBlock + ir * lda;
        int ldTile = packed ? 0 : lda;
        if (rows < MR || columns < width) {
          edge(rows, columns, width, kb, aTile, aPanel, ldTile, bPanel, jr, c, cTile, ldc, fresh);
        } else if (fresh) {
          tile(width, kb, aTile, aPanel, ldTile, bPanel, firstStart, jr, 0, c, cTile, ldc);
        } else {
          tile(width, kb, aTile, aPanel, ldTile, bPanel, c, cTile, ldc, c, cTile, ldc);
        }
      }
    }
  }

  /** A tile over the edge of C goes through scratch. */
  private void edge(
      int rows,
      int columns,
      int width,
      int kb,
      float[] a,
      int aPanel,
      int lda,
      int bPanel,
      int jr,
      float[] c,
      int cTile,
      int ldc,
      boolean fresh) {
    if (fresh) {
      tile(width, kb, a, aPanel, lda, bPanel, firstStart, jr, 0, edge, 0, width);
    } else {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(c, cTile + i * ldc, edge, i * width, columns);
      }
      tile(width, kb, a, aPanel, lda, bPanel, edge, 0, width, edge, 0, width);
    }
    for (int i = 0; i < rows; i++) {
      System.arraycopy(edge, i * width, c, cTile + i * ldc, columns);
    }
  }

  /** A whole tile; lda is 0 where A is packed. */
  private void tile(
      int width,
      int kb,
      float[] a,
      int aPanel,
      int lda,
      int bPanel,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cTile,
      int ldc) {
    if (MR == 8 && width == NR) {
      if (lda == 0) {
        MicroKernel.tile8x2(
            kb, a, aPanel, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      } else {
        MicroKernel.direct8x2(
            kb, a, aPanel, lda, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      }
    } else if (MR == 8 && width == W) {
      if (lda == 0) {
        MicroKernel.tile8x1(
            kb, a, aPanel, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      } else {
        MicroKernel.direct8x1(
            kb, a, aPanel, lda, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      }
    } else if (MR == 4 && width == NR) {
      if (lda == 0) {
        MicroKernel.tile4x2(
            kb, a, aPanel, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      } else {
        MicroKernel.direct4x2(
            kb, a, aPanel, lda, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      }
    } else if (MR == 4 && width == W) {
      if (lda == 0) {
        MicroKernel.tile4x1(
            kb, a, aPanel, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      } else {
        MicroKernel.direct4x1(
            kb, a, aPanel, lda, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
      }
    }
  }

  /** One row, from B as it lies: the columns in strips that stay in registers. */
  private static void row(
      int n,
      int k,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      Fusion fusion) {
    switch (fusion.start()) {
      case ZERO -> Arrays.fill(c, cOff, cOff + n, 0f);
      case BIAS -> System.arraycopy(fusion.biasArray(), fusion.biasOff(), c, cOff, n);
      case ACCUMULATE -> {}
    }
    int j = 0;
    for (; j + 8 * W <= n; j += 8 * W) {
      MicroKernel.strip8(k, a, aOff, aStep, b, bOff + j, ldb, c, cOff + j);
    }
    for (; j + W <= n; j += W) {
      MicroKernel.strip1(k, a, aOff, aStep, b, bOff + j, ldb, c, cOff + j);
    }
    if (j < n) {
      MicroKernel.stripTail(k, a, aOff, aStep, b, bOff + j, ldb, c, cOff + j, n - j);
    }
  }
}
