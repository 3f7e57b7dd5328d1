package io.lanewise.math;

import java.util.Objects;

/**
 * Random numbers whose algorithm is specified to the bit: Philox4x32-10 (Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3"), four words from a counter of four and a key of
 * two; key = seed, counter = (block, purpose, index). Each purpose and index is a stream of its
 * own, so drawing more of one never moves another. Not safe for use by several threads at once.
 */
public final class RandomStream {
  /** The rounds of mixing. */
  public static final int ROUNDS = 10;

  /** What word 0 of the counter is multiplied by in each round. */
  public static final int MULTIPLIER_0 = 0xD2511F53;

  /** Likewise word 2. */
  public static final int MULTIPLIER_1 = 0xCD9E8D57;

  /** What is added to word 0 of the key after each round. */
  public static final int WEYL_0 = 0x9E3779B9;

  /** Likewise word 1. */
  public static final int WEYL_1 = 0xBB67AE85;

  /** What the numbers are for. */
  public enum Purpose {
    /** Initial weights. */
    WEIGHTS,
    /** The order of the rows. */
    SHUFFLE,
    /** Which units are dropped. */
    DROPOUT,
    /** Splits of a dataset. */
    SPLIT,
    /** Test data and examples. */
    DATA
  }

  private final long seed;
  private final int purpose;
  private final int index;
  private final int[] words = new int[4];
  private long position;
  private double spareGaussian;
  private boolean hasSpare;

  /** Makes the stream of that seed and purpose, at its beginning. */
  public RandomStream(long seed, Purpose purpose) {
    this(seed, purpose, 0);
  }

  /** Makes one of the 2^32 streams of that seed and purpose, such as that of an epoch. */
  public RandomStream(long seed, Purpose purpose, int index) {
    this.seed = seed;
    this.purpose = Objects.requireNonNull(purpose, "purpose").ordinal();
    this.index = index;
  }

  /**
   * Goes to where a stream is when so many words were drawn.
   *
   * @throws IllegalArgumentException if that is less than 0
   */
  public void seek(long position) {
    if (position < 0) {
      throw new IllegalArgumentException("position must be >= 0, got " + position);
    }
    this.position = position;
    hasSpare = false;
    if ((position & 3) != 0) {
      draw();
    }
  }

  /** Returns 32 random bits. */
  public int nextInt() {
    int word = (int) (position & 3);
    if (word == 0) {
      draw();
    }
    position++;
    return words[word];
  }

  /**
   * Returns an integer that is uniform in [0, bound), by rejection (Lemire 2019).
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be > 0, got " + bound);
    }
    int threshold = Integer.remainderUnsigned(-bound, bound);
    while (true) {
      long product = (nextInt() & 0xFFFFFFFFL) * bound;
      if (Integer.compareUnsigned((int) product, threshold) >= 0) {
        return (int) (product >>> 32);
      }
    }
  }

  /** Returns a double that is uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    long high = nextInt() >>> 5;
    long low = nextInt() >>> 6;
    return ((high << 26) | low) * 0x1p-53;
  }

  /**
   * Returns a standard normal double (Box and Muller 1958), by StrictMath, which is specified to
   * the bit.
   */
  public double nextGaussian() {
    if (hasSpare) {
      hasSpare = false;
      return spareGaussian;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * Math.PI * nextDouble();
    spareGaussian = radius * StrictMath.sin(angle);
    hasSpare = true;
    return radius * StrictMath.cos(angle);
  }

  /** Puts the elements of {@code order} into random order (Fisher and Yates). */
  public void shuffle(int[] order) {
    shuffle(order, order.length);
  }

  /** Puts the first {@code count} elements of {@code order} into random order, likewise. */
  public void shuffle(int[] order, int count) {
    for (int i = count - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }

  /** The block that has the position; words 0 and 1 of the counter are its number. */
  private void draw() {
    long block = position >>> 2;
    int high = (int) (block >>> 32);
    block((int) block, high, purpose, index, (int) seed, (int) (seed >>> 32), words);
  }

  /**
   * Computes one block of Philox, which has no state: any word of any stream can be had alone, in
   * any order and on any thread.
   *
   * @param c0 the counter, words 0 to 3
   * @param k0 the key, words 0 and 1
   * @param out where the four words go, from index 0
   */
  public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  @Override
  public String toString() {
    Purpose what = Purpose.values()[purpose];
    return "RandomStream[" + what + " " + index + ", seed " + seed + ", at " + position + "]";
  }
}
