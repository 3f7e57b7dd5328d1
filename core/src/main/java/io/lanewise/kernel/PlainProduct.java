package io.lanewise.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The product of {@link ScalarKernels}, and the scratch of its other operations. Small ones are
 * taken chain by chain, others in {@link PlainLoops}, for which each row of C and of the right
 * operand is copied to an array of its own. A right operand of many products is packed as such
 * arrays.
 *
 * <p>Lanes are the columns of C, or its rows where these are more: then C' = B' A'.
 */
final class PlainProduct {
  /** Rows of C, and p, of a pass. */
  static final int UNIT = 4;

  /** A block of the right operand stays in L2. */
  private static final int MOST_P = 128;

  private static final int MOST_COLUMNS = 512;

  /** What is copied for a single row stays in L1. */
  private static final int ROW_P = 16;

  /** Below, C2's loop is left to its scalar end. */
  private static final int FEW_COLUMNS = 64;

  private static final int SMALL = 1024;

  private static final AtomicReferenceArray<PlainProduct> POOL = new AtomicReferenceArray<>(64);

  private final float[] lefts = new float[UNIT * MOST_P];
  private final float[][] rights = new float[MOST_P][width(MOST_COLUMNS)];
  private final float[][] outs = new float[UNIT][width(MOST_COLUMNS)];
  // What a pass reads: rights, or arrays of a packed operand.
  private final float[][] taken = rights.clone();
  // The p that count, if not all do.
  private int[] index = {};
  private boolean indexed;

  // For whoever took it, as the rows are: what C2 may not keep in registers would be garbage.
  final float[] lanes = new float[ScalarRows.LANES];
  final float[] moreLanes = new float[ScalarRows.LANES];
  final int[] words = new int[4];
  final ScalarLosses losses = new ScalarLosses(lanes);
  private final Matrix none = new Matrix();
  private float[] old = lanes;

  // A right operand that is packed, and of which column on.
  private @Nullable PackedMatrix packed;
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
    return (m > 1 || n >= FEW_COLUMNS / 2) && (long) m * n * k >= SMALL;
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

  /**
   * How many elements of a row a loop takes, the last of them for nothing: C2's code takes one
   * alone, then vectors of 16 at most, and what is left one by one.
   */
  static int width(int columns) {
    return columns + 14 & -16 | 1;
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

  /** See {@link Kernels#pack}: blocks of columns, each of an array a row. */
  static PackedMatrix pack(Kernels packer, Matrix b) {
    int k = b.rows();
    int n = b.columns();
    float[][] rows = new float[Math.multiplyExact((n + MOST_COLUMNS - 1) / MOST_COLUMNS, k)][];
    boolean finite = true;
    for (int i = 0; i < rows.length; i++) {
      int column = i / k * MOST_COLUMNS;
      int columns = Math.min(n - column, MOST_COLUMNS);
      rows[i] = new float[width(columns)];
      System.arraycopy(b.array(), b.at(i % k) + column, rows[i], 0, columns);
      finite &= PackedMatrix.finite(rows[i]);
    }
    return new PackedMatrix(packer, k, n, new float[0], 1, finite, rows);
  }

  /** See {@link Kernels#doUnpack}. */
  static void unpack(PackedMatrix b, int p, int column, int columns, float[] to) {
    int some;
    for (int j = 0; j < columns; j += some) {
      int first = (column + j) % MOST_COLUMNS;
      some = Math.min(columns - j, MOST_COLUMNS - first);
      System.arraycopy(row(b, p, column + j), first, to, j, some);
    }
  }

  /** Row p of the block that has a column. */
  private static float[] row(PackedMatrix b, int p, int column) {
    return b.rows[column / MOST_COLUMNS * b.k() + p];
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
    packed = b;
    this.from = from;
    product(Transpose.NN, a, none, c, epilogue, bias, saved);
    packed = null;
    // Keeps nothing of B.
    System.arraycopy(rights, 0, taken, 0, MOST_P);
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
    boolean plain = packed != null || !epilogue.isScaled() && pays(c.rows(), c.columns(), k);
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
      ScalarRows.activate(epilogue.activation(), c, null, c, this);
    }
    if (epilogue.derivative() != null) {
      ScalarRows.activate(epilogue.derivative(), saved, c, c, this);
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
    boolean swapped = n < FEW_COLUMNS && n < m && (packed == null || isInPlace());
    if (swapped && packed != null) {
      float[] rows = old(k * n);
      for (int p = 0; p < k; p++) {
        System.arraycopy(row(packed, p, from), 0, rows, p * n, n);
      }
      b.point(rows, 0, n, k, n);
      packed = null;
    }
    int aRow = form.a() ? 1 : a.ld();
    int aP = form.a() ? a.ld() : 1;
    int bP = form.b() ? 1 : b.ld();
    int bColumn = form.b() ? b.ld() : 1;
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
    if (m > 1 || packed == null || !packed.isFinite() || !withoutZeros(n, k)) {
      run(swapped ? n : m, swapped ? m : n, k);
    }
    left = null;
    right = null;
    out = null;
  }

  /**
   * A single row, if enough of it are zeros: they are left out. A zero times a finite number
   * changes at most the sign of a zero in a chain, so the bits are the same unless it ends in zero:
   * then C is as it was, and false is returned.
   */
  private boolean withoutZeros(int n, int k) {
    if (index.length < k) {
      index = new int[k];
    }
    float[] row = left;
    int rowOff = leftOff;
    float[] both = old(n + k);
    int count = 0;
    for (int p = 0; p < k; p++) {
      float x = row[rowOff + p];
      both[n + count] = x;
      index[count] = p;
      count += x == 0f ? 0 : 1;
    }
    if (count > k - k / 4) {
      return false;
    }
    System.arraycopy(out, outOff, both, 0, n);
    left = both;
    leftOff = n;
    indexed = true;
    run(1, n, count);
    indexed = false;
    left = row;
    leftOff = rowOff;
    for (int j = 0; j < n; j++) {
      if (out[outOff + j] == 0f) {
        System.arraycopy(both, 0, out, outOff, n);
        return false;
      }
    }
    return true;
  }

  private void run(int m, int n, int k) {
    int most = m > 1 || isInPlace() ? MOST_P : ROW_P;
    for (int column = 0; column < n; column += MOST_COLUMNS) {
      int columns = Math.min(n - column, MOST_COLUMNS);
      int width = width(columns);
      for (int p = 0; p < k; p += most) {
        int length = Math.min(k - p, most);
        takeRight(p, length, column, columns);
        for (int row = 0; row < m; row += UNIT) {
          int rows = Math.min(m - row, UNIT);
          copyLeft(row, rows, p, length);
          int at = outOff + row * outRow + column * outColumn;
          for (int i = 0; i < rows; i++) {
            PlainLoops.copy(out, at + i * outRow, outColumn, columns, outs[i]);
          }
          for (int q = 0; q < length; q += UNIT) {
            if (rows == 1) {
              PlainLoops.passRow(width, lefts, UNIT * q, taken, q, outs[0]);
            } else {
              PlainLoops.pass(width, lefts, UNIT * q, taken, q, outs);
            }
          }
          for (int i = 0; i < rows; i++) {
            copyBack(outs[i], columns, at + i * outRow);
          }
        }
      }
    }
  }

  /** Whether the right operand is arrays already. */
  private boolean isInPlace() {
    return packed != null && packed.rows != null && from % MOST_COLUMNS == 0;
  }

  /** Past the last p is 0, which the left operand multiplies by -0: that changes no chain. */
  private void takeRight(int p, int length, int column, int columns) {
    int at = rightOff + p * rightP + column * rightColumn;
    int whole = rightColumn == 1 || packed != null ? 0 : length & -UNIT;
    for (int q = 0; q < whole; q += UNIT) {
      PlainLoops.transpose(right, at + q * rightP, rightColumn, rightP, columns, rights, q);
    }
    for (int q = whole; q < length; q++) {
      int row = indexed ? index[p + q] : p + q;
      if (packed == null) {
        PlainLoops.copy(right, at + q * rightP, rightColumn, columns, rights[q]);
      } else if (isInPlace()) {
        taken[q] = row(packed, row, from + column);
      } else {
        packed.packer().doUnpack(packed, row, from + column, columns, rights[q]);
      }
    }
    for (int q = length; q % UNIT != 0; q++) {
      taken[q] = rights[q];
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

  private void copyBack(float[] y, int n, int off) {
    if (outColumn == 1) {
      System.arraycopy(y, 0, out, off, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      out[off + j * outColumn] = y[j];
    }
  }
}
