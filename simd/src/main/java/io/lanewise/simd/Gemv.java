package io.lanewise.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix by a vector, where k lies side by side in the matrix. A chain may not be cut, so lanes
 * are rows. With 16 lanes, blocks of 16 rows by 8 columns are transposed in registers on the way:
 *
 * <pre>
 *   loaded:  row 0, p0 .. p7 | row 8, p0 .. p7     transposed:  p0, rows 0 .. 7 | p0, rows 8 .. 15
 *            row 1, p0 .. p7 | row 9, p0 .. p7                  p1, rows 0 .. 7 | p1, rows 8 .. 15
 * </pre>
 *
 * <p>With 8 lanes that is no faster than eight scalar chains in turn, so these do it there. The
 * chain of a vector's multiply-adds is what bounds the 16 lanes; a second block of 16 rows beside
 * it helps, but not where rows are 2 KiB or a multiple apart: then 32 lines fall into two sets of
 * L1, and it takes twice as long (measured on an Emerald Rapids, 784x512).
 */
final class Gemv {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  // Which of the lanes of two vectors goes into lane l, for each distance d = 1, 2, 4. Even: where
  // bit d of l is not set, lane l of the first, else lane l - d of the second; odd: l + d and l.
  private static final FloatVector EVEN_1 = even(1);
  private static final FloatVector EVEN_2 = even(2);
  private static final FloatVector EVEN_4 = even(4);
  private static final FloatVector ODD_1 = odd(1);
  private static final FloatVector ODD_2 = odd(2);
  private static final FloatVector ODD_4 = odd(4);
  private static final VectorMask<Float> UPPER_8 = VectorMask.fromLong(LANES, 0xFF00);

  private Gemv() {}

  private static FloatVector even(int d) {
    float[] from = new float[W];
    for (int l = 0; l < W; l++) {
      from[l] = (l & d) == 0 ? l : W + l - d;
    }
    return fromArray(LANES, from, 0);
  }

  private static FloatVector odd(int d) {
    float[] from = new float[W];
    for (int l = 0; l < W; l++) {
      from[l] = (l & d) == 0 ? Math.min(W - 1, l + d) : W + l;
    }
    return fromArray(LANES, from, 0);
  }

  /**
   * y[i] = the chain of row i of A with x, from +0.
   *
   * @param a (m, k)
   * @param x k elements, incX apart
   * @param y m elements, side by side
   */
  static void matmul(
      int m,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] x,
      int xOff,
      int incX,
      float[] y,
      int yOff) {
    int whole = W == 16 && m >= W ? k / 8 * 8 : 0;
    if (whole == 0) {
      elements(m, 0, k, a, aOff, lda, x, xOff, incX, y, yOff);
      return;
    }
    for (int i = 0; i < m; i += W) {
      // The last rows are computed with some that are already there: the same bits again.
      int row = Math.min(i, m - W);
      sixteenRows(whole, a, aOff + row * lda, lda, x, xOff, incX, y, yOff + row);
      elements(W, whole, k, a, aOff + row * lda, lda, x, xOff, incX, y, yOff + row);
    }
  }

  /** The chains of m rows from p = from on, which is 0 or where y has them. */
  private static void elements(
      int m,
      int from,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] x,
      int xOff,
      int incX,
      float[] y,
      int yOff) {
    if (from == k) {
      return;
    }
    int i = 0;
    for (; i + 8 <= m; i += 8) {
      eightRows(from, k, a, aOff + i * lda, lda, x, xOff, incX, y, yOff + i);
    }
    for (; i < m; i++) {
      float sum = from == 0 ? 0f : y[yOff + i];
      for (int p = from; p < k; p++) {
        sum = Math.fma(a[aOff + i * lda + p], x[xOff + p * incX], sum);
      }
      y[yOff + i] = sum;
    }
  }

  /** Eight chains in turn: none has to wait for itself. */
  private static void eightRows(
      int from,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] x,
      int xOff,
      int incX,
      float[] y,
      int yOff) {
    float sum0 = from == 0 ? 0f : y[yOff + 0];
    float sum1 = from == 0 ? 0f : y[yOff + 1];
    float sum2 = from == 0 ? 0f : y[yOff + 2];
    float sum3 = from == 0 ? 0f : y[yOff + 3];
    float sum4 = from == 0 ? 0f : y[yOff + 4];
    float sum5 = from == 0 ? 0f : y[yOff + 5];
    float sum6 = from == 0 ? 0f : y[yOff + 6];
    float sum7 = from == 0 ? 0f : y[yOff + 7];
    for (int p = from; p < k; p++) {
      float xp = x[xOff + p * incX];
      sum0 = Math.fma(a[aOff + 0 * lda + p], xp, sum0);
      sum1 = Math.fma(a[aOff + 1 * lda + p], xp, sum1);
      sum2 = Math.fma(a[aOff + 2 * lda + p], xp, sum2);
      sum3 = Math.fma(a[aOff + 3 * lda + p], xp, sum3);
      sum4 = Math.fma(a[aOff + 4 * lda + p], xp, sum4);
      sum5 = Math.fma(a[aOff + 5 * lda + p], xp, sum5);
      sum6 = Math.fma(a[aOff + 6 * lda + p], xp, sum6);
      sum7 = Math.fma(a[aOff + 7 * lda + p], xp, sum7);
    }
    y[yOff + 0] = sum0;
    y[yOff + 1] = sum1;
    y[yOff + 2] = sum2;
    y[yOff + 3] = sum3;
    y[yOff + 4] = sum4;
    y[yOff + 5] = sum5;
    y[yOff + 6] = sum6;
    y[yOff + 7] = sum7;
  }

  /** 16 chains; k is a multiple of 8. No calls of ours: C2 would stop to inline them. */
  private static void sixteenRows(
      int k, float[] a, int aOff, int lda, float[] x, int xOff, int incX, float[] y, int yOff) {
    FloatVector sum = FloatVector.zero(LANES);
    int upper = 8 * lda - 8;
    for (int p = 0; p < k; p += 8) {
      int at = aOff + p;
      FloatVector r0 = fromArray(LANES, a, at);
      FloatVector r1 = fromArray(LANES, a, at + lda);
      FloatVector r2 = fromArray(LANES, a, at + 2 * lda);
      FloatVector r3 = fromArray(LANES, a, at + 3 * lda);
      FloatVector r4 = fromArray(LANES, a, at + 4 * lda);
      FloatVector r5 = fromArray(LANES, a, at + 5 * lda);
      FloatVector r6 = fromArray(LANES, a, at + 6 * lda);
      FloatVector r7 = fromArray(LANES, a, at + 7 * lda);
      r0 = r0.blend(fromArray(LANES, a, at + upper), UPPER_8);
      r1 = r1.blend(fromArray(LANES, a, at + upper + lda), UPPER_8);
      r2 = r2.blend(fromArray(LANES, a, at + upper + 2 * lda), UPPER_8);
      r3 = r3.blend(fromArray(LANES, a, at + upper + 3 * lda), UPPER_8);
      r4 = r4.blend(fromArray(LANES, a, at + upper + 4 * lda), UPPER_8);
      r5 = r5.blend(fromArray(LANES, a, at + upper + 5 * lda), UPPER_8);
      r6 = r6.blend(fromArray(LANES, a, at + upper + 6 * lda), UPPER_8);
      r7 = r7.blend(fromArray(LANES, a, at + upper + 7 * lda), UPPER_8);
      FloatVector s0 = EVEN_1.selectFrom(r0, r1);
      FloatVector s1 = ODD_1.selectFrom(r0, r1);
      FloatVector s2 = EVEN_1.selectFrom(r2, r3);
      FloatVector s3 = ODD_1.selectFrom(r2, r3);
      FloatVector s4 = EVEN_1.selectFrom(r4, r5);
      FloatVector s5 = ODD_1.selectFrom(r4, r5);
      FloatVector s6 = EVEN_1.selectFrom(r6, r7);
      FloatVector s7 = ODD_1.selectFrom(r6, r7);
      FloatVector t0 = EVEN_2.selectFrom(s0, s2);
      FloatVector t2 = ODD_2.selectFrom(s0, s2);
      FloatVector t1 = EVEN_2.selectFrom(s1, s3);
      FloatVector t3 = ODD_2.selectFrom(s1, s3);
      FloatVector t4 = EVEN_2.selectFrom(s4, s6);
      FloatVector t6 = ODD_2.selectFrom(s4, s6);
      FloatVector t5 = EVEN_2.selectFrom(s5, s7);
      FloatVector t7 = ODD_2.selectFrom(s5, s7);
      int xP = xOff + p * incX;
      sum = FloatVector.broadcast(LANES, x[xP]).fma(EVEN_4.selectFrom(t0, t4), sum);
      sum = FloatVector.broadcast(LANES, x[xP + incX]).fma(EVEN_4.selectFrom(t1, t5), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 2 * incX]).fma(EVEN_4.selectFrom(t2, t6), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 3 * incX]).fma(EVEN_4.selectFrom(t3, t7), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 4 * incX]).fma(ODD_4.selectFrom(t0, t4), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 5 * incX]).fma(ODD_4.selectFrom(t1, t5), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 6 * incX]).fma(ODD_4.selectFrom(t2, t6), sum);
      sum = FloatVector.broadcast(LANES, x[xP + 7 * incX]).fma(ODD_4.selectFrom(t3, t7), sum);
    }
    sum.intoArray(y, yOff);
  }
}
