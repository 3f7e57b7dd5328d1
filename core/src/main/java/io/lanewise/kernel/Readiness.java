package io.lanewise.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Whether the vectors of one operation are compiled. Nobody can ask the JVM, so a sample is
 * computed by both kernels and timed: vectors that are objects still take a hundred times as long.
 * That takes as long again as the caller's own calls took, less and less where it leads to nothing,
 * as in a JVM without C2. For one thread at a time, but for {@link #isReady}.
 */
final class Readiness {
  /** For so long as much again, then half of it for as long, and so on. */
  private static final long PATIENCE = 1_000_000_000;

  /** So long an operation is on the scalar kernels in any case: what ends soon pays nothing. */
  private static final long FIRST = 500_000_000;

  /** The early products are compiled soon, and the others take about as long as is said here. */
  private static final long FIRST_OF_EARLY = 5_000_000;

  private static final long FIRST_OF_PRODUCTS = 3_000_000_000L;

  /** Compiled is what takes at most so many times as long: the sample is small. */
  private static final int SLOWER = 2;

  private static final int WINS = 3;
  private static final int TRIES = 32;
  private static final int SCALAR_EVERY = 4;

  private final int sooner;
  private boolean isReady;
  private long used;
  private long credit;
  private long spent;
  private int tries;
  private int wins;
  private long scalarNanos = Long.MAX_VALUE;

  /** The times before which nothing is paid, divided by so much. */
  Readiness(int sooner) {
    this.sooner = sooner;
  }

  boolean isReady() {
    return isReady;
  }

  void set() {
    isReady = true;
  }

  /**
   * Spends what there is to spend.
   *
   * @param took ns of the operation on the scalar kernels
   * @param gift ns that may be spent besides
   */
  void rehearse(Cut cut, Kernels vectors, Cut.Piece sample, long took, long gift) {
    boolean isLate = cut.isProduct() && !cut.isRow();
    if (share(isLate ? FIRST_OF_PRODUCTS : FIRST, took, gift) <= 0) {
      return;
    }
    long begin = System.nanoTime();
    if (cut.isProduct()) {
      isReady = vectors.rehearse(cut.form, cut.isRow(), credit);
    } else {
      trials(cut, vectors, sample.sample(cut), begin);
    }
    spend(System.nanoTime() - begin);
  }

  /** Likewise, on the early products of some kernels; returns them once they are compiled. */
  @Nullable Kernels early(Kernels vectors, long took, long gift) {
    if (share(FIRST_OF_EARLY, took, gift) <= 0) {
      return null;
    }
    long begin = System.nanoTime();
    Kernels early = vectors.early(credit);
    spend(System.nanoTime() - begin);
    return early;
  }

  /** Adds what a call gives; returns what there is to spend. */
  long share(long first, long took, long gift) {
    used += took;
    if (gift > 0 || used > first / sooner) {
      credit += took + gift >> Math.min(20, spent / PATIENCE);
    }
    return credit;
  }

  void spend(long nanos) {
    spent += nanos;
    credit -= nanos;
  }

  private void trials(Cut cut, Kernels vectors, Cut.Piece sample, long begin) {
    long now = begin;
    while (!isReady && now - begin < credit) {
      long before = System.nanoTime();
      cut.run(vectors, sample);
      now = System.nanoTime();
      long took = now - before;
      if (tries++ % SCALAR_EVERY == 0) {
        cut.run(ScalarKernels.INSTANCE, sample);
        long end = System.nanoTime();
        scalarNanos = Math.min(scalarNanos, end - now);
        now = end;
      }
      wins = took / SLOWER <= scalarNanos ? wins + 1 : 0;
      isReady = wins >= WINS && tries >= TRIES;
    }
  }
}
