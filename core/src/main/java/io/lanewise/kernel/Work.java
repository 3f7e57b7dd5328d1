package io.lanewise.kernel;

import java.util.Arrays;

/**
 * An operation with its arguments, to be run in pieces. One object is filled anew for each
 * operation, since a closure would be allocated.
 */
final class Work implements Threads.Pieces {
  /** Runs an operation on the range of what is cut: rows, columns or elements. */
  interface Part {
    void run(Work w, int from, int size);
  }

  final Kernels kernels;

  // Operands, scalars and whatever else the operations have.
  final float[][] x = new float[4][];
  final int[] off = new int[4];
  final int[] ld = new int[4];
  final float[] scalar = new float[6];
  int m;
  int n;
  int k;
  int rowPieces;
  int columnPieces;
  Object what;
  Form form;
  Fusion fusion;
  int[] labels;
  int labelsOff;

  private Part part;
  private int length;
  private int grain;
  private int count;

  Work(Kernels kernels) {
    this.kernels = kernels;
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
  void cut(Part part, int length, int grain, int count) {
    this.part = part;
    this.length = length;
    this.grain = grain;
    this.count = count;
  }

  @Override
  public void run(int piece) {
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
  void clear() {
    Arrays.fill(x, null);
    what = null;
    fusion = null;
    labels = null;
  }
}
