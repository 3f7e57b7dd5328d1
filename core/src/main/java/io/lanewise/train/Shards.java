package io.lanewise.train;

import io.lanewise.internal.Require;

/**
 * How a batch is cut into shards: consecutive rows, the first m mod S of them one row larger. A cut
 * depends on m and S alone, so whoever computes a shard, on whichever machine, computes the same
 * bits.
 */
final class Shards {
  private Shards() {}

  /**
   * Returns the first row of a shard; that of shard {@code shards} is m, the end of the last one.
   *
   * @param m rows of the batch, at least 0
   * @param shards S, at least 1
   * @param shard 0 to S
   */
  public static int firstRow(int m, int shards, int shard) {
    Require.atLeast("m", 0, m);
    Require.atLeast("shards", 1, shards);
    if (shard < 0 || shard > shards) {
      throw new IllegalArgumentException("shard must be in 0.." + shards + ", got " + shard);
    }
    return m / shards * shard + Math.min(shard, m % shards);
  }
}
