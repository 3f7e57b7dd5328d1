package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles: C[r, v] = start[r, v] + sum over p of a[p, r] b[p, v], one chain an element,
 * in accumulators that stay in registers. A and B are panels as {@link Packing} draws them, B as
 * wide as the tile. The start may be C itself (ldStart = ldc), or one row for all (ldStart = 0).
 *
 * <p>A tile is always whole: edges are the loop nest's, which gives it a whole tile of scratch. The
 * rows are written out because vectors must be locals: an array of them would be boxed.
 */
final class MicroKernel {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  private MicroKernel() {}

  /** 8 rows of two vectors. */
  static void tile8x2(
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

  /** The same with A as it lies, in rows. */
  static void direct8x2(
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
    int o1 = aOff + lda;
    int o2 = o1 + lda;
    int o3 = o2 + lda;
    int o4 = o3 + lda;
    int o5 = o4 + lda;
    int o6 = o5 + lda;
    int o7 = o6 + lda;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W + W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(LANES, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(LANES, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(LANES, a[o3 + p]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(LANES, a[o4 + p]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(LANES, a[o5 + p]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(LANES, a[o6 + p]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(LANES, a[o7 + p]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
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

  /** 8 rows of one vector. */
  static void tile8x1(
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
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
    c40.intoArray(c, cOff + 4 * ldc);
    c50.intoArray(c, cOff + 5 * ldc);
    c60.intoArray(c, cOff + 6 * ldc);
    c70.intoArray(c, cOff + 7 * ldc);
  }

  /** The same with A as it lies, in rows. */
  static void direct8x1(
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
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      FloatVector a1 = FloatVector.broadcast(LANES, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      FloatVector a2 = FloatVector.broadcast(LANES, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      FloatVector a3 = FloatVector.broadcast(LANES, a[o3 + p]);
      c30 = a3.fma(b0, c30);
      FloatVector a4 = FloatVector.broadcast(LANES, a[o4 + p]);
      c40 = a4.fma(b0, c40);
      FloatVector a5 = FloatVector.broadcast(LANES, a[o5 + p]);
      c50 = a5.fma(b0, c50);
      FloatVector a6 = FloatVector.broadcast(LANES, a[o6 + p]);
      c60 = a6.fma(b0, c60);
      FloatVector a7 = FloatVector.broadcast(LANES, a[o7 + p]);
      c70 = a7.fma(b0, c70);
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

  /** 4 rows of two vectors. */
  static void tile4x2(
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
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W + W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 4]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
  }

  /** The same with A as it lies, in rows. */
  static void direct4x2(
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
    FloatVector c01 = FloatVector.fromArray(LANES, start, startOff + W);
    FloatVector c10 = FloatVector.fromArray(LANES, start, startOff + ldStart);
    FloatVector c11 = FloatVector.fromArray(LANES, start, startOff + ldStart + W);
    FloatVector c20 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart);
    FloatVector c21 = FloatVector.fromArray(LANES, start, startOff + 2 * ldStart + W);
    FloatVector c30 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart);
    FloatVector c31 = FloatVector.fromArray(LANES, start, startOff + 3 * ldStart + W);
    int o1 = aOff + lda;
    int o2 = o1 + lda;
    int o3 = o2 + lda;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bOff + p * 2 * W + W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(LANES, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(LANES, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(LANES, a[o3 + p]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + W);
    c10.intoArray(c, cOff + ldc);
    c11.intoArray(c, cOff + ldc + W);
    c20.intoArray(c, cOff + 2 * ldc);
    c21.intoArray(c, cOff + 2 * ldc + W);
    c30.intoArray(c, cOff + 3 * ldc);
    c31.intoArray(c, cOff + 3 * ldc + W);
  }

  /** 4 rows of one vector. */
  static void tile4x1(
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
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p * 4]);
      c00 = a0.fma(b0, c00);
      FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 1]);
      c10 = a1.fma(b0, c10);
      FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 2]);
      c20 = a2.fma(b0, c20);
      FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + p * 4 + 3]);
      c30 = a3.fma(b0, c30);
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
  }

  /** The same with A as it lies, in rows. */
  static void direct4x1(
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
    int o1 = aOff + lda;
    int o2 = o1 + lda;
    int o3 = o2 + lda;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bOff + p * W);
      FloatVector a0 = FloatVector.broadcast(LANES, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      FloatVector a1 = FloatVector.broadcast(LANES, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      FloatVector a2 = FloatVector.broadcast(LANES, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      FloatVector a3 = FloatVector.broadcast(LANES, a[o3 + p]);
      c30 = a3.fma(b0, c30);
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
  }

  /** Eight vectors of one row of C, B as it lies. */
  static void strip8(
      int k, float[] a, int aOff, int aStep, float[] b, int bOff, int ldb, float[] c, int cOff) {
    FloatVector c0 = FloatVector.fromArray(LANES, c, cOff);
    FloatVector c1 = FloatVector.fromArray(LANES, c, cOff + 1 * W);
    FloatVector c2 = FloatVector.fromArray(LANES, c, cOff + 2 * W);
    FloatVector c3 = FloatVector.fromArray(LANES, c, cOff + 3 * W);
    FloatVector c4 = FloatVector.fromArray(LANES, c, cOff + 4 * W);
    FloatVector c5 = FloatVector.fromArray(LANES, c, cOff + 5 * W);
    FloatVector c6 = FloatVector.fromArray(LANES, c, cOff + 6 * W);
    FloatVector c7 = FloatVector.fromArray(LANES, c, cOff + 7 * W);
    int aP = aOff;
    int bP = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(LANES, a[aP]);
      c0 = x.fma(FloatVector.fromArray(LANES, b, bP), c0);
      c1 = x.fma(FloatVector.fromArray(LANES, b, bP + 1 * W), c1);
      c2 = x.fma(FloatVector.fromArray(LANES, b, bP + 2 * W), c2);
      c3 = x.fma(FloatVector.fromArray(LANES, b, bP + 3 * W), c3);
      c4 = x.fma(FloatVector.fromArray(LANES, b, bP + 4 * W), c4);
      c5 = x.fma(FloatVector.fromArray(LANES, b, bP + 5 * W), c5);
      c6 = x.fma(FloatVector.fromArray(LANES, b, bP + 6 * W), c6);
      c7 = x.fma(FloatVector.fromArray(LANES, b, bP + 7 * W), c7);
      aP += aStep;
      bP += ldb;
    }
    c0.intoArray(c, cOff);
    c1.intoArray(c, cOff + 1 * W);
    c2.intoArray(c, cOff + 2 * W);
    c3.intoArray(c, cOff + 3 * W);
    c4.intoArray(c, cOff + 4 * W);
    c5.intoArray(c, cOff + 5 * W);
    c6.intoArray(c, cOff + 6 * W);
    c7.intoArray(c, cOff + 7 * W);
  }

  /** One vector of one row of C, B as it lies. */
  static void strip1(
      int k, float[] a, int aOff, int aStep, float[] b, int bOff, int ldb, float[] c, int cOff) {
    FloatVector c0 = FloatVector.fromArray(LANES, c, cOff);
    int aP = aOff;
    int bP = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(LANES, a[aP]);
      c0 = x.fma(FloatVector.fromArray(LANES, b, bP), c0);
      aP += aStep;
      bP += ldb;
    }
    c0.intoArray(c, cOff);
  }

  /** Less than a vector of one row of C. */
  static void stripTail(
      int k,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int n) {
    VectorMask<Float> some = LANES.indexInRange(0, n);
    FloatVector c0 = FloatVector.fromArray(LANES, c, cOff, some);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(LANES, a[aOff + p * aStep]);
      c0 = x.fma(FloatVector.fromArray(LANES, b, bOff + p * ldb, some), c0);
    }
    c0.intoArray(c, cOff, some);
  }
}
