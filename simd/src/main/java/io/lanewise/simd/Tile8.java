package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 8 rows, for machines with 32 vector registers. More lines than a file should have: the
 * rows are written out because vectors must be locals, and an array of them would be boxed.
 *
 * <p>The index of A is a constant multiple of p: with a leading dimension in its place the range
 * checks stayed in the loop, in some runs, and took four fifths of the speed.
 */
final class Tile8 extends Tile {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  @Override
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
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c01 = FloatVector.fromArray(LANES, start, startOff + W);
    FloatVector c02 = FloatVector.fromArray(LANES, start, startOff + 2 * W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c11 = FloatVector.fromArray(LANES, start, startOff + ldStart + W);
    FloatVector c12 = FloatVector.fromArray(LANES, start, startOff + ldStart + 2 * W);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c21 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + W);
    FloatVector c22 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + 2 * W);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c31 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + W);
    FloatVector c32 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + 2 * W);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c41 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + W);
    FloatVector c42 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + 2 * W);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c51 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + W);
    FloatVector c52 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + 2 * W);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c61 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + W);
    FloatVector c62 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + 2 * W);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    FloatVector c71 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + W);
    FloatVector c72 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + 2 * W);
    // Two p a time, since what else the loop does takes ports from the multiply-adds: 4% of the
    // speed. The break never happens, as ldc is positive. It ends a block of code half way through
    // a p: in longer ones C2 loads all of A's values first, and runs out of registers. In the other
    // p the check of the touch's index does so: with a break beside it, vectors went to memory.
    int never = ~ldc;
    int touched = 0;
    for (int p = 0; p < k - 1; p += 2) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W));
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + W);
      FloatVector b2 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 2 * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      touched += Float.floatToRawIntBits(ahead[aheadOff + (p & -AHEAD) * (3 * W)]);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      c62 = a6.fma(b2, c62);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      c72 = a7.fma(b2, c72);
      b0 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 3 * W);
      b1 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 4 * W);
      b2 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 5 * W);
      a0 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 9]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 10]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 11]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      if (p == never) {
        break;
      }
      a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 12]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 13]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
      a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 14]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      c62 = a6.fma(b2, c62);
      a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 15]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      c72 = a7.fma(b2, c72);
    }
    if ((k & 1) != 0) {
      int p = k - 1;
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W));
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + W);
      FloatVector b2 = FloatVector.fromArray(LANES, b, bOff + p * (3 * W) + 2 * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      c62 = a6.fma(b2, c62);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      c72 = a7.fma(b2, c72);
    }
    if (k < 0) {
      return 0;
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c02.intoArray(c, cOff + 2 * W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c12.intoArray(c, cOff + ldc + 2 * W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c22.intoArray(c, cOff + 2 * ldc + 2 * W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
    c32.intoArray(c, cOff + 3 * ldc + 2 * W);
    c40.intoArray(c, cOff + 4 * ldc);
    c41.intoArray(c, cOff + 4 * ldc + W);
    c42.intoArray(c, cOff + 4 * ldc + 2 * W);
    c50.intoArray(c, cOff + 5 * ldc);
    c51.intoArray(c, cOff + 5 * ldc + W);
    c52.intoArray(c, cOff + 5 * ldc + 2 * W);
    c60.intoArray(c, cOff + 6 * ldc);
    c61.intoArray(c, cOff + 6 * ldc + W);
    c62.intoArray(c, cOff + 6 * ldc + 2 * W);
    c70.intoArray(c, cOff + 7 * ldc);
    c71.intoArray(c, cOff + 7 * ldc + W);
    c72.intoArray(c, cOff + 7 * ldc + 2 * W);
    return touched;
  }

  @Override
  void tile2(
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
      int ldc) {
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c01 = FloatVector.fromArray(LANES, start, startOff + W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c11 = FloatVector.fromArray(LANES, start, startOff + ldStart + W);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c21 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + W);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c31 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + W);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c41 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + W);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c51 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + W);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c61 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + W);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    FloatVector c71 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + W);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W + W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    if (k < 0) {
      return;
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
    c40.intoArray(c, cOff + 4 * ldc);
    c41.intoArray(c, cOff + 4 * ldc + W);
    c50.intoArray(c, cOff + 5 * ldc);
    c51.intoArray(c, cOff + 5 * ldc + W);
    c60.intoArray(c, cOff + 6 * ldc);
    c61.intoArray(c, cOff + 6 * ldc + W);
    c70.intoArray(c, cOff + 7 * ldc);
    c71.intoArray(c, cOff + 7 * ldc + W);
  }

  @Override
  void tile1(
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
      int ldc) {
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
    }
    if (k < 0) {
      return;
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
    c40.intoArray(c, cOff + 4 * ldc);
    c50.intoArray(c, cOff + 5 * ldc);
    c60.intoArray(c, cOff + 6 * ldc);
    c70.intoArray(c, cOff + 7 * ldc);
  }

  @Override
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
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c01 = FloatVector.fromArray(LANES, start, startOff + W);
    FloatVector c02 = FloatVector.fromArray(LANES, start, startOff + 2 * W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c11 = FloatVector.fromArray(LANES, start, startOff + ldStart + W);
    FloatVector c12 = FloatVector.fromArray(LANES, start, startOff + ldStart + 2 * W);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c21 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + W);
    FloatVector c22 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + 2 * W);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c31 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + W);
    FloatVector c32 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + 2 * W);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c41 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + W);
    FloatVector c42 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + 2 * W);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c51 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + W);
    FloatVector c52 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + 2 * W);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c61 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + W);
    FloatVector c62 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + 2 * W);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    FloatVector c71 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + W);
    FloatVector c72 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + 2 * W);
    int bP = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bP);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bP + W);
      FloatVector b2 = FloatVector.fromArray(LANES, b, bP + 2 * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      c62 = a6.fma(b2, c62);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      c72 = a7.fma(b2, c72);
      b0.intoArray(panel, panelOff + p * 3 * W);
      b1.intoArray(panel, panelOff + p * 3 * W + W);
      b2.intoArray(panel, panelOff + p * 3 * W + 2 * W);
      bP += ldb;
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c02.intoArray(c, cOff + 2 * W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c12.intoArray(c, cOff + ldc + 2 * W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c22.intoArray(c, cOff + 2 * ldc + 2 * W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
    c32.intoArray(c, cOff + 3 * ldc + 2 * W);
    c40.intoArray(c, cOff + 4 * ldc);
    c41.intoArray(c, cOff + 4 * ldc + W);
    c42.intoArray(c, cOff + 4 * ldc + 2 * W);
    c50.intoArray(c, cOff + 5 * ldc);
    c51.intoArray(c, cOff + 5 * ldc + W);
    c52.intoArray(c, cOff + 5 * ldc + 2 * W);
    c60.intoArray(c, cOff + 6 * ldc);
    c61.intoArray(c, cOff + 6 * ldc + W);
    c62.intoArray(c, cOff + 6 * ldc + 2 * W);
    c70.intoArray(c, cOff + 7 * ldc);
    c71.intoArray(c, cOff + 7 * ldc + W);
    c72.intoArray(c, cOff + 7 * ldc + 2 * W);
  }

  @Override
  void packing2(
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
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c01 = FloatVector.fromArray(LANES, start, startOff + W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c11 = FloatVector.fromArray(LANES, start, startOff + ldStart + W);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c21 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + W);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c31 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + W);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c41 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart + W);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c51 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart + W);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c61 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart + W);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    FloatVector c71 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart + W);
    int bP = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bP);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bP + W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 8]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + p * 8 + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      b0.intoArray(panel, panelOff + p * 2 * W);
      b1.intoArray(panel, panelOff + p * 2 * W + W);
      bP += ldb;
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
    c40.intoArray(c, cOff + 4 * ldc);
    c41.intoArray(c, cOff + 4 * ldc + W);
    c50.intoArray(c, cOff + 5 * ldc);
    c51.intoArray(c, cOff + 5 * ldc + W);
    c60.intoArray(c, cOff + 6 * ldc);
    c61.intoArray(c, cOff + 6 * ldc + W);
    c70.intoArray(c, cOff + 7 * ldc);
    c71.intoArray(c, cOff + 7 * ldc + W);
  }

  @Override
  void rows1(
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
    FloatVector c00 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c40 = FloatVector.fromArray(LANES, start, startOff + 4 * ldStart);
    FloatVector c50 = FloatVector.fromArray(LANES, start, startOff + 5 * ldStart);
    FloatVector c60 = FloatVector.fromArray(LANES, start, startOff + 6 * ldStart);
    FloatVector c70 = FloatVector.fromArray(LANES, start, startOff + 7 * ldStart);
    int o1 = aOff + lda;
    int o2 = o1 + lda;
    int o3 = o2 + lda;
    int o4 = o3 + lda;
    int o5 = o4 + lda;
    int o6 = o5 + lda;
    int o7 = o6 + lda;
    // Two p a time: what finds the eight rows is half of the loop otherwise.
    for (int p = 0; p < k - 1; p += 2) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      c00 = FloatVector.broadcast(LANES, a[aOff + p]).fma(b0, c00);
      c10 = FloatVector.broadcast(LANES, a[o1 + p]).fma(b0, c10);
      c20 = FloatVector.broadcast(LANES, a[o2 + p]).fma(b0, c20);
      c30 = FloatVector.broadcast(LANES, a[o3 + p]).fma(b0, c30);
      c40 = FloatVector.broadcast(LANES, a[o4 + p]).fma(b0, c40);
      c50 = FloatVector.broadcast(LANES, a[o5 + p]).fma(b0, c50);
      c60 = FloatVector.broadcast(LANES, a[o6 + p]).fma(b0, c60);
      c70 = FloatVector.broadcast(LANES, a[o7 + p]).fma(b0, c70);
      b0 = FloatVector.fromArray(LANES, b, bOff + p * W + W);
      c00 = FloatVector.broadcast(LANES, a[aOff + p + 1]).fma(b0, c00);
      c10 = FloatVector.broadcast(LANES, a[o1 + p + 1]).fma(b0, c10);
      c20 = FloatVector.broadcast(LANES, a[o2 + p + 1]).fma(b0, c20);
      c30 = FloatVector.broadcast(LANES, a[o3 + p + 1]).fma(b0, c30);
      c40 = FloatVector.broadcast(LANES, a[o4 + p + 1]).fma(b0, c40);
      c50 = FloatVector.broadcast(LANES, a[o5 + p + 1]).fma(b0, c50);
      c60 = FloatVector.broadcast(LANES, a[o6 + p + 1]).fma(b0, c60);
      c70 = FloatVector.broadcast(LANES, a[o7 + p + 1]).fma(b0, c70);
    }
    if ((k & 1) != 0) {
      int p = k - 1;
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      c00 = FloatVector.broadcast(LANES, a[aOff + p]).fma(b0, c00);
      c10 = FloatVector.broadcast(LANES, a[o1 + p]).fma(b0, c10);
      c20 = FloatVector.broadcast(LANES, a[o2 + p]).fma(b0, c20);
      c30 = FloatVector.broadcast(LANES, a[o3 + p]).fma(b0, c30);
      c40 = FloatVector.broadcast(LANES, a[o4 + p]).fma(b0, c40);
      c50 = FloatVector.broadcast(LANES, a[o5 + p]).fma(b0, c50);
      c60 = FloatVector.broadcast(LANES, a[o6 + p]).fma(b0, c60);
      c70 = FloatVector.broadcast(LANES, a[o7 + p]).fma(b0, c70);
    }
    if (k < 0) {
      return;
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
    c40.intoArray(c, cOff + 4 * ldc);
    c50.intoArray(c, cOff + 5 * ldc);
    c60.intoArray(c, cOff + 6 * ldc);
    c70.intoArray(c, cOff + 7 * ldc);
  }
}
