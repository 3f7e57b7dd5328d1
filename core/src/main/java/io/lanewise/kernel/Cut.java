package io.lanewise.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An operation with its operands, cut into pieces that other kernels compute on {@link Threads}. A
 * cut is between rows, columns or elements, so no chain is cut. One object is filled anew for each
 * operation, since a closure would be allocated; it belongs to the thread that fills it in, and
 * only its run is a turn on the threads: nobody waits for who does not get that far.
 */
class Cut {
  /** Calls an operation of the kernels on the windows of a piece. */
  interface Operation {
    void run(Kernels kernels, Cut cut, Piece piece);
  }

  /** Cuts fall on multiples of this, so that no piece has a tail that the whole has not. */
  static final int GRAIN = 32;

  // The most elements, rows and columns of a sample, and rows where columns are cut.
  private static final int SAMPLE = 1024;
  private static final int FEW_ROWS = 8;
  private static final int FEW_COLUMNS = 96;
  private static final int SAMPLE_ROWS = 64;

  private static final Operation PRODUCT = Cut::productPiece;
  private static final Operation SUMS = Cut::blockSums;

  private static final int NORM = 5;
  private static final int OPERANDS = NORM + 4;

  // What else the operations have beside their operands.
  Object what;
  Transpose form;
  Epilogue epilogue;
  int[] labels;
  int labelsOff;
  float scalar;
  int number;
  long seed;
  long stream;
  private double[] sums = new double[0];
  private final Grid grid = new Grid();

  /** The next of those that are free. */
  Cut next;

  /** Whether its kernels are compiled, where that is asked. */
  @Nullable Readiness readiness;

  private final CutKernels owner;
  private @Nullable Piece own;
  private final Matrix[] whole = new Matrix[OPERANDS];
  private int operands;
  private Operation operation;
  // What is cut: operands of so many rows, of so many columns, or all as they lie.
  private int cutRows;
  private int cutColumns;
  private boolean cutElements;
  private long nanos;
  private int length;
  private int multiple;
  private int count;

  // About how long the operations take one thread, in ns: a low guess, so that work is rather left
  // whole than cut too small.

  static long productNanos(Matrix c, int k) {
    return (long) c.rows() * c.columns() * k / 64;
  }

  static long elementNanos(Matrix x) {
    return (long) x.rows() * x.columns() / 8;
  }

  static long rowNanos(Matrix x) {
    return x.rows() * (x.columns() / 4L + 50);
  }

  static long dropNanos(Matrix x) {
    return (long) x.rows() * x.columns() / 2;
  }

  Cut(CutKernels owner) {
    this.owner = owner;
  }

  /** Begins to fill it in; one thread takes about so many ns. */
  Cut begin(long nanos, Object what) {
    this.nanos = nanos;
    this.what = what;
    operands = 0;
    cutRows = -1;
    cutColumns = -1;
    cutElements = false;
    return this;
  }

  /** The next operand, which may be null. */
  Cut with(Matrix operand) {
    whole[operands++] = operand;
    return this;
  }

  Cut with(Matrix a, Matrix b) {
    return with(a).with(b);
  }

  Cut with(Matrix a, Matrix b, Matrix c) {
    return with(a, b).with(c);
  }

  Cut with(Norm norm) {
    whole[NORM] = norm.gamma();
    whole[NORM + 1] = norm.beta();
    whole[NORM + 2] = norm.mean();
    whole[NORM + 3] = norm.rstd();
    return this;
  }

  /** Between rows: operands of so many rows are cut, vectors of columns are not. */
  void rows(Operation operation) {
    cutRows = whole[0].rows();
    run(operation, cutRows, 1, owner.pieces.length * Threads.MOST_A_THREAD);
  }

  /** Between columns: operands of so many columns are cut, vectors of rows are not. */
  void columns(Operation operation) {
    cutColumns = whole[0].columns();
    run(operation, cutColumns, GRAIN, owner.pieces.length);
  }

  /** Between elements, which may be anywhere in the order in which they lie. */
  void elements(Operation operation) {
    for (int i = 0; i < operands; i++) {
      if (whole[i] != null && !whole[i].isDense()) {
        rows(operation);
        return;
      }
    }
    cutElements = true;
    int length = whole[0].rows() * whole[0].columns();
    run(operation, length, GRAIN, owner.pieces.length * Threads.MOST_A_THREAD);
  }

  /** Numbers from 0 on, which the operation gives a meaning. */
  void numbers(int length, Operation operation) {
    run(operation, length, 1, owner.pieces.length * Threads.MOST_A_THREAD);
  }

  /** A product, into pieces of its C, each with a number in the grid. */
  void product(Matrix c, int k, int grain) {
    boolean transA = form != null && form.a();
    int pieces = grid.set(c, k, transA, grain, owner.pieces.length);
    run(PRODUCT, pieces, 1, pieces);
  }

  private static void productPiece(Kernels kernels, Cut cut, Cut.Piece p) {
    int i = cut.grid.row(p.first);
    int m = cut.grid.m(p.first);
    int j = cut.grid.column(p.first);
    int n = cut.grid.n(p.first);
    int k = cut.grid.k;
    Matrix c = p.part(1, i, m, j, n);
    Matrix bias = p.part(2, 0, 1, j, n);
    Matrix saved = p.part(3, i, m, j, n);
    if (cut.form != null) {
      Transpose form = cut.form;
      Matrix a = form.a() ? p.part(0, 0, k, i, m) : p.part(0, i, m, 0, k);
      Matrix b = form.b() ? p.part(4, j, n, 0, k) : p.part(4, 0, k, j, n);
      kernels.doMatmul(form, a, b, c, cut.epilogue, bias, saved);
    } else {
      Matrix a = p.part(0, i, m, 0, k);
      PackedMatrix b = (PackedMatrix) cut.what;
      kernels.doMatmulPacked(a, b, cut.number + j, c, cut.epilogue, bias, saved);
    }
  }

  /** The blocks apart, and their sums added in order. */
  double sumOfSquares() {
    try {
      int blocks = (whole[0].columns() - 1) / Kernels.BLOCK + 1;
      if (sums.length < blocks) {
        sums = new double[blocks];
      }
      int pieces = Math.min(blocks, owner.pieces.length * Threads.MOST_A_THREAD);
      runPieces(SUMS, blocks, 1, pieces);
      double sum = 0;
      for (int i = 0; i < blocks; i++) {
        sum += sums[i];
      }
      return sum;
    } finally {
      end();
    }
  }

  private static void blockSums(Kernels kernels, Cut cut, Piece p) {
    Matrix g = cut.whole[0];
    for (int block = p.first; block < p.first + p.size; block++) {
      int from = block * Kernels.BLOCK;
      int length = Math.min(Kernels.BLOCK, g.columns() - from);
      cut.sums[block] = kernels.blockSum(g.array(), g.off() + from, length);
    }
  }

  /** Runs it, cut along the length, and ends it. */
  private void run(Operation operation, int length, int multiple, int count) {
    try {
      runPieces(operation, length, multiple, count);
    } finally {
      end();
    }
  }

  private void runPieces(Operation operation, int length, int multiple, int count) {
    this.operation = operation;
    this.length = length;
    this.multiple = multiple;
    this.count = count;
    owner.run(this, count, nanos);
  }

  /**
   * Runs a piece.
   *
   * @param thread which of the threads this is, from 0, the caller
   */
  void run(int thread, int piece) {
    int from = at(length, multiple, piece, count);
    int size = at(length, multiple, piece + 1, count) - from;
    if (size > 0) {
      operation.run(owner.kernels, this, owner.pieces[thread].take(this, from, size));
    }
  }

  boolean isProduct() {
    return operation == PRODUCT;
  }

  /** Whether C, the second operand of a product, is a single row. */
  boolean isRow() {
    return whole[1].rows() == 1;
  }

  /** Whether it is a product of at least so many rows and columns, without alpha and beta. */
  boolean isTile(int few) {
    return isProduct()
        && !epilogue.isScaled()
        && whole[1].rows() >= few
        && whole[1].columns() >= few;
  }

  /** Has other kernels compute all of it. */
  void run(Kernels kernels) {
    own = own == null ? new Piece() : own;
    operation.run(kernels, this, own.take(this, 0, length));
  }

  /** Has them compute a sample of it. */
  void run(Kernels kernels, Piece sample) {
    operation.run(kernels, this, sample);
  }

  /** The first index of a piece; that of the piece after the last one is length. */
  static int at(int length, int grain, int piece, int pieces) {
    long grains = (length + (long) grain - 1) / grain;
    return (int) Math.min(length, grains * piece / pieces * grain);
  }

  /** Forgets what is the caller's, and is free for the next operation. */
  private void end() {
    Arrays.fill(whole, null);
    what = null;
    readiness = null;
    form = null;
    epilogue = null;
    labels = null;
    owner.giveBack(this);
  }

  /** The windows of the piece that a thread has at hand. */
  static final class Piece {
    private final Matrix[] windows = new Matrix[OPERANDS];
    private final float[][] copies = new float[OPERANDS][0];
    private Cut cut;

    /** The vectors of a norm, which are operands too. */
    final Norm norm;

    /** The heads of an attention, for it to point at. */
    final Kernels.Heads heads = new Kernels.Heads();

    /** The first row, column, element or number. */
    int first;

    /** How many there are. */
    int size;

    Piece() {
      for (int i = 0; i < OPERANDS; i++) {
        windows[i] = new Matrix();
      }
      norm = new Norm(windows[NORM], windows[NORM + 1], windows[NORM + 2], windows[NORM + 3]);
    }

    private Piece take(Cut cut, int from, int size) {
      this.cut = cut;
      first = from;
      this.size = size;
      for (int i = 0; i < OPERANDS; i++) {
        if (cut.whole[i] != null) {
          point(windows[i], cut.whole[i]);
        }
      }
      return this;
    }

    private void point(Matrix window, Matrix of) {
      if (cut.cutElements) {
        window.point(of.array(), of.off() + first, size, 1, size);
        return;
      }
      boolean rows = of.rows() == cut.cutRows;
      boolean columns = of.columns() == cut.cutColumns;
      int m = rows ? size : of.rows();
      int n = columns ? size : of.columns();
      window.part(of, rows ? first : 0, m, columns ? first : 0, n);
    }

    /** Takes copies of a few rows, columns or elements: what is computed there is nobody's. */
    Piece sample(Cut cut) {
      Matrix x = cut.whole[0];
      int few = Math.max(1, Math.min(FEW_ROWS, SAMPLE / Math.max(1, x.columns())));
      boolean columns = cut.cutColumns >= 0;
      take(cut, 0, Math.min(cut.length, cut.cutElements ? SAMPLE : columns ? FEW_COLUMNS : few));
      if (cut.operation == SUMS) {
        // Of whole blocks, which it only reads; the sums are the same bits.
        size = 1;
        return this;
      }
      if (cut.what instanceof Kernels.Heads whole) {
        oneHead(whole);
      }
      for (int i = 0; i < OPERANDS; i++) {
        if (cut.whole[i] != null) {
          boolean ofX = columns && cut.whole[i].rows() == x.rows();
          copy(i, ofX ? Math.min(x.rows(), SAMPLE_ROWS) : windows[i].rows());
        }
      }
      return this;
    }

    private void copy(int i, int rows) {
      Matrix window = windows[i];
      int n = window.columns();
      if (copies[i].length < rows * n) {
        copies[i] = new float[rows * n];
      }
      for (int row = 0; row < rows && n > 0; row++) {
        System.arraycopy(window.array(), window.at(row), copies[i], row * n, n);
      }
      window.point(copies[i], 0, Math.max(1, n), rows, n);
    }

    /** The first text, of few tokens, by one head of its own. */
    private void oneHead(Kernels.Heads whole) {
      int queries = Math.min(cut.whole[0].rows() / whole.texts(), FEW_ROWS);
      int keys = Math.min(cut.whole[1].rows() / whole.texts(), FEW_COLUMNS);
      int[] rows = {queries, keys, keys, 1, queries};
      for (int i = 0; i < rows.length; i++) {
        if (cut.whole[i] != null) {
          int n = i == 3 ? keys : cut.whole[i].columns() / whole.heads();
          windows[i].part(cut.whole[i], 0, rows[i], 0, n);
        }
      }
      cut.what = new Kernels.Heads(1, 1, whole.scale());
      size = 1;
    }

    /** The piece of an operand; null where the operand is. */
    Matrix get(int i) {
      return cut.whole[i] == null ? null : windows[i];
    }

    /** Takes another part of an operand; null where the operand is. */
    Matrix part(int i, int row, int m, int column, int n) {
      return cut.whole[i] == null ? null : windows[i].part(cut.whole[i], row, m, column, n);
    }
  }
}
