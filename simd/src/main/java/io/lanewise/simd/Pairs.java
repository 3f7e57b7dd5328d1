package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of two rows or one, for rows that are too few for a whole tile: A as it lies, B in a panel
 * as wide as the tile. With few rows the stream of B sets the pace, and what is computed hides
 * behind it. An element's chain is the tiles' one.
 */
final class Pairs {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  private Pairs() {}

  /**
   * C[r, v] = start[r, v] + sum over p of a[r lda + p] b[p, v] for some rows, two at a time; the
   * last of an odd number twice, or alone where panels are widest: a single row is bound by nothing
   * else but the stream of B, and that comes from L2 in part.
   *
   * @param start may be C itself (ldStart = ldc), or one row for all (ldStart = 0)
   */
  static void rows(
      int rows,
      int width,
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
      int ldc) {
    for (int i = 0; i < rows; i += 2) {
      int j = Math.min(i + 1, rows - 1);
      int a0 = aOff + i * lda;
      int a1 = aOff + j * lda;
      int s0 = startOff + i * ldStart;
      int s1 = startOff + j * ldStart;
      int c0 = cOff + i * ldc;
      int c1 = cOff + j * ldc;
      if (width == 3 * W && j == i) {
        row3(k, a, a0, b, bOff, start, s0, c, c0);
      } else if (width == 3 * W) {
        pair3(k, a, a0, a1, b, bOff, start, s0, s1, c, c0, c1);
      } else if (width == 2 * W) {
        pair2(k, a, a0, a1, b, bOff, start, s0, s1, c, c0, c1);
      } else {
        pair1(k, a, a0, a1, b, bOff, start, s0, s1, c, c0, c1);
      }
    }
  }

  private static void row3(
      int k, float[] a, int aOff, float[] b, int bOff, float[] start, int s, float[] c, int cOff) {
    if (k < 0) {
      return;
    }
    FloatVector c0 = FloatVector.fromArray(LANES, start, s);
    FloatVector c1 = FloatVector.fromArray(LANES, start, s + W);
    FloatVector c2 = FloatVector.fromArray(LANES, start, s + 2 * W);
    for (int p = 0; p < k; p++) {
      FloatVector v = FloatVector.broadcast(LANES, a[aOff + p]);
      c0 = v.fma(FloatVector.fromArray(LANES, b, bOff + p * (3 * W)), c0);
      c1 = v.fma(FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + W), c1);
      c2 = v.fma(FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 2 * W), c2);
    }
    c0.intoArray(c, cOff);
    c1.intoArray(c, cOff + W);
    c2.intoArray(c, cOff + 2 * W);
  }

  private static void pair3(
      int k,
      float[] a,
      int a0,
      int a1,
      float[] b,
      int bOff,
      float[] start,
      int s0,
      int s1,
      float[] c,
      int c0,
      int c1) {
    if (k < 0) {
      return;
    }
    FloatVector c00 = FloatVector.fromArray(LANES, start, s0);
    FloatVector c01 = FloatVector.fromArray(LANES, start, s0 + W);
    FloatVector c02 = FloatVector.fromArray(LANES, start, s0 + 2 * W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, s1);
    FloatVector c11 = FloatVector.fromArray(LANES, start, s1 + W);
    FloatVector c12 = FloatVector.fromArray(LANES, start, s1 + 2 * W);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 3 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 3 * W + W);
      FloatVector b2 = FloatVector.fromArray(LANES, b, bOff + p * 3 * W + 2 * W);
      FloatVector v0 = FloatVector.broadcast(LANES, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      c02 = v0.fma(b2, c02);
      FloatVector v1 = FloatVector.broadcast(LANES, a[a1 + p]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      c12 = v1.fma(b2, c12);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + W);
    c02.intoArray(c, c0 + 2 * W);
    c10.intoArray(c, c1);
    c11.intoArray(c, c1 + W);
    c12.intoArray(c, c1 + 2 * W);
  }

  private static void pair2(
      int k,
      float[] a,
      int a0,
      int a1,
      float[] b,
      int bOff,
      float[] start,
      int s0,
      int s1,
      float[] c,
      int c0,
      int c1) {
    if (k < 0) {
      return;
    }
    FloatVector c00 = FloatVector.fromArray(LANES, start, s0);
    FloatVector c01 = FloatVector.fromArray(LANES, start, s0 + W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, s1);
    FloatVector c11 = FloatVector.fromArray(LANES, start, s1 + W);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W + W);
      FloatVector v0 = FloatVector.broadcast(LANES, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(LANES, a[a1 + p]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
    }
    c00.intoArray(c, c0);
    c01.intoArray(c, c0 + W);
    c10.intoArray(c, c1);
    c11.intoArray(c, c1 + W);
  }

  private static void pair1(
      int k,
      float[] a,
      int a0,
      int a1,
      float[] b,
      int bOff,
      float[] start,
      int s0,
      int s1,
      float[] c,
      int c0,
      int c1) {
    if (k < 0) {
      return;
    }
    FloatVector c00 = FloatVector.fromArray(LANES, start, s0);
    FloatVector c10 = FloatVector.fromArray(LANES, start, s1);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      FloatVector v0 = FloatVector.broadcast(LANES, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(LANES, a[a1 + p]);
      c10 = v1.fma(b0, c10);
    }
    c00.intoArray(c, c0);
    c10.intoArray(c, c1);
  }
}
