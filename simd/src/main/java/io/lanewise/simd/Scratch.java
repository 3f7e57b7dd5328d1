package io.lanewise.simd;

import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Room for what lies between two passes over some rows, for one operation at a time. Functions of
 * {@link LaneMath} run over whole vectors of it, so that rows that are no multiple of a vector have
 * no scalar tails. Every array has room for a whole vector past its last element.
 *
 * <p>It comes from a pool, as large as the processors ask for, and belongs to no thread: threads
 * that wait hold nothing, and those of others, as of a web server, do not keep these classes. A
 * search begins where the thread's last one did, among so few places that virtual threads, which
 * are always new, find what is still in the cache.
 */
final class Scratch {
  private static final int STARTS =
      4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());

  /** More than are in use at once, also of threads that were interrupted in the middle. */
  private static final Scratch[] POOL = new Scratch[16 * STARTS];

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

  /** Sums of {@link Integers}. */
  final int[] halves = new int[16 * Lanes.VIRTUAL];

  /** Likewise, put together. */
  final float[] edge = new float[16 * Lanes.VIRTUAL];

  private int[] pairs = {};

  private final Matrix[] windows = {new Matrix(), new Matrix(), new Matrix(), new Matrix()};
  private final float[][] blocks = new float[BLOCKS][Lanes.VIRTUAL];

  private EarlyProducts early;

  /** The products that it has room for. */
  final Gemm gemm = new Gemm(this);

  final Scaled scaled = new Scaled(this);

  final Attention attention = new Attention(this);

  // False at first, which is what a thread sees of one that another has just put into the pool.
  private final AtomicBoolean free = new AtomicBoolean();

  Scratch() {}

  /** One that nobody else has, until it is given back. */
  static Scratch take() {
    int first = (int) (Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L >>> 33) % STARTS;
    int place = first;
    do {
      Scratch scratch = POOL[place];
      if (scratch == null) {
        break;
      }
      if (scratch.free.getPlain() && scratch.free.compareAndSet(true, false)) {
        return scratch;
      }
      place = (place + 1) % POOL.length;
    } while (place != first);
    // Where all are in use it takes the place of one, which is then dropped.
    return POOL[place] = new Scratch();
  }

  /** Ends its use, and that of everything in it. */
  void give() {
    free.setRelease(true);
  }

  /** The buffer if it is large enough, or another one. */
  float[] atLeast(float[] buffer, int length) {
    if (buffer.length >= length) {
      return buffer;
    }
    try {
      return new float[length];
    } catch (OutOfMemoryError e) {
      // What it keeps shall not be lost too.
      give();
      throw e;
    }
  }

  /** As {@link #atLeast}, the integers of A. */
  int[] pairs(int length) {
    if (pairs.length < length) {
      try {
        pairs = new int[length];
      } catch (OutOfMemoryError e) {
        give();
        throw e;
      }
    }
    return pairs;
  }

  /** The products of the first seconds: most JVMs outlive them. */
  EarlyProducts early() {
    early = early == null ? new EarlyProducts() : early;
    return early;
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
    return blocks[i] = atLeast(blocks[i], Math.max(n, BLOCK) + Lanes.VIRTUAL);
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
