package io.lanewise.simd;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows of C without a register tile, for few rows or a short k: some rows of B at a time stream
 * through the registers in the order in which they lie, and a row of C stays in L1. An element's
 * chain is the tiles' one.
 */
final class Strips {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  private Strips() {}

  /** See {@link io.lanewise.kernel.Kernels#matmul}: B as it lies, k at least 1. */
  static void rows(
      Scratch scratch, Transpose form, Matrix as, Matrix bs, Matrix cs, Start start, Matrix bias) {
    int n = cs.columns();
    int k = bs.rows();
    float[] a = as.array();
    float[] b = bs.array();
    float[] c = cs.array();
    int aStep = form.a() ? as.ld() : 1;
    boolean onC = start == Start.ACCUMULATE;
    float[] from = start == Start.BIAS ? bias.array() : c;
    int fromOff = start == Start.BIAS ? bias.off() : 0;
    if (start == Start.ZERO) {
      from = scratch.block(n);
      Arrays.fill(from, 0, n, 0f);
    }
    for (int i = 0; i < cs.rows(); i++) {
      int aI = form.a() ? as.off() + i : as.at(i);
      int cI = cs.at(i);
      row(n, k, a, aI, aStep, b, bs.off(), bs.ld(), from, onC ? cI : fromOff, c, cI);
    }
  }

  /**
   * One row: c[j] = start[j] + sum over p of a[p aStep] b[p, j], p = 0 .. k - 1.
   *
   * @param k at least 1
   * @param start may be c
   */
  private static void row(
      int n,
      int k,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      int ldb,
      float[] start,
      int startOff,
      float[] c,
      int cOff) {
    int whole = LANES.loopBound(n);
    if (whole < n) {
      int left = n - whole;
      int s = startOff + whole;
      tail(left, k, a, aOff, aStep, b, bOff + whole, ldb, start, s, c, cOff + whole);
    }
    float[] from = start;
    int fromOff = startOff;
    int p = 0;
    for (; whole > 0 && p + 8 <= k; p += 8) {
      eight(whole, a, aOff + p * aStep, aStep, b, bOff + p * ldb, ldb, from, fromOff, c, cOff);
      from = c;
      fromOff = cOff;
    }
    for (; whole > 0 && p < k; p++) {
      one(whole, a[aOff + p * aStep], b, bOff + p * ldb, from, fromOff, c, cOff);
      from = c;
      fromOff = cOff;
    }
  }

  /**
   * Eight rows of B, whole vectors: as many streams to prefetch, and C is read and written once for
   * all (a tenth faster than four).
   */
  private static void eight(
      int n,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int b0,
      int ldb,
      float[] start,
      int startOff,
      float[] c,
      int cOff) {
    FloatVector a0 = FloatVector.broadcast(LANES, a[aOff]);
    FloatVector a1 = FloatVector.broadcast(LANES, a[aOff + aStep]);
    FloatVector a2 = FloatVector.broadcast(LANES, a[aOff + 2 * aStep]);
    FloatVector a3 = FloatVector.broadcast(LANES, a[aOff + 3 * aStep]);
    FloatVector a4 = FloatVector.broadcast(LANES, a[aOff + 4 * aStep]);
    FloatVector a5 = FloatVector.broadcast(LANES, a[aOff + 5 * aStep]);
    FloatVector a6 = FloatVector.broadcast(LANES, a[aOff + 6 * aStep]);
    FloatVector a7 = FloatVector.broadcast(LANES, a[aOff + 7 * aStep]);
    int b1 = b0 + ldb;
    int b2 = b1 + ldb;
    int b3 = b2 + ldb;
    int b4 = b3 + ldb;
    int b5 = b4 + ldb;
    int b6 = b5 + ldb;
    int b7 = b6 + ldb;
    for (int j = 0; j < n; j += W) {
      FloatVector v = FloatVector.fromArray(LANES, start, startOff + j);
      v = a0.fma(FloatVector.fromArray(LANES, b, b0 + j), v);
      v = a1.fma(FloatVector.fromArray(LANES, b, b1 + j), v);
      v = a2.fma(FloatVector.fromArray(LANES, b, b2 + j), v);
      v = a3.fma(FloatVector.fromArray(LANES, b, b3 + j), v);
      v = a4.fma(FloatVector.fromArray(LANES, b, b4 + j), v);
      v = a5.fma(FloatVector.fromArray(LANES, b, b5 + j), v);
      v = a6.fma(FloatVector.fromArray(LANES, b, b6 + j), v);
      v = a7.fma(FloatVector.fromArray(LANES, b, b7 + j), v);
      v.intoArray(c, cOff + j);
    }
  }

  /** One row of B, whole vectors. */
  private static void one(
      int n, float a, float[] b, int bOff, float[] start, int startOff, float[] c, int cOff) {
    FloatVector va = FloatVector.broadcast(LANES, a);
    for (int j = 0; j < n; j += W) {
      FloatVector v = FloatVector.fromArray(LANES, start, startOff + j);
      va.fma(FloatVector.fromArray(LANES, b, bOff + j), v).intoArray(c, cOff + j);
    }
  }

  /** Less than a vector of a row of C, which stays in a register. */
  private static void tail(
      int n,
      int k,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      int ldb,
      float[] start,
      int startOff,
      float[] c,
      int cOff) {
    VectorMask<Float> some = LANES.indexInRange(0, n);
    FloatVector v = FloatVector.fromArray(LANES, start, startOff, some);
    for (int p = 0; p < k; p++) {
      FloatVector va = FloatVector.broadcast(LANES, a[aOff + p * aStep]);
      v = va.fma(FloatVector.fromArray(LANES, b, bOff + p * ldb, some), v);
    }
    v.intoArray(c, cOff, some);
  }
}
