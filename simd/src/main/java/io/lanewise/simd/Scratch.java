package io.lanewise.simd;

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

  private float[] block = new float[BLOCK + Lanes.VIRTUAL];

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
    if (block.length - Lanes.VIRTUAL < n) {
      block = new float[n + Lanes.VIRTUAL];
    }
    return block;
  }
}
