package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import jdk.incubator.vector.FloatVector;

/**
 * Products for the first seconds of a JVM. All of them, whatever their form and shape, are one of
 * two small tiles, which C2 compiles in a fraction of the time that {@link Gemm} and its tiles
 * take, and which have four fifths of their speed: A is read as it lies, but for the last rows, and
 * B from a panel. An element's chain is the tiles' one.
 */
final class EarlyProducts {
  private static final int MR = 6;
  private static final int NR = 2 * LENGTH;

  /** So much of k at once: a panel of B stays in L1. */
  private static final int KC = 128;

  // Of the rehearsal: calls between two looks at the clock, one in so many with a k of more than 1,
  // and how often the tiles are to be as fast as the scalar kernels.
  private static final int CALLS = 64;
  private static final int SHORT = 8;
  private static final int WINS = 3;

  private static final float[] ZEROS = new float[NR];

  private static boolean compiled;
  private static int wins;

  private final float[] panel = new float[KC * NR];
  // Operands of a tile where the caller's do not do.
  private final float[] rows = new float[MR * KC];
  private final float[] out = new float[MR * NR];

  private boolean isTransposed;
  // What C starts from: C itself where there is none.
  private float[] start;
  private int startOff;

  /** Goes on for so many ns with having C2 compile the tiles; returns whether they are. */
  static synchronized boolean rehearse(long nanos) {
    long begin = System.nanoTime();
    while (!compiled && System.nanoTime() - begin < nanos) {
      new EarlyProducts().trial();
    }
    return compiled;
  }

  /** Mostly of a short k: until C2 has compiled a tile its vectors are objects. */
  private void trial() {
    for (int call = 0; call < CALLS; call++) {
      tiles(call % SHORT == 0 ? 4 * SHORT : 1);
    }
    long begin = System.nanoTime();
    tiles(KC);
    long middle = System.nanoTime();
    ScalarKernels.INSTANCE.matmul(
        Transpose.NN, new Matrix(rows, MR, KC), new Matrix(panel, KC, NR), new Matrix(out, MR, NR));
    // Two of the tiles' for one.
    wins = middle - begin <= 2 * (System.nanoTime() - middle) ? wins + 1 : 0;
    compiled = wins >= WINS;
  }

  private void tiles(int k) {
    rows(k, rows, 0, KC, panel, ZEROS, 0, 0, out, 0, NR);
    columns(k, rows, 0, MR, panel, out, 0, NR, out, 0, NR);
  }

  /** See {@link io.lanewise.kernel.Kernels#matmul}; or with columns from one on of a packed B. */
  void product(
      Transpose form,
      Matrix a,
      Matrix b,
      PackedMatrix packed,
      int from,
      Matrix c,
      Start first,
      Matrix bias) {
    isTransposed = form.a();
    int n = c.columns();
    int k = isTransposed ? a.rows() : a.columns();
    int p = 0;
    // Runs once for k = 0 too: the starts are stored.
    do {
      int kc = Math.min(KC, k - p);
      boolean isBias = p == 0 && first == Start.BIAS;
      start = isBias ? bias.array() : p == 0 && first == Start.ZERO ? ZEROS : null;
      for (int j = 0; j < n; j += NR) {
        int nr = Math.min(NR, n - j);
        startOff = isBias ? bias.off() + j : 0;
        if (packed != null) {
          for (int q = 0; q < kc; q++) {
            Packing.unpack(packed, p + q, from + j, nr, panel, q * NR);
          }
        } else if (form.b()) {
          for (int i = 0; i < nr; i++) {
            Gemm.column(kc, b.array(), b.at(j + i) + p, 1, panel, i, NR);
          }
        } else if (nr == NR) {
          for (int w = 0; w < NR; w += LENGTH) {
            Packing.vectors(b.array(), b.at(p) + j + w, b.ld(), kc, NR, panel, w);
          }
        } else {
          Gemm.copy(kc, nr, b.array(), b.at(p) + j, b.ld(), panel, 0, NR);
        }
        column(a, p, kc, c, j, nr);
      }
      p += KC;
    } while (p < k);
    start = null;
  }

  /** All rows by the panel of B. */
  private void column(Matrix a, int p, int kc, Matrix c, int j, int nr) {
    int m = c.rows();
    for (int i = 0; i < m; i += MR) {
      int mr = Math.min(MR, m - i);
      float[] x = a.array();
      int xOff = isTransposed ? a.at(p) + i : a.at(i) + p;
      int ldx = a.ld();
      if (mr < MR) {
        int each = isTransposed ? MR : KC;
        if (j == 0 && kc > 0) {
          Gemm.copy(isTransposed ? kc : mr, isTransposed ? mr : kc, x, xOff, ldx, rows, 0, each);
        }
        x = rows;
        xOff = 0;
        ldx = each;
      }
      float[] y = c.array();
      int yOff = c.at(i) + j;
      int ldy = c.ld();
      float[] s = start == null ? y : start;
      int sOff = start == null ? yOff : startOff;
      int lds = start == null ? ldy : 0;
      boolean isWhole = mr == MR && nr == NR;
      if (!isWhole) {
        Gemm.copy(mr, nr, s, sOff, lds, out, 0, NR);
        s = out;
        sOff = 0;
        lds = NR;
        y = out;
        yOff = 0;
        ldy = NR;
      }
      if (isTransposed) {
        columns(kc, x, xOff, ldx, panel, s, sOff, lds, y, yOff, ldy);
      } else {
        rows(kc, x, xOff, ldx, panel, s, sOff, lds, y, yOff, ldy);
      }
      if (!isWhole) {
        Gemm.copy(mr, nr, out, 0, NR, c.array(), c.at(i) + j, c.ld());
      }
    }
  }

  /**
   * C[i, j] = start[i, j] + A[i, p] B[p, j], p = 0 .. k - 1: 12 sums, two vectors of B and one of
   * A. For rows of A as they lie, {@link #columns} for those of a transposed one: with a step of A
   * that is a variable the range checks stay in the loop.
   */
  private static void rows(
      int k,
      float[] a,
      int a0,
      int lda,
      float[] b,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    FloatVector v00 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v01 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v10 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v11 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v20 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v21 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v30 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v31 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v40 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v41 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v50 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v51 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOAT, b, p * NR);
      FloatVector b1 = FloatVector.fromArray(FLOAT, b, p * NR + LENGTH);
      FloatVector x = FloatVector.broadcast(FLOAT, a[a0 + p]);
      v00 = x.fma(b0, v00);
      v01 = x.fma(b1, v01);
      x = FloatVector.broadcast(FLOAT, a[a1 + p]);
      v10 = x.fma(b0, v10);
      v11 = x.fma(b1, v11);
      x = FloatVector.broadcast(FLOAT, a[a2 + p]);
      v20 = x.fma(b0, v20);
      v21 = x.fma(b1, v21);
      x = FloatVector.broadcast(FLOAT, a[a3 + p]);
      v30 = x.fma(b0, v30);
      v31 = x.fma(b1, v31);
      x = FloatVector.broadcast(FLOAT, a[a4 + p]);
      v40 = x.fma(b0, v40);
      v41 = x.fma(b1, v41);
      x = FloatVector.broadcast(FLOAT, a[a5 + p]);
      v50 = x.fma(b0, v50);
      v51 = x.fma(b1, v51);
    }
    v00.intoArray(c, cOff);
    v01.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v10.intoArray(c, cOff);
    v11.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v20.intoArray(c, cOff);
    v21.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v30.intoArray(c, cOff);
    v31.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v40.intoArray(c, cOff);
    v41.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v50.intoArray(c, cOff);
    v51.intoArray(c, cOff + LENGTH);
  }

  /** {@link #rows} with A[i, p] at a0 + p lda + i. */
  private static void columns(
      int k,
      float[] a,
      int a0,
      int lda,
      float[] b,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc) {
    FloatVector v00 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v01 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v10 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v11 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v20 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v21 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v30 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v31 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v40 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v41 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    startOff += ldStart;
    FloatVector v50 = FloatVector.fromArray(FLOAT, start, startOff);
    FloatVector v51 = FloatVector.fromArray(FLOAT, start, startOff + LENGTH);
    for (int p = 0; p < k; p++) {
      int i = a0 + p * lda;
      FloatVector b0 = FloatVector.fromArray(FLOAT, b, p * NR);
      FloatVector b1 = FloatVector.fromArray(FLOAT, b, p * NR + LENGTH);
      FloatVector x = FloatVector.broadcast(FLOAT, a[i]);
      v00 = x.fma(b0, v00);
      v01 = x.fma(b1, v01);
      x = FloatVector.broadcast(FLOAT, a[i + 1]);
      v10 = x.fma(b0, v10);
      v11 = x.fma(b1, v11);
      x = FloatVector.broadcast(FLOAT, a[i + 2]);
      v20 = x.fma(b0, v20);
      v21 = x.fma(b1, v21);
      x = FloatVector.broadcast(FLOAT, a[i + 3]);
      v30 = x.fma(b0, v30);
      v31 = x.fma(b1, v31);
      x = FloatVector.broadcast(FLOAT, a[i + 4]);
      v40 = x.fma(b0, v40);
      v41 = x.fma(b1, v41);
      x = FloatVector.broadcast(FLOAT, a[i + 5]);
      v50 = x.fma(b0, v50);
      v51 = x.fma(b1, v51);
    }
    v00.intoArray(c, cOff);
    v01.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v10.intoArray(c, cOff);
    v11.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v20.intoArray(c, cOff);
    v21.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v30.intoArray(c, cOff);
    v31.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v40.intoArray(c, cOff);
    v41.intoArray(c, cOff + LENGTH);
    cOff += ldc;
    v50.intoArray(c, cOff);
    v51.intoArray(c, cOff + LENGTH);
  }
}
