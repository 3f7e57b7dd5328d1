package io.lanewise.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The product of {@link ScalarKernels}, and the scratch of its other operations. Small ones are
 * taken chain by chain, others in loops that C2 makes vectors of. It does so only where it sees
 * that no array overlaps another one: each row of C and of the right operand is copied to an array
 * of its own, from index 0. Four rows of C take four p a pass, so an element that is loaded is used
 * four times. One such loop serves all forms, since each further one would be compiled too.
 *
 * <p>Lanes are the columns of C, or its rows where these are more: then C' = B' A'.
 */
final class PlainProduct {
  private static final int UNIT = 4;

  /** A block of the right operand stays in L2. */
  private static final int MOST_P = 128;

  private static final int MOST_COLUMNS = 512;

  /** Below, C2's loop is left to its scalar end. */
  private static final int FEW_COLUMNS = 64;

  private static final int SMALL = 1024;

  private static final AtomicReferenceArray<PlainProduct> POOL = new AtomicReferenceArray<>(64);

  private final float[] lefts = new float[UNIT * MOST_P];
  private final float[][] rights = new float[MOST_P][MOST_COLUMNS];
  private final float[][] outs = new float[UNIT][MOST_COLUMNS];

  // For whoever took it, as the rows are: what C2 may not keep in registers would be garbage.
  final float[] lanes = new float[ScalarRows.LANES];
  final float[] moreLanes = new float[ScalarRows.LANES];
  final int[] words = new int[4];
  final ScalarLosses losses = new ScalarLosses(lanes);
  private final Matrix packed = new Matrix();
  private float[] old = lanes;

  // A right operand that others packed, and of which column on.
  private @Nullable PackedMatrix foreign;
  private int from;

  // Element (i, p) of the left operand is left[leftOff + i leftRow + p leftP]; so are the others.
  private float[] left;
  private int leftOff;
  private int leftRow;
  private int leftP;
  private float[] right;
  private int rightOff;
  private int rightP;
  private int rightColumn;
  private float[] out;
  private int outOff;
  private int outRow;
  private int outColumn;

  private PlainProduct() {}

  /** Whether the copies pay. */
  static boolean pays(int m, int n, int k) {
    return m > 1 && (long) m * n * k >= SMALL;
  }

  /** One that nobody else has, until it is given back. */
  static PlainProduct take() {
    PlainProduct taken = POOL.getAndSet(slot(), null);
    return taken != null ? taken : new PlainProduct();
  }

  void give() {
    POOL.set(slot(), this);
  }

  private static int slot() {
    return (int) Thread.currentThread().threadId() & POOL.length() - 1;
  }

  /** One of the arrays of a row each, for whoever took it. */
  float[] row(int i) {
    return rights[i];
  }

  /** A row of C. */
  private float[] old(int columns) {
    if (old.length < columns) {
      old = new float[columns];
    }
    return old;
  }

  /** As {@link Kernels#doMatmulPacked}: B of any kernels. */
  void productPacked(
      Matrix a,
      PackedMatrix b,
      int from,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    if (b.packer() == ScalarKernels.INSTANCE) {
      packed.point(b.elements(), from, Math.max(1, b.n()), b.k(), c.columns());
    } else {
      foreign = b;
      this.from = from;
    }
    product(Transpose.NN, a, packed, c, epilogue, bias, saved);
    foreign = null;
    packed.point(lanes, 0, 1, 0, 0);
  }

  /** The specification of {@link Kernels#matmul}, its arguments checked. */
  void product(
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    float[] old = epilogue.isScaled() ? old(c.columns()) : null;
    int k = form.a() ? a.rows() : a.columns();
    boolean plain = foreign != null || !epilogue.isScaled() && pays(c.rows(), c.columns(), k);
    for (int i = 0; i < c.rows(); i++) {
      int at = c.at(i);
      if (old != null) {
        System.arraycopy(c.array(), at, old, 0, c.columns());
      }
      if (epilogue.start() == Epilogue.Start.ZERO) {
        Arrays.fill(c.array(), at, at + c.columns(), 0f);
      } else if (epilogue.start() == Epilogue.Start.BIAS) {
        System.arraycopy(bias.array(), bias.off(), c.array(), at, c.columns());
      }
      if (old != null) {
        scaled(form, a, i, b, c, epilogue, old);
      } else if (!plain) {
        chains(form, a, i, b, c);
      }
    }
    if (plain) {
      chains(form, a, b, c);
    }
    if (epilogue.activation() != Activation.IDENTITY) {
      ScalarRows.activate(epilogue.activation(), c, c);
    }
    if (epilogue.derivative() != null) {
      ScalarRows.activateBackward(epilogue.derivative(), saved, c, c, this);
    }
  }

  /** Goes on with the chains of row i of C. */
  static void chains(Transpose form, Matrix a, int i, Matrix b, Matrix cs) {
    float[] as = a.array();
    float[] bs = b.array();
    float[] c = cs.array();
    int k = form.a() ? a.rows() : a.columns();
    int n = cs.columns();
    int cOff = cs.at(i);
    int aOff = form.a() ? a.off() + i : a.at(i);
    int aStep = form.a() ? a.ld() : 1;
    if (form.b()) {
      for (int j = 0; j < n; j++) {
        float sum = c[cOff + j];
        for (int p = 0; p < k; p++) {
          sum = Math.fma(as[aOff + p * aStep], bs[b.at(j) + p], sum);
        }
        c[cOff + j] = sum;
      }
      return;
    }
    // The same chains in i-k-j order, which the JIT can vectorize over j.
    for (int p = 0; p < k; p++) {
      float ap = as[aOff + p * aStep];
      int bP = b.at(p);
      for (int j = 0; j < n; j++) {
        c[cOff + j] = Math.fma(ap, bs[bP + j], c[cOff + j]);
      }
    }
  }

  /** The chains of row i of C, which holds zeros, then what {@link Epilogue#scaled} says. */
  private static void scaled(
      Transpose form, Matrix a, int i, Matrix b, Matrix cs, Epilogue epilogue, float[] old) {
    float alpha = epilogue.alpha();
    float beta = epilogue.beta();
    boolean noChain = alpha == 0f || (form.a() ? a.rows() : a.columns()) == 0;
    if (!noChain) {
      chains(form, a, i, b, cs);
    }
    float[] c = cs.array();
    for (int j = 0; j < cs.columns(); j++) {
      int at = cs.at(i) + j;
      if (noChain) {
        c[at] = beta == 0f ? 0f : beta * old[j];
      } else {
        c[at] = beta == 0f ? alpha * c[at] : Math.fma(alpha, c[at], beta * old[j]);
      }
    }
  }

  /** Goes on with the chains of C. */
  void chains(Transpose form, Matrix a, Matrix b, Matrix c) {
    int m = c.rows();
    int n = c.columns();
    int k = form.a() ? a.rows() : a.columns();
    int aRow = form.a() ? 1 : a.ld();
    int aP = form.a() ? a.ld() : 1;
    int bP = form.b() ? 1 : b.ld();
    int bColumn = form.b() ? b.ld() : 1;
    boolean swapped = foreign == null && n < FEW_COLUMNS && n < m;
    Matrix l = swapped ? b : a;
    Matrix r = swapped ? a : b;
    left = l.array();
    leftOff = l.off();
    leftRow = swapped ? bColumn : aRow;
    leftP = swapped ? bP : aP;
    right = r.array();
    rightOff = r.off();
    rightP = swapped ? aP : bP;
    rightColumn = swapped ? aRow : bColumn;
    out = c.array();
    outOff = c.off();
    outRow = swapped ? 1 : c.ld();
    outColumn = swapped ? c.ld() : 1;
    run(swapped ? n : m, swapped ? m : n, k);
    left = null;
    right = null;
    out = null;
  }

  private void run(int m, int n, int k) {
    for (int column = 0; column < n; column += MOST_COLUMNS) {
      int columns = Math.min(n - column, MOST_COLUMNS);
      for (int p = 0; p < k; p += MOST_P) {
        int length = Math.min(k - p, MOST_P);
        copyRight(p, length, column, columns);
        for (int row = 0; row < m; row += UNIT) {
          int rows = Math.min(m - row, UNIT);
          copyLeft(row, rows, p, length);
          int at = outOff + row * outRow + column * outColumn;
          for (int i = 0; i < rows; i++) {
            copy(out, at + i * outRow, outColumn, columns, outs[i]);
          }
          for (int q = 0; q < length; q += UNIT) {
            pass(columns, lefts, UNIT * q, rights, q, outs);
          }
          for (int i = 0; i < rows; i++) {
            copyBack(outs[i], columns, at + i * outRow);
          }
        }
      }
    }
  }

  /** Past the last p is 0, which the left operand multiplies by -0: that changes no chain. */
  private void copyRight(int p, int length, int column, int columns) {
    int at = rightOff + p * rightP + column * rightColumn;
    int whole = rightColumn == 1 || foreign != null ? 0 : length & -UNIT;
    for (int q = 0; q < whole; q += UNIT) {
      transpose(right, at + q * rightP, rightColumn, rightP, columns, rights, q);
    }
    for (int q = whole; q < length; q++) {
      if (foreign != null) {
        foreign.packer().doUnpack(foreign, p + q, from + column, columns, rights[q]);
      } else {
        copy(right, at + q * rightP, rightColumn, columns, rights[q]);
      }
    }
    for (int q = length; q % UNIT != 0; q++) {
      Arrays.fill(rights[q], 0, columns, 0f);
    }
  }

  private void copyLeft(int row, int rows, int p, int length) {
    for (int i = 0; i < rows; i++) {
      int at = leftOff + (row + i) * leftRow + p * leftP;
      for (int q = 0; q < length; q++) {
        lefts[UNIT * q + i] = left[at + q * leftP];
      }
    }
    for (int q = length; q % UNIT != 0; q++) {
      Arrays.fill(lefts, UNIT * q, UNIT * q + UNIT, -0f);
    }
  }

  private static void copy(float[] x, int off, int step, int n, float[] y) {
    if (step == 1) {
      System.arraycopy(x, off, y, 0, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      y[j] = x[off + j * step];
    }
  }

  private void copyBack(float[] y, int n, int off) {
    if (outColumn == 1) {
      System.arraycopy(y, 0, out, off, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      out[off + j * outColumn] = y[j];
    }
  }

  /** Four rows at once: where they lie side by side, a line of the cache is read once. */
  private static void transpose(
      float[] x, int off, int step, int rowStep, int n, float[][] rows, int first) {
    float[] y0 = rows[first];
    float[] y1 = rows[first + 1];
    float[] y2 = rows[first + 2];
    float[] y3 = rows[first + 3];
    for (int j = 0; j < n; j++) {
      int at = off + j * step;
      y0[j] = x[at];
      y1[j] = x[at + rowStep];
      y2[j] = x[at + 2 * rowStep];
      y3[j] = x[at + 3 * rowStep];
    }
  }

  /** Four p of four rows of C. */
  private static void pass(int n, float[] a, int off, float[][] rights, int p, float[][] outs) {
    float a00 = a[off];
    float a10 = a[off + 1];
    float a20 = a[off + 2];
    float a30 = a[off + 3];
    float a01 = a[off + 4];
    float a11 = a[off + 5];
    float a21 = a[off + 6];
    float a31 = a[off + 7];
    float a02 = a[off + 8];
    float a12 = a[off + 9];
    float a22 = a[off + 10];
    float a32 = a[off + 11];
    float a03 = a[off + 12];
    float a13 = a[off + 13];
    float a23 = a[off + 14];
    float a33 = a[off + 15];
    float[] b0 = rights[p];
    float[] b1 = rights[p + 1];
    float[] b2 = rights[p + 2];
    float[] b3 = rights[p + 3];
    float[] c0 = outs[0];
    float[] c1 = outs[1];
    float[] c2 = outs[2];
    float[] c3 = outs[3];
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
      c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
      c2[j] = Math.fma(a23, x3, Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, c2[j]))));
      c3[j] = Math.fma(a33, x3, Math.fma(a32, x2, Math.fma(a31, x1, Math.fma(a30, x0, c3[j]))));
    }
  }
}
