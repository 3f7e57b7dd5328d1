package io.lanewise.math;

/**
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): four random
 * words from a counter of four and a key of two. It has no state, so any word of any stream can be
 * had alone, in any order and on any thread.
 */
public final class Philox {
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

  private Philox() {}

  /**
   * Computes one block.
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
}
