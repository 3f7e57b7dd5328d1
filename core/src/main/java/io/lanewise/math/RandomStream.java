package io.lanewise.math;

import java.util.Objects;

/**
 * Random numbers whose algorithm is specified to the bit: {@link Philox}, key = seed, counter =
 * (block, purpose, index). Each purpose and index is a stream of its own, so drawing more of one
 * never moves another. Not safe for use by several threads at once.
 */
public final class RandomStream {
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
    Philox.block((int) block, high, purpose, index, (int) seed, (int) (seed >>> 32), words);
  }

  @Override
  public String toString() {
    Purpose what = Purpose.values()[purpose];
    return "RandomStream[" + what + " " + index + ", seed " + seed + ", at " + position + "]";
  }
}
