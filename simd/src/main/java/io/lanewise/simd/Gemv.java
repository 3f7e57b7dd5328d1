package io.lanewise.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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
  // Ints, since as floats they would be converted at each use.
  static final IntVector EVEN_1 = even(1);
  static final IntVector EVEN_2 = even(2);
  static final IntVector EVEN_4 = even(4);
  static final IntVector ODD_1 = odd(1);
  static final IntVector ODD_2 = odd(2);
  static final IntVector ODD_4 = odd(4);
  static final VectorMask<Float> UPPER_8 = VectorMask.fromLong(LANES, 0xFF00);

  private Gemv() {}

  private static IntVector even(int d) {
    int[] from = new int[W];
    for (int l = 0; l < W; l++) {
      from[l] = (l & d) == 0 ? l : W + l - d;
    }
    return IntVector.fromArray(Lanes.INT, from, 0);
  }

  private static IntVector odd(int d) {
    int[] from = new int[W];
    for (int l = 0; l < W; l++) {
      from[l] = (l & d) == 0 ? Math.min(W - 1, l + d) : W + l;
    }
    return IntVector.fromArray(Lanes.INT, from, 0);
  }

  /**
   * y[i] = the chain of row i of A with x, from +0 or from what y holds.
   *
   * @param as (m, k)
   * @param xs k elements, incX apart, whatever its shape
   * @param fresh whether the chains start from +0
   * @param ys m elements, side by side, whatever its shape
   */
  static void matmul(Matrix as, Matrix xs, int incX, boolean fresh, Matrix ys) {
    int m = as.rows();
    int k = as.columns();
    float[] a = as.array();
    int aOff = as.off();
    int lda = as.ld();
    float[] x = xs.array();
    int xOff = xs.off();
    float[] y = ys.array();
    int yOff = ys.off();
    if (fresh) {
      Arrays.fill(y, yOff, yOff + m, 0f);
    }
    int whole = W == 16 ? k / 8 * 8 : 0;
    int i = 0;
    for (; whole > 0 && i + W <= m; i += W) {
      sixteenRows(whole, a, aOff + i * lda, lda, x, xOff, incX, y, yOff + i);
      elements(W, whole, k, a, aOff + i * lda, lda, x, xOff, incX, y, yOff + i);
    }
    elements(m - i, 0, k, a, aOff + i * lda, lda, x, xOff, incX, y, yOff + i);
  }

  /** The chains of m rows go on from what y holds, p = from .. k - 1. */
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
      float sum = y[yOff + i];
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
    float sum0 = y[yOff + 0];
    float sum1 = y[yOff + 1];
    float sum2 = y[yOff + 2];
    float sum3 = y[yOff + 3];
    float sum4 = y[yOff + 4];
    float sum5 = y[yOff + 5];
    float sum6 = y[yOff + 6];
    float sum7 = y[yOff + 7];
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
    FloatVector sum = fromArray(LANES, y, yOff);
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
      IntVector i0 = r0.blend(fromArray(LANES, a, at + upper), UPPER_8).reinterpretAsInts();
      IntVector i1 = r1.blend(fromArray(LANES, a, at + upper + lda), UPPER_8).reinterpretAsInts();
      IntVector i2 =
          r2.blend(fromArray(LANES, a, at + upper + 2 * lda), UPPER_8).reinterpretAsInts();
      IntVector i3 =
          r3.blend(fromArray(LANES, a, at + upper + 3 * lda), UPPER_8).reinterpretAsInts();
      IntVector i4 =
          r4.blend(fromArray(LANES, a, at + upper + 4 * lda), UPPER_8).reinterpretAsInts();
      IntVector i5 =
          r5.blend(fromArray(LANES, a, at + upper + 5 * lda), UPPER_8).reinterpretAsInts();
      IntVector i6 =
          r6.blend(fromArray(LANES, a, at + upper + 6 * lda), UPPER_8).reinterpretAsInts();
      IntVector i7 =
          r7.blend(fromArray(LANES, a, at + upper + 7 * lda), UPPER_8).reinterpretAsInts();
      IntVector s0 = EVEN_1.selectFrom(i0, i1);
      IntVector s1 = ODD_1.selectFrom(i0, i1);
      IntVector s2 = EVEN_1.selectFrom(i2, i3);
      IntVector s3 = ODD_1.selectFrom(i2, i3);
      IntVector s4 = EVEN_1.selectFrom(i4, i5);
      IntVector s5 = ODD_1.selectFrom(i4, i5);
      IntVector s6 = EVEN_1.selectFrom(i6, i7);
      IntVector s7 = ODD_1.selectFrom(i6, i7);
      IntVector t0 = EVEN_2.selectFrom(s0, s2);
      IntVector t2 = ODD_2.selectFrom(s0, s2);
      IntVector t1 = EVEN_2.selectFrom(s1, s3);
      IntVector t3 = ODD_2.selectFrom(s1, s3);
      IntVector t4 = EVEN_2.selectFrom(s4, s6);
      IntVector t6 = ODD_2.selectFrom(s4, s6);
      IntVector t5 = EVEN_2.selectFrom(s5, s7);
      IntVector t7 = ODD_2.selectFrom(s5, s7);
      int xP = xOff + p * incX;
      sum =
          FloatVector.broadcast(LANES, x[xP])
              .fma(EVEN_4.selectFrom(t0, t4).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + incX])
              .fma(EVEN_4.selectFrom(t1, t5).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 2 * incX])
              .fma(EVEN_4.selectFrom(t2, t6).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 3 * incX])
              .fma(EVEN_4.selectFrom(t3, t7).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 4 * incX])
              .fma(ODD_4.selectFrom(t0, t4).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 5 * incX])
              .fma(ODD_4.selectFrom(t1, t5).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 6 * incX])
              .fma(ODD_4.selectFrom(t2, t6).reinterpretAsFloats(), sum);
      sum =
          FloatVector.broadcast(LANES, x[xP + 7 * incX])
              .fma(ODD_4.selectFrom(t3, t7).reinterpretAsFloats(), sum);
    }
    sum.intoArray(y, yOff);
  }
}
