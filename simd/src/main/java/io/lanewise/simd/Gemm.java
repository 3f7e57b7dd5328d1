package io.lanewise.simd;

import static io.lanewise.simd.Blocking.LINE_START;
import static io.lanewise.simd.Blocking.MR;
import static io.lanewise.simd.Blocking.NR;
import static io.lanewise.simd.Blocking.TILE;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;

/**
 * The matrix product: the five loops round the register tile (Goto and van de Geijn 2008; Van Zee
 * and van de Geijn 2015), with what a chain that may not be cut asks for: a further block of k
 * starts its accumulators from C, and the bias is the start of the first.
 */
final class Gemm {
  private static final int W = Lanes.LENGTH;

  private final Scratch scratch;

  // Panels of A and B, the first start of each column, and a tile for the edges of C.
  private float[] packedA = {};
  private float[] packedB = {};
  private float[] firstStart = {};
  private float[] transposed = {};
  private final Matrix transposedC = new Matrix();
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
  private final SingleRow singleRow;
  // Whether all is done but the products themselves: k is negative to tiles, and even.
  boolean dry;
  // What is read after the panel at hand, from which place on (-1 if that is not known), and a sum
  // that keeps C2 from leaving the loads out.
  private float[] ahead;
  private int aheadOff;
  private int touched;

  Gemm(Scratch scratch) {
    this.scratch = scratch;
    singleRow = new SingleRow(scratch);
  }

  /** C = op(A) op(B), from its start. */
  void matmul(Transpose form, Matrix a, Matrix b, Matrix c, Start start, Matrix bias) {
    operands(a, c);
    transA = form.a();
    transB = form.b();
    this.b = b.array();
    ldb = b.ld();
    prepacked = false;
    backwards = false;
    blocks(
        c.rows(),
        c.columns(),
        form.a() ? a.rows() : a.columns(),
        a.off(),
        b.off(),
        c.off(),
        start,
        bias);
  }

  /** C = A B, B from that column on. */
  void matmulPacked(Matrix a, PackedMatrix b, int column, Matrix c, Start start, Matrix bias) {
    operands(a, c);
    transA = false;
    transB = false;
    this.b = b.elements();
    ldb = 0;
    prepacked = true;
    backwards = b.backwards();
    firstColumn = column;
    if (c.rows() == 1 && b.isFinite()) {
      singleRow.set(b.k(), c.columns(), this.a, a.off());
    }
    blocks(c.rows(), c.columns(), b.k(), a.off(), 0, c.off(), start, bias);
  }

  private void operands(Matrix a, Matrix c) {
    singleRow.clear();
    this.a = a.array();
    lda = a.ld();
    this.c = c.array();
    ldc = c.ld();
  }

  /**
   * With few columns, C' = B' A: lanes hold rows of C, so that none is idle, and A, which is stored
   * transposed, is read as it lies.
   */
  void swapped(Matrix a, Matrix b, Matrix c, Start start, Matrix bias) {
    int m = c.rows();
    int n = c.columns();
    transposed = scratch.atLeast(transposed, m * n);
    float[] t = transposed;
    for (int j = 0; j < n; j++) {
      if (start == Start.ACCUMULATE) {
        column(m, c.array(), c.off() + j, c.ld(), t, j * m, 1);
      } else {
        float from = start == Start.BIAS ? bias.array()[bias.off() + j] : 0f;
        Arrays.fill(t, j * m, j * m + m, from);
      }
    }
    matmul(Transpose.TN, b, a, transposedC.set(t, 0, m, n, m), Start.ACCUMULATE, null);
    for (int j = 0; j < n; j++) {
      column(m, t, j * m, 1, c.array(), c.off() + j, c.ld());
    }
  }

  static void column(int m, float[] x, int xOff, int xStep, float[] y, int yOff, int yStep) {
    for (int i = 0; i < m; i++) {
      y[yOff + i * yStep] = x[xOff + i * xStep];
    }
  }

  private void blocks(int m, int n, int k, int aOff, int bOff, int cOff, Start start, Matrix bias) {
    int mc = Blocking.even(m, Blocking.MC, MR);
    int kc = Blocking.kc(m, k, prepacked);
    // Panels that are there already are cut nowhere: the widths of the last go by what is left.
    int nc = Blocking.even(n, prepacked ? n : Blocking.NC, NR);
    // Packing A pays by what B's columns read it again for.
    direct = !transA && n <= Blocking.FEW_COLUMNS;
    boolean keepB = m > mc;
    packedA = scratch.atLeast(packedA, LINE_START + mc * kc + Packing.SLACK);
    if (!prepacked) {
      packedB = scratch.atLeast(packedB, LINE_START + (keepB ? nc : NR) * kc + Packing.SLACK);
    }
    panels = prepacked ? b : packedB;
    rowsOfB = k;
    firstStart = scratch.atLeast(firstStart, nc);
    for (int jc = 0; jc < n; jc += nc) {
      int nb = Math.min(nc, n - jc);
      Arrays.fill(firstStart, 0, nc, 0f);
      if (start == Start.BIAS) {
        System.arraycopy(bias.array(), bias.off() + jc, firstStart, 0, nb);
      }
      // Runs once for k = 0 too: the starts are stored.
      int pc = 0;
      do {
        kb = dry ? -2 : Math.min(kc, k - pc);
        fresh = pc == 0 && start != Start.ACCUMULATE;
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
      lookAhead(jr, columns, width, bPanel, newB);
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
   * Sets what the tiles of a panel touch beside their work: the next panel, or the rows of B that
   * become it. Where B is packed as it lies nothing is gained.
   */
  private void lookAhead(int jr, int columns, int width, int bPanel, boolean newB) {
    aheadOff = -1;
    if (!newB) {
      ahead = panels;
      int panel = (prepacked ? rowsOfB : kb) * width;
      aheadOff = backwards ? bPanel - panel : bPanel + panel;
    } else if (transB) {
      ahead = b;
      aheadOff = bBlock + (jr + columns) * ldb;
    }
    if (aheadOff >= 0 && aheadOff + (kb + Tile.AHEAD) * NR > ahead.length) {
      aheadOff = -1;
    }
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

  /** A tile over the edge of C goes through a whole one of scratch. */
  private void edge(int ir, int rows, int columns, int width, int bPanel, int jr, int cTile) {
    float[] out = edge;
    if (fresh) {
      tile(width, ir, rows, bPanel, firstStart, jr, 0, out, 0, width);
    } else {
      copy(rows, columns, c, cTile, ldc, edge, 0, width);
      tile(width, ir, rows, bPanel, out, 0, width, out, 0, width);
    }
    copy(rows, columns, edge, 0, width, c, cTile, ldc);
  }

  /** The first tile of a column of tiles: reads B as it lies and leaves its panel. */
  private void packingTile(
      int width, int jr, int bPanel, float[] start, int startOff, int ldStart, int cTile) {
    float[] x = packedA;
    int off = bBlock + jr;
    if (width == 3 * W) {
      TILE.packing3(
          kb, x, LINE_START, b, off, ldb, packedB, bPanel, start, startOff, ldStart, c, cTile, ldc);
    } else {
      TILE.packing2(
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
          && singleRow.tile(kb, width, panels, bPanel, start, startOff, out, outOff)) {
        return;
      }
      float[] of = transA ? x : a;
      int ofOff = transA ? off : aRow;
      int ld = transA ? kb : lda;
      Pairs.rows(
          rows, width, kb, of, ofOff, ld, panels, bPanel, start, startOff, ldStart, out, outOff,
          ldOut);
    } else if (direct && rows == MR) {
      TILE.rows1(kb, a, aRow, lda, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    } else if (width == 3 * W) {
      float[] next = panels;
      int nextOff = bPanel;
      if (aheadOff >= 0) {
        // Other lines than the tile before.
        next = ahead;
        nextOff = aheadOff + ir * 12 % (Tile.AHEAD * NR);
      }
      touched +=
          TILE.tile3(
              kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut, next,
              nextOff);
    } else if (width == 2 * W) {
      TILE.tile2(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    } else {
      TILE.tile1(kb, x, off, panels, bPanel, start, startOff, ldStart, out, outOff, ldOut);
    }
  }

  static void copy(
      int rows, int columns, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xOff + i * ldx, y, yOff + i * ldy, columns);
    }
  }
}
