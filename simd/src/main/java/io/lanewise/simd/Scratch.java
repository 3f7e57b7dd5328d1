package io.lanewise.simd;

import io.lanewise.kernel.Matrix;
import java.util.Arrays;

/**
 * Room for what lies between two passes over some rows, one a thread. Functions of {@link LaneMath}
 * run over whole vectors of it, so that rows that are no multiple of a vector have no scalar tails.
 * Every array has room for a whole vector past its last element.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** A block and what is read and written with it fit in L1 together. */
  private static final int BLOCK = 2048;

  private static final int MOST_ROWS = 256;

  private static final int BLOCKS = 4;

  /** The virtual lanes of a reduction. */
  final float[] lanes = new float[Lanes.VIRTUAL];

  /** Those of a second reduction beside it. */
  final float[] products = new float[Lanes.VIRTUAL];

  /** Random words. */
  final int[] words = new int[Dropping.WORDS];

  /** What they are made from. */
  final long[] counters = new long[Dropping.COUNTERS];

  /** The end of a row. */
  final float[] tail = new float[Lanes.VIRTUAL];

  /** A float for each row of a block. */
  final float[] maxima = new float[MOST_ROWS + Lanes.VIRTUAL];

  /** Likewise. */
  final float[] sums = new float[MOST_ROWS + Lanes.VIRTUAL];

  /** Likewise. */
  final float[] logs = new float[MOST_ROWS + Lanes.VIRTUAL];

  /** What the exponentials of the row at hand are taken from. */
  float max;

  /** Elements equal to it are counted, and their exponentials left out of the sum; or NaN. */
  float except;

  /** The mean of the row at hand. */
  float mean;

  /** Its reciprocal standard deviation. */
  float rstd;

  private final Matrix[] windows = {new Matrix(), new Matrix(), new Matrix(), new Matrix()};
  private final float[][] blocks = new float[BLOCKS][Lanes.VIRTUAL];

  private Scratch() {}

  static Scratch get() {
    return OF_THREAD.get();
  }

  /** How many rows of n a block has. */
  static int rows(int n) {
    return Math.max(1, Math.min(MOST_ROWS, BLOCK / Math.max(1, n)));
  }

  /** The least multiple of a vector that is not less. */
  static int wholeVectors(int length) {
    return Lanes.FLOAT.loopBound(length + Lanes.LENGTH - 1);
  }

  /** The elements of as many rows, one after another; what they hold is whatever. */
  float[] block(int n) {
    return block(0, n);
  }

  /** Block i of four beside each other. */
  float[] block(int i, int n) {
    if (blocks[i].length - Lanes.VIRTUAL < Math.max(n, BLOCK)) {
      blocks[i] = new float[Math.max(n, BLOCK) + Lanes.VIRTUAL];
    }
    return blocks[i];
  }

  /** The rows of a window one after another, and zeros in what is left of the last vector. */
  static float[] gather(Matrix x, float[] block) {
    int n = x.columns();
    int rows = x.isDense() ? 1 : x.rows();
    int length = x.rows() * n;
    for (int i = 0; n > 0 && i < rows; i++) {
      System.arraycopy(x.array(), x.at(i), block, i * n, length / rows);
    }
    Arrays.fill(block, length, wholeVectors(length), 0f);
    return block;
  }

  /** Copies them back to a window. */
  static void scatter(float[] block, Matrix x) {
    int n = x.columns();
    int rows = x.isDense() ? 1 : x.rows();
    int length = x.rows() * n / rows;
    for (int i = 0; n > 0 && i < rows; i++) {
      System.arraycopy(block, i * n, x.array(), x.at(i), length);
    }
  }

  /** Some rows of an operand; null where it is. Window i is free for the next call's. */
  Matrix part(int i, Matrix whole, int row, int m) {
    return whole == null || whole.rows() == m
        ? whole
        : windows[i].part(whole, row, m, 0, whole.columns());
  }

  /** Some columns of a vector; null where it is. */
  Matrix columns(int i, Matrix whole, int column, int n) {
    return whole == null || whole.columns() == n ? whole : windows[i].part(whole, 0, 1, column, n);
  }

  /** Elements as a row, in window i. */
  Matrix row(int i, float[] x, int xOff, int n) {
    return windows[i].set(x, xOff, n, 1, n);
  }
}
