package io.lanewise.kernel;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * An operation with its arguments, to be run in pieces. One object is filled anew for each
 * operation, since a closure would be allocated.
 */
final class Work implements IntConsumer {
  /** Runs an operation on the range of what is cut: rows, columns or elements. */
  interface Part {
    void run(Work w, int from, int size);
  }

  /** Cuts fall on multiples of this, so that no piece has a tail that the whole has not. */
  static final int GRAIN = 32;

  private static final int OPERANDS = 5;

  final Kernels kernels;
  final LayerKernels layers;
  private final Threads threads;

  // Operands, scalars and whatever else the operations have.
  final float[][] x = new float[OPERANDS][];
  final int[] off = new int[OPERANDS];
  final int[] ld = new int[OPERANDS];
  final float[] scalar = new float[1];
  int m;
  int n;
  int k;
  int rowPieces;
  int columnPieces;
  int columnGrain;
  int first;
  long seed;
  long stream;
  Object what;
  Form form;
  Fusion fusion;
  int[] labels;
  int labelsOff;
  double[] sums = new double[0];

  private Part part;
  private int length;
  private int grain;
  private int count;

  Work(Kernels kernels, Threads threads) {
    this.kernels = kernels;
    layers = kernels.layers();
    this.threads = threads;
  }

  /** Begins to fill it in; waits for this thread's turn. */
  Work begin() {
    threads.take();
    return this;
  }

  /** Runs it, cut along the length, and ends the turn. */
  void run(Part part, int length, int grain, int pieces, long nanos) {
    try {
      cut(part, length, grain, pieces);
      threads.run(this, pieces, nanos);
    } finally {
      clear();
      threads.release();
    }
  }

  /** Runs the work, cut between rows, and ends the turn. */
  void runRows(Part part, int m, long nanos) {
    run(part, m, 1, threads.count() * Threads.MOST_A_THREAD, nanos);
  }

  /** Runs it on ranges of elements. */
  void runElements(Part part, int length, long nanos) {
    run(part, length, GRAIN, threads.count() * Threads.MOST_A_THREAD, nanos);
  }

  void operand(int i, float[] array, int offset, int leading) {
    x[i] = array;
    off[i] = offset;
    ld[i] = leading;
  }

  /** The index of an operand's row, the first of a part. */
  int row(int i, int from) {
    return off[i] + from * ld[i];
  }

  /** The index of an operand's element or column, the first of a part. */
  int column(int i, int from) {
    return off[i] + from;
  }

  /** Sets what runs, and into how many ranges the length is cut, on multiples of the grain. */
  private void cut(Part part, int length, int grain, int count) {
    this.part = part;
    this.length = length;
    this.grain = grain;
    this.count = count;
  }

  @Override
  public void accept(int piece) {
    int from = cut(length, grain, piece, count);
    int size = cut(length, grain, piece + 1, count) - from;
    if (size > 0) {
      part.run(this, from, size);
    }
  }

  /** The first index of a piece; that of the piece after the last one is length. */
  static int cut(int length, int grain, int piece, int pieces) {
    long grains = (length + (long) grain - 1) / grain;
    return (int) Math.min(length, grains * piece / pieces * grain);
  }

  /** Forgets the arrays, which are the caller's. */
  private void clear() {
    Arrays.fill(x, null);
    what = null;
    fusion = null;
    labels = null;
  }
}
