package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of 4 rows, for machines with 16 vector registers. */
final class Tile4 extends Tile {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

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
    if (k < 0) {
      return;
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
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
    int bP = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(LANES, b, bP);
      FloatVector b1 = FloatVector.fromArray(LANES, b, bP + W);
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
    if (k < 0) {
      return;
    }
    c00.intoArray(c, cOff);
    c10.intoArray(c, cOff + ldc);
    c20.intoArray(c, cOff + 2 * ldc);
    c30.intoArray(c, cOff + 3 * ldc);
  }
}
