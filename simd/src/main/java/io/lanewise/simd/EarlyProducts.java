package io.lanewise.simd;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products for the first seconds of a JVM. All of them, whatever their form and shape, are one
 * small tile, which C2 compiles in less than a tenth of the time that {@link Gemm} and its tiles
 * take, and which has two thirds of their speed: A and B are read as they lie, but for what the
 * tile has no room for, the last rows and columns, and a B that is transposed or packed. An
 * element's chain is the tiles' one.
 */
final class EarlyProducts {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;
  private static final int MR = 6;
  private static final int NR = 2 * W;

  /** So much of k at once: a panel of B stays in L1. */
  private static final int KC = 128;

  // Of the rehearsal: calls between two looks at the clock, one in so many with a k of more than 1,
  // and how often the tile is to be as fast as the scalar kernels.
  private static final int CALLS = 64;
  private static final int SHORT = 8;
  private static final int WINS = 3;

  private static boolean compiled;
  private static int wins;

  // Operands of the tile where the caller's do not do.
  private final float[] panel = new float[KC * NR];
  private final float[] rows = new float[MR * KC];
  private final float[] out = new float[MR * NR];

  private int aRow;
  private int aP;

  /** Goes on for so many ns with having C2 compile the tile; returns whether it is. */
  static synchronized boolean rehearse(long nanos) {
    long begin = System.nanoTime();
    EarlyProducts own = compiled || nanos <= 0 ? null : new EarlyProducts();
    while (!compiled && System.nanoTime() - begin < nanos) {
      own.trial();
    }
    return compiled;
  }

  /** Mostly of a short k: until C2 has compiled the tile its vectors are objects. */
  private void trial() {
    for (int call = 0; call < CALLS; call++) {
      tile(call % SHORT == 0 ? 4 * SHORT : 1, rows, 0, 1, MR, panel, 0, NR, out, 0, NR);
    }
    long begin = System.nanoTime();
    tile(KC, rows, 0, KC, 1, panel, 0, NR, out, 0, NR);
    long middle = System.nanoTime();
    ScalarKernels.INSTANCE.matmul(
        Transpose.NN, new Matrix(rows, MR, KC), new Matrix(panel, KC, NR), new Matrix(out, MR, NR));
    wins = middle - begin <= System.nanoTime() - middle ? wins + 1 : 0;
    compiled = wins >= WINS;
  }

  /** See {@link io.lanewise.kernel.Kernels#matmul}; or with columns from one on of a packed B. */
  void product(
      Transpose form,
      Matrix a,
      Matrix b,
      PackedMatrix packed,
      int from,
      Matrix c,
      Start start,
      Matrix bias) {
    int n = c.columns();
    int k = form.a() ? a.rows() : a.columns();
    for (int i = 0; i < c.rows() && start != Start.ACCUMULATE; i++) {
      if (start == Start.ZERO) {
        Arrays.fill(c.array(), c.at(i), c.at(i) + n, 0f);
      } else {
        System.arraycopy(bias.array(), bias.off(), c.array(), c.at(i), n);
      }
    }
    aRow = form.a() ? 1 : a.ld();
    aP = form.a() ? a.ld() : 1;
    int bColumn = form.b() ? b.ld() : 1;
    int bP = form.b() ? 1 : packed == null ? b.ld() : 0;
    for (int p = 0; p < k; p += KC) {
      int kc = Math.min(KC, k - p);
      for (int j = 0; j < n; j += NR) {
        int nr = Math.min(NR, n - j);
        boolean inPlace = nr == NR && packed == null && !form.b();
        if (packed != null) {
          for (int q = 0; q < kc; q++) {
            Packing.unpack(packed, p + q, from + j, nr, panel, q * NR);
          }
        } else if (!inPlace) {
          gather(b.array(), b.off() + j * bColumn + p * bP, bColumn, bP, nr, kc, panel, NR);
        }
        float[] right = inPlace ? b.array() : panel;
        column(a, p, kc, right, inPlace ? b.at(p) + j : 0, inPlace ? b.ld() : NR, c, j, nr);
      }
    }
  }

  /** All rows by a panel of B. */
  private void column(
      Matrix a, int p, int kc, float[] b, int bOff, int ldb, Matrix c, int j, int nr) {
    int m = c.rows();
    for (int i = 0; i < m; i += MR) {
      int mr = Math.min(MR, m - i);
      float[] x = a.array();
      int at = a.off() + i * aRow + p * aP;
      int row = aRow;
      int step = aP;
      if (mr < MR) {
        if (j == 0) {
          gather(x, at, aRow, aP, mr, kc, rows, MR);
        }
        x = rows;
        at = 0;
        row = 1;
        step = MR;
      }
      if (mr == MR && nr == NR) {
        tile(kc, x, at, row, step, b, bOff, ldb, c.array(), c.at(i) + j, c.ld());
        continue;
      }
      for (int r = 0; r < mr; r++) {
        System.arraycopy(c.array(), c.at(i + r) + j, out, r * NR, nr);
      }
      tile(kc, x, at, row, step, b, bOff, ldb, out, 0, NR);
      for (int r = 0; r < mr; r++) {
        System.arraycopy(out, r * NR, c.array(), c.at(i + r) + j, nr);
      }
    }
  }

  /** As the tile reads it: n elements side by side for each p. */
  private static void gather(
      float[] x, int off, int step, int stepP, int n, int k, float[] to, int width) {
    for (int i = 0; i < n; i++) {
      for (int p = 0; p < k; p++) {
        to[p * width + i] = x[off + i * step + p * stepP];
      }
    }
  }

  /** C[i, j] += A[i, p] B[p, j], p = 0 .. k - 1: 12 sums, two vectors of B and one of A. */
  private static void tile(
      int k,
      float[] a,
      int a0,
      int aRow,
      int aP,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int c0,
      int ldc) {
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    FloatVector v00 = FloatVector.fromArray(LANES, c, c0);
    FloatVector v01 = FloatVector.fromArray(LANES, c, c0 + W);
    FloatVector v10 = FloatVector.fromArray(LANES, c, c1);
    FloatVector v11 = FloatVector.fromArray(LANES, c, c1 + W);
    FloatVector v20 = FloatVector.fromArray(LANES, c, c2);
    FloatVector v21 = FloatVector.fromArray(LANES, c, c2 + W);
    FloatVector v30 = FloatVector.fromArray(LANES, c, c3);
    FloatVector v31 = FloatVector.fromArray(LANES, c, c3 + W);
    FloatVector v40 = FloatVector.fromArray(LANES, c, c4);
    FloatVector v41 = FloatVector.fromArray(LANES, c, c4 + W);
    FloatVector v50 = FloatVector.fromArray(LANES, c, c5);
    FloatVector v51 = FloatVector.fromArray(LANES, c, c5 + W);
    for (int p = 0; p < k; p++) {
      int i = a0 + p * aP;
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * ldb);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * ldb + W);
      FloatVector x0 = FloatVector.broadcast(LANES, a[i]);
      v00 = x0.fma(b0, v00);
      v01 = x0.fma(b1, v01);
      FloatVector x1 = FloatVector.broadcast(LANES, a[i + aRow]);
      v10 = x1.fma(b0, v10);
      v11 = x1.fma(b1, v11);
      FloatVector x2 = FloatVector.broadcast(LANES, a[i + 2 * aRow]);
      v20 = x2.fma(b0, v20);
      v21 = x2.fma(b1, v21);
      FloatVector x3 = FloatVector.broadcast(LANES, a[i + 3 * aRow]);
      v30 = x3.fma(b0, v30);
      v31 = x3.fma(b1, v31);
      FloatVector x4 = FloatVector.broadcast(LANES, a[i + 4 * aRow]);
      v40 = x4.fma(b0, v40);
      v41 = x4.fma(b1, v41);
      FloatVector x5 = FloatVector.broadcast(LANES, a[i + 5 * aRow]);
      v50 = x5.fma(b0, v50);
      v51 = x5.fma(b1, v51);
    }
    v00.intoArray(c, c0);
    v01.intoArray(c, c0 + W);
    v10.intoArray(c, c1);
    v11.intoArray(c, c1 + W);
    v20.intoArray(c, c2);
    v21.intoArray(c, c2 + W);
    v30.intoArray(c, c3);
    v31.intoArray(c, c3 + W);
    v40.intoArray(c, c4);
    v41.intoArray(c, c4 + W);
    v50.intoArray(c, c5);
    v51.intoArray(c, c5 + W);
  }
}
