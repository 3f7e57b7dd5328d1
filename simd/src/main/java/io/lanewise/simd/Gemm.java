package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.PackedMatrix;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The matrix product: the five loops round the register tile (Goto and van de Geijn 2008; Van Zee
 * and van de Geijn 2015), with what a chain that may not be cut asks for: a further block of k
 * starts its accumulators from C, and the bias is the start of the first.
 */
final class Gemm {
  private static final int MR = Blocking.MR;
  private static final int NR = Blocking.NR;
  private static final int W = Lanes.LENGTH;
  private static final int LINE_START = Blocking.LINE_START;

  private static final ThreadLocal<Gemm> OF_THREAD = ThreadLocal.withInitial(Gemm::new);

  // Panels of A and B, the first start of each column, and a tile for the edges of C.
  private float[] packedA = {};
  private float[] packedB = {};
  private float[] firstStart = {};
  private float[] transposed = {};
  private final float[] edge = new float[MR * NR];

  // The product at hand: its operands, kept from no call to the next, and its current block.
  private boolean transA;
  private boolean transB;
  private boolean direct;
  private float[] a;
  private int lda;
  private int aBlock;
  private float[] b;
  private int ldb;
  private int bBlock;
  private float[] c;
  private int ldc;
  private boolean fresh;
  private int kb;
  private float[] panels;
  // Where B is whole panels: of which column and row on the block is, and how many rows there are.
  private boolean prepacked;
  private boolean backwards;
  private int firstColumn;
  private int firstRow;
  private int rowsOfB;
  private final SingleRow singleRow = new SingleRow();
  // What is read after the panel at hand, from which place on to which, and a sum that keeps C2
  // from leaving the loads out.
  private float[] ahead;
  private int aheadOff;
  private int aheadEnd;
  private int touched;

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
    Gemm gemm = OF_THREAD.get();
    if (m == 1 && form.transB()) {
      boolean fresh = fusion.start() == Fusion.Start.ZERO;
      if (fusion.start() == Fusion.Start.BIAS) {
        System.arraycopy(fusion.biasArray(), fusion.biasOff(), c, cOff, n);
      }
      Gemv.matmul(n, k, b, bOff, ldb, a, aOff, form.transA() ? lda : 1, fresh, c, cOff);
    } else if (!form.transB() && k > 0 && (m < Blocking.FEW_ROWS || k <= Blocking.SHORT_K)) {
      Strips.rows(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    } else if (form == Form.TN && n <= Blocking.FEW_COLUMNS && m >= 2 * NR) {
      gemm.swapped(m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    } else {
      gemm.blocks(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    }
    finish(m, n, c, cOff, ldc, fusion);
  }

  /**
   * See {@link io.lanewise.kernel.Kernels#matmulPacked}: columns of a B in {@link Packing#panels}.
   */
  static void matmulPacked(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      PackedMatrix b,
      int column,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    Gemm gemm = OF_THREAD.get();
    gemm.operands(Form.NN, a, lda, b.elements(), 0, c, ldc);
    gemm.prepacked = true;
    gemm.backwards = b.backwards();
    gemm.firstColumn = column;
    if (m == 1 && b.isFinite()) {
      gemm.singleRow.set(b.k(), n, a, aOff);
    }
    gemm.blocks(m, n, b.k(), aOff, 0, cOff, fusion);
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
        Derivatives.multiply(fusion.derivative(), length, fusion.saved(), saved, c, row, c, row);
      }
    }
  }

  /**
   * With few columns, C' = B' A: lanes hold rows of C, so that none is idle, and A, which is stored
   * transposed, is read as it lies.
   */
  private void swapped(
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
    transposed = atLeast(transposed, m * n);
    float[] t = transposed;
    for (int j = 0; j < n; j++) {
      if (fusion.start() == Fusion.Start.ACCUMULATE) {
        column(m, c, cOff + j, ldc, t, j * m, 1);
      } else {
        boolean bias = fusion.start() == Fusion.Start.BIAS;
        Arrays.fill(t, j * m, j * m + m, bias ? fusion.biasArray()[fusion.biasOff() + j] : 0f);
      }
    }
    blocks(Form.TN, n, m, k, b, bOff, ldb, a, aOff, lda, t, 0, m, Fusion.ACCUMULATE);
    for (int j = 0; j < n; j++) {
      column(m, t, j * m, 1, c, cOff + j, ldc);
    }
  }

  private static void column(
      int m, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep) {
    for (int i = 0; i < m; i++) {
      y[yOff + i * yStep] = x[xOff + i * xStep];
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
    operands(form, a, lda, b, ldb, c, ldc);
    prepacked = false;
    backwards = false;
    blocks(m, n, k, aOff, bOff, cOff, fusion);
  }

  private void operands(Form form, float[] a, int lda, float[] b, int ldb, float[] c, int ldc) {
    singleRow.clear();
    this.transA = form.transA();
    this.transB = form.transB();
    this.a = a;
    this.lda = lda;
    this.b = b;
    this.ldb = ldb;
    this.c = c;
    this.ldc = ldc;
  }

  private void blocks(int m, int n, int k, int aOff, int bOff, int cOff, Fusion fusion) {
    int mc = Blocking.even(m, Blocking.MC, MR);
    int kc = Blocking.kc(m, k, prepacked);
    // Panels that are there already are cut nowhere: the widths of the last go by what is left.
    int nc = Blocking.even(n, prepacked ? n : Blocking.NC, NR);
    // Packing A pays by what B's columns read it again for.
    direct = !transA && n <= Blocking.FEW_COLUMNS;
    boolean keepB = m > mc;
    packedA = atLeast(packedA, LINE_START + mc * kc + Packing.SLACK);
    if (!prepacked) {
      packedB = atLeast(packedB, LINE_START + (keepB ? nc : NR) * kc + Packing.SLACK);
    }
    panels = prepacked ? b : packedB;
    rowsOfB = k;
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
        kb = Math.min(kc, k - pc);
        fresh = pc == 0 && fusion.start() != Fusion.Start.ACCUMULATE;
        firstRow = pc;
        bBlock =
            prepacked ? (firstColumn + jc) * k : bOff + (transB ? jc * ldb + pc : pc * ldb + jc);
        for (int ic = 0; ic < m; ic += mc) {
          aBlock = aOff + (transA ? pc * lda + ic : ic * lda + pc);
          block(Math.min(mc, m - ic), nb, ic == 0 && !prepacked, keepB, cOff + ic * ldc + jc);
        }
        pc += kc;
      } while (pc < k);
    }
    a = null;
    b = null;
    c = null;
    panels = null;
    ahead = null;
  }

  private static float[] atLeast(float[] buffer, int length) {
    return buffer.length >= length ? buffer : new float[length];
  }

  /** A block of A by a block of B; a panel is packed when the first tile is about to read it. */
  private void block(int mb, int nb, boolean newB, boolean keepB, int cBlock) {
    int columns;
    for (int done = 0; done < nb; done += columns) {
      int jr = backwards ? Blocking.lastPanel(nb - done) : done;
      int width = Blocking.width(nb - jr);
      columns = Math.min(width, nb - jr);
      int bPanel = LINE_START + (keepB ? jr * kb : 0);
      if (prepacked) {
        bPanel = LINE_START + bBlock + jr * rowsOfB + firstRow * width;
      }
      // The first tile packs while it computes, where B's rows are as they lie and all is whole.
      boolean packing = newB && !transB && columns == width && width > W && mb >= MR;
      if (newB && !packing) {
        packB(jr, columns, width, bPanel);
      }
      lookAhead(mb, jr, columns, width, bPanel, newB);
      for (int ir = 0; ir < mb; ir += MR) {
        int rows = Math.min(MR, mb - ir);
        boolean few = few(rows);
        boolean asItLies = rows == MR ? direct : few && !transA;
        if (done == 0 && !asItLies) {
          packA(ir, rows, mb);
        }
        int cTile = cBlock + ir * ldc + jr;
        if (columns < width || rows < MR && !few) {
          edge(ir, rows, columns, width, bPanel, jr, cTile);
          continue;
        }
        float[] start = fresh ? firstStart : c;
        int startOff = fresh ? jr : cTile;
        int ldStart = fresh ? 0 : ldc;
        if (packing && ir == 0) {
          packingTile(width, jr, bPanel, start, startOff, ldStart, cTile);
        } else {
          tile(width, ir, rows, bPanel, start, startOff, ldStart, c, cTile, ldc);
        }
      }
    }
  }

  /**
   * Sets what the tiles of a panel touch beside their work, so that it comes from L3 meanwhile: the
   * next panel, or the rows of B that become it, in the order in which they lie. Where B is packed
   * as it lies nothing is gained, since no prefetcher follows, nor with less than three tiles.
   */
  private void lookAhead(int mb, int jr, int columns, int width, int bPanel, boolean newB) {
    aheadEnd = 0;
    if (mb < 3 * MR) {
      return;
    }
    int length;
    if (!newB) {
      ahead = panels;
      int panel = (prepacked ? rowsOfB : kb) * width;
      aheadOff = backwards ? bPanel - panel : bPanel + panel;
      length = kb * width;
    } else if (transB) {
      ahead = b;
      aheadOff = bBlock + (jr + columns) * ldb;
      length = columns * ldb;
    } else {
      return;
    }
    aheadOff = Math.max(0, aheadOff);
    aheadEnd = Math.min(ahead.length, aheadOff + length);
  }

  /** Whether the last rows are so few that they are computed two by two, each row of A alone. */
  private boolean few(int rows) {
    return rows < MR && rows <= Blocking.PAIRED_ROWS;
  }

  private void packA(int ir, int rows, int mb) {
    int aPanel = LINE_START + ir * kb;
    if (transA && W == 2 * MR && rows == MR && (ir % W > 0 || ir + W <= mb)) {
      // The second of a pair of panels is there already.
      if (ir % W == 0) {
        Packing.twoPanels(a, aBlock + ir, lda, kb, packedA, aPanel);
      }
    } else if (transA && few(rows)) {
      for (int i = 0; i < rows; i++) {
        column(kb, a, aBlock + ir + i, lda, packedA, aPanel + i * kb, 1);
      }
    } else if (transA) {
      Packing.rows(a, aBlock + ir, lda, kb, rows, MR, packedA, aPanel);
    } else {
      Packing.columns(a, aBlock + ir * lda, lda, kb, rows, MR, packedA, aPanel);
    }
  }

  private void packB(int jr, int columns, int width, int bPanel) {
    if (transB) {
      Packing.columns(b, bBlock + jr * ldb, ldb, kb, columns, width, packedB, bPanel);
    } else {
      Packing.rows(b, bBlock + jr, ldb, kb, columns, width, packedB, bPanel);
    }
  }

  /** A tile over the edge of C goes through scratch. */
  private void edge(int ir, int rows, int columns, int width, int bPanel, int jr, int cTile) {
    if (fresh) {
      tile(width, ir, rows, bPanel, firstStart, jr, 0, edge, 0, width);
    } else {
      copy(rows, columns, c, cTile, ldc, edge, 0, width);
      tile(width, ir, rows, bPanel, edge, 0, width, edge, 0, width);
    }
    copy(rows, columns, edge, 0, width, c, cTile, ldc);
  }

  private static void copy(
      int rows, int columns, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    for (int j = 0; j < columns; j += W) {
      VectorMask<Float> some = Lanes.FLOAT.indexInRange(j, columns);
      for (int i = 0; i < rows; i++) {
        FloatVector.fromArray(Lanes.FLOAT, x, xOff + i * ldx + j, some)
            .intoArray(y, yOff + i * ldy + j, some);
      }
    }
  }

  /** The first tile of a column of tiles: reads B as it lies and leaves its panel. */
  private void packingTile(
      int width, int jr, int bPanel, float[] start, int startOff, int ldStart, int cTile) {
    float[] x = packedA;
    int off = bBlock + jr;
    if (width == 3 * W) {
      Tile8.packing3(
          kb, x, LINE_START, b, off, ldb, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
    } else if (MR == 8 && width == 2 * W) {
      Tile8.packing2(
          kb, x, LINE_START, b, off, ldb, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
    } else {
      Tile4.packing2(
          kb, x, LINE_START, b, off, ldb, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
    }
  }

  /**
   * A whole tile, from A's panel or, where A is direct, from A as it lies; or the last rows, from
   * A's panel and then as a whole tile, or, if they are few, from A as it lies.
   */
  private void tile(
      int width,
      int ir,
      int rows,
      int bPanel,
      float[] start,
      int startOff,
      int ldStart,
      float[] out,
      int outOff,
      int ldOut) {
    float[] x = packedA;
    int off = LINE_START + ir * kb;
    int aRow = aBlock + ir * lda;
    if (few(rows)) {
      // Over the edge of C, in scratch, are columns whose chains end in zero.
      if (singleRow.isSet()
          && out == c
          && singleRow.tile(width, panels, bPanel, start, startOff, out, outOff)) {
        return;
      }
      Pairs.rows(
          rows,
          width,
          kb,
          transA ? x : a,
          transA ? off : aRow,
          transA ? kb : lda,
          panels,
          bPanel,
          start,
          startOff,
          ldStart,
          out,
          outOff,
          ldOut);
      return;
    }
    if (direct && rows == MR) {
      if (MR == 8) {
        Tile8.rows1(kb, a, aRow, lda, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
      } else {
        Tile4.rows1(kb, a, aRow, lda, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
      }
      return;
    }
    if (width == 3 * W) {
      float[] next = panels;
      int nextOff = bPanel;
      if (aheadOff + Tile8.AHEAD * kb <= aheadEnd) {
        next = ahead;
        nextOff = aheadOff;
        aheadOff += Tile8.AHEAD * kb;
      }
      touched +=
          Tile8.tile3(
              kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut, next,
              nextOff);
    } else if (MR == 8 && width == 2 * W) {
      Tile8.tile2(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    } else if (MR == 8) {
      Tile8.tile1(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    } else if (width == 2 * W) {
      Tile4.tile2(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    } else {
      Tile4.tile1(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    }
  }
}
