package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The reductions and softmax of rows against the mathematics. */
class ScalarRowsTest {
  private static final double U = 0x1p-24;
  private static final float[] SCALES = {0.01f, 1f, 10f, 100f, 1e10f, 3e38f};

  /** Rows that the large tests look at: a sample, all with {@code -Dlanewise.full=true}. */
  static int rows() {
    return Boolean.getBoolean("lanewise.full") ? 1_000_000 : 30_000;
  }

  /** Lengths from 1 to 40, and now and then up to 1,000. */
  static int length(SplittableRandom random) {
    return 1 + (random.nextInt(50) == 0 ? random.nextInt(1_000) : random.nextInt(40));
  }

  static float[] logits(SplittableRandom random, int n, float scale) {
    float[] z = new float[n];
    for (int j = 0; j < n; j++) {
      z[j] = (2f * random.nextFloat() - 1f) * scale;
    }
    return z;
  }

  private static float[] softmax(float[] z) {
    Matrix a = new Matrix(1, z.length);
    ScalarKernels.INSTANCE.softmax(Matrix.row(z), a);
    return a.array();
  }

  /**
   * Each a_j carries the error of the sum, at most n/16 + 4 additions one after the other, and of
   * one division: n u for n &gt; 5; for fewer the tree of additions is as deep as n - 1 at most.
   */
  @Test
  void softmaxIsFiniteAndSumsToOneWithinNU() {
    SplittableRandom random = new SplittableRandom(9);
    for (int row = 0; row < rows(); row++) {
      int n = length(random);
      float[] z = logits(random, n, SCALES[row % SCALES.length]);
      float[] a = softmax(z);
      double sum = 0;
      for (float aj : a) {
        assertTrue(aj >= 0 && aj <= 1, () -> Arrays.toString(z) + " gave " + aj);
        sum += aj;
      }
      double error = Math.abs(sum - 1);
      assertTrue(error <= n * U, () -> "n=" + n + ": sum - 1 is " + error / U + " u");
    }
  }

  @Test
  void softmaxOfTheLargestFloatsIsFinite() {
    float max = Float.MAX_VALUE;
    assertArrayEquals(new float[] {0.5f, 0f, 0.5f}, softmax(new float[] {max, -max, max}));
    assertArrayEquals(new float[] {1f, 0f}, softmax(new float[] {3e38f, -3e38f}));
    assertArrayEquals(new float[] {0.5f, 0.5f}, softmax(new float[] {-max, -max}));
  }

  @Test
  void softmaxOfMaskedLogitsIsZeroThere() {
    float none = Float.NEGATIVE_INFINITY;
    assertArrayEquals(new float[] {0f, 0.5f, 0f, 0.5f}, softmax(new float[] {none, 2, none, 2}));
  }

  /** No mathematics gives a row of infinities a softmax, so it must not look like one. */
  @Test
  void softmaxOfNanOrInfinityOrNothingButMasksIsNan() {
    float inf = Float.POSITIVE_INFINITY;
    for (float[] z : new float[][] {{1, Float.NaN, 2}, {-inf, -inf}, {inf, inf}}) {
      for (float aj : softmax(z)) {
        assertTrue(Float.isNaN(aj), () -> Arrays.toString(z));
      }
    }
  }

  /** The lanes and their folding, spelled out on a row where every other order has other bits. */
  @Test
  void aSumIsSixteenLanesFoldedInHalves() {
    SplittableRandom random = new SplittableRandom(1);
    float[] x = logits(random, 39, 1f);
    float[] l = new float[16];
    for (int j = 0; j < 16; j++) {
      l[j] = j + 32 < 39 ? (x[j] + x[j + 16]) + x[j + 32] : x[j] + x[j + 16];
    }
    float even = ((l[0] + l[8]) + (l[4] + l[12])) + ((l[2] + l[10]) + (l[6] + l[14]));
    float odd = ((l[1] + l[9]) + (l[5] + l[13])) + ((l[3] + l[11]) + (l[7] + l[15]));
    assertEquals(even + odd, ScalarRows.sum(x, 0, 39, new float[16]));
    float inOrder = 0f;
    for (float xj : x) {
      inOrder += xj;
    }
    assertTrue(inOrder != even + odd, "a row that tells the orders apart");
  }

  @Test
  void theMaximumKeepsNanAndTellsZerosApart() {
    assertEquals(0f, ScalarRows.max(new float[] {-0f, 0f, -0f}, 0, 3));
    assertEquals(-0f, ScalarRows.max(new float[] {-0f, -1f}, 0, 2));
    assertEquals(Float.NEGATIVE_INFINITY, ScalarRows.max(new float[] {5f}, 0, 0));
    float[] x = new float[40];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.NaN;
      assertTrue(Float.isNaN(ScalarRows.max(x, 0, x.length)), "NaN at " + i);
      x[i] = i;
    }
  }

  /** Where the others are small, 1 + rest would lose them: log1p does not. */
  @Test
  void theLogarithmOfSoftmaxIsThatOfDouble() {
    SplittableRandom random = new SplittableRandom(3);
    for (int row = 0; row < 3_000; row++) {
      int n = length(random);
      float[] z = logits(random, n, row % 2 == 0 ? 4f : 20f);
      float[] a = new float[n];
      ScalarKernels.INSTANCE.logSoftmax(Matrix.row(z, 0, n), Matrix.row(a, 0, n));
      double max = Double.NEGATIVE_INFINITY;
      for (float x : z) {
        max = Math.max(max, x);
      }
      double rest = -1;
      // The rounding of x - max is a relative error of its exponential.
      double spread = 0;
      for (float x : z) {
        rest += StrictMath.exp(x - max);
        spread += StrictMath.exp(x - max) * (max - x);
      }
      double logSum = StrictMath.log1p(Math.max(rest, 0));
      for (int j = 0; j < n; j++) {
        double size = max - z[j] + logSum;
        assertEquals(
            z[j] - max - logSum,
            a[j],
            (n / 16 + 8 + spread / Math.max(rest, 1e-12)) * U * size + 1e-12);
      }
    }
  }

  /**
   * dz = a (da - dot): the dot product has at most n/16 + 4 roundings of terms at most |a da|, then
   * come a subtraction and a product.
   */
  @Test
  void theJacobianOfSoftmaxIsThatOfDouble() {
    SplittableRandom random = new SplittableRandom(2);
    for (int row = 0; row < 3_000; row++) {
      int n = length(random);
      float[] a = softmax(logits(random, n, 4f));
      float[] da = logits(random, n, 3f);
      float[] dz = new float[n];
      Matrix outputs = Matrix.row(a, 0, n);
      ScalarKernels.INSTANCE.softmaxBackward(outputs, Matrix.row(da, 0, n), Matrix.row(dz, 0, n));
      double dot = 0;
      double magnitude = 0;
      for (int j = 0; j < n; j++) {
        dot += (double) a[j] * da[j];
        magnitude += Math.abs((double) a[j] * da[j]);
      }
      for (int j = 0; j < n; j++) {
        double bound = a[j] * (magnitude + Math.abs(da[j])) * (n / 16 + 7) * U;
        assertEquals(a[j] * (da[j] - dot), dz[j], bound + Float.MIN_VALUE);
      }
    }
  }

  /** One chain a column, i ascending: as exact as m - 1 additions can be. */
  @Test
  void columnSumsAreThoseOfDouble() {
    SplittableRandom random = new SplittableRandom(3);
    int m = 200;
    int n = 37;
    float[] x = logits(random, m * n, 1f);
    float[] sums = new float[n];
    ScalarKernels.INSTANCE.columnSums(new Matrix(x, m, n), Matrix.row(sums, 0, n));
    for (int j = 0; j < n; j++) {
      double sum = 0;
      double magnitude = 0;
      float chain = 0f;
      for (int i = 0; i < m; i++) {
        sum += x[i * n + j];
        magnitude += Math.abs(x[i * n + j]);
        chain += x[i * n + j];
      }
      assertEquals(sum, sums[j], (m - 1) * U * magnitude);
      assertEquals(chain, sums[j]);
    }
  }
}
