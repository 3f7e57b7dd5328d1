package io.lanewise.simd;

/**
 * Register tiles: C[r, v] = start[r, v] + sum over p of a[p, r] b[p, v] for the rows and some
 * vectors of C, one chain an element, in accumulators that stay in registers. {@link Blocking} says
 * which tiles a processor has.
 *
 * <p>A is a panel as {@link Packing} draws it, or, for the tile named rows, the operand itself. B
 * is a panel as wide as the tile, or, for the tiles named packing, the operand itself, which they
 * copy into a panel while they use it: so the first tile of a column of tiles hides what packing
 * costs. The start may be C itself (ldStart = ldc), or one row for all (ldStart = 0).
 *
 * <p>With a negative k a tile whose B is a panel stores nothing: C2 compiles what is called often
 * ({@link Products#warmUp}). It leaves at the end, since a branch before its loop costs 2%.
 *
 * <p>A tile is always whole: edges are the loop nest's, which gives it a whole tile of scratch.
 */
abstract class Tile {
  /** For so many p tile3 touches one line of what is read next. */
  static final int AHEAD = 16;

  /**
   * Three vectors, B in a panel. On the way it touches a line of what is read next for each {@link
   * #AHEAD} p, from aheadOff on, as far apart as the p are in the panel: in each page one, so that
   * nobody waits for its translation. Returns something of them, or C2 would leave the loads out.
   */
  int tile3(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc,
      float[] ahead,
      int aheadOff) {
    throw new AssertionError("no tile of three vectors");
  }

  /** Two vectors, B in a panel. */
  abstract void tile2(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc);

  /** One vector, B in a panel. */
  abstract void tile1(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc);

  /** Three vectors, B as it lies, and its panel written on the way. */
  void packing3(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      int ldb,
      float[] panel,
      int panelOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc) {
    throw new AssertionError("no tile of three vectors");
  }

  /** Two vectors, B as it lies, and its panel written on the way. */
  abstract void packing2(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      int ldb,
      float[] panel,
      int panelOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc);

  /** One vector, A as it lies in rows of its own. */
  abstract void rows1(
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      float[] start,
      int startOff,
      int ldStart,
      float[] c,
      int cOff,
      int ldc);
}
