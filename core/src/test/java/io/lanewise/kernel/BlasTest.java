package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The meaning of alpha, beta, increments and empty sizes; bad arguments have their own test. */
class BlasTest {
  private static final Blas BLAS = Blas.of(ScalarKernels.INSTANCE);
  private static final float NAN = Float.NaN;

  private static float[] random(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 2f * random.nextFloat() - 1f;
    }
    return values;
  }

  /** The 1 x 1 product of a and b by this alpha and beta. */
  private static float one(float alpha, float a, float b, float beta, float c) {
    float[] out = {c};
    float[] x = {a};
    float[] y = {b};
    BLAS.sgemm(Transpose.NN, 1, 1, 1, alpha, x, 0, 1, y, 0, 1, beta, out, 0, 1);
    return out[0];
  }

  @Test
  void byHand() {
    // A = 1 2 3   B = 1 0   A B = -2 6   C = 10 20   2 A B - C = -14  -8
    //     4 5 6       0 3         -2 15      30 40                -34 -10
    //                -1 0
    float[] a = {1, 2, 3, 4, 5, 6};
    float[] b = {1, 0, 0, 3, -1, 0};
    float[] c = {10, 20, 30, 40};
    BLAS.sgemm(Transpose.NN, 2, 2, 3, 2f, a, 0, 3, b, 0, 2, -1f, c, 0, 2);
    assertArrayEquals(new float[] {-14, -8, -34, -10}, c);
    float[] y = {1, 9, 1};
    BLAS.sgemv(false, 2, 3, 3f, a, 0, 3, new float[] {1, 9, 0, 9, -1}, 0, 2, 1f, y, 0, 2);
    assertArrayEquals(new float[] {-5, 9, -5}, y);
    float[] yTransposed = new float[3];
    BLAS.sgemv(true, 2, 3, 1f, a, 0, 3, new float[] {1, -1}, 0, 1, 0f, yTransposed, 0, 1);
    assertArrayEquals(new float[] {-3, -3, -3}, yTransposed);
  }

  @ParameterizedTest
  @EnumSource
  void anElementIsItsChainFrom0AndThenOneRoundingOfAnFma(Transpose form) {
    SplittableRandom random = new SplittableRandom(7);
    int m = 5;
    int n = 6;
    int k = 9;
    int lda = (form.a() ? m : k) + 1;
    int ldb = (form.b() ? k : n) + 2;
    float[] a = random(random, 100);
    float[] b = random(random, 100);
    float[] old = random(random, m * n);
    float alpha = 0.3f;
    float beta = -1.7f;
    float[] c = old.clone();
    BLAS.sgemm(form, m, n, k, alpha, a, 0, lda, b, 0, ldb, beta, c, 0, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float t = 0f;
        for (int p = 0; p < k; p++) {
          float ap = form.a() ? a[p * lda + i] : a[i * lda + p];
          float bp = form.b() ? b[j * ldb + p] : b[p * ldb + j];
          t = Math.fma(ap, bp, t);
        }
        float product = beta * old[i * n + j];
        assertEquals(Math.fma(alpha, t, product), c[i * n + j], i + ", " + j);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aVectorIsAMatrixOfOneColumn(boolean transA) {
    SplittableRandom random = new SplittableRandom(8);
    int m = 7;
    int n = 4;
    float[] a = random(random, 1 + m * 5);
    float[] x = random(random, 30);
    float[] y = random(random, 30);
    float[] expected = y.clone();
    int rows = transA ? n : m;
    Transpose form = transA ? Transpose.TN : Transpose.NN;
    BLAS.sgemm(form, rows, 1, m + n - rows, 0.3f, a, 1, 5, x, 2, 3, 0.9f, expected, 3, 2);
    BLAS.sgemv(transA, m, n, 0.3f, a, 1, 5, x, 2, 3, 0.9f, y, 3, 2);
    assertArrayEquals(expected, y);
  }

  @ParameterizedTest
  @CsvSource({
    // alpha, a, b, beta, c, result: beta = 0 does not read C, and adds no zero.
    "2, 3, 5, 0, NaN, 30",
    "2, 3, 5, -0.0, NaN, 30",
    "1, 3, 5, 0, NaN, 15",
    "-1, 0, 5, 0, NaN, -0.0",
    "-1, 0, 5, 1, 0, 0",
    "1, -0.0, 5, 0, NaN, 0",
    // alpha = 0 does not read A and B.
    "0, NaN, 5, 2, 3, 6",
    "-0.0, NaN, Infinity, -1, 0, -0.0",
    "0, NaN, 5, 1, -0.0, -0.0",
    "0, NaN, NaN, 0, NaN, 0",
    "0, NaN, NaN, -0.0, -3, 0",
    // Anything else is arithmetic.
    "NaN, 1, 1, 1, 1, NaN",
    "NaN, 1, 1, 0, 1, NaN",
    "1, 1, 1, NaN, 1, NaN",
    "0, 1, 1, NaN, 1, NaN",
    "Infinity, 1, 1, 1, 1, Infinity",
    "Infinity, 1, 1, -Infinity, 1, NaN",
    "1, 1, 1, Infinity, 0, NaN"
  })
  void specialFactors(float alpha, float a, float b, float beta, float c, float result) {
    assertEquals(result, one(alpha, a, b, beta, c));
  }

  /** No chain: as alpha = 0, whatever alpha is. */
  @ParameterizedTest
  @ValueSource(floats = {1f, -1f, 0f, Float.NaN, Float.POSITIVE_INFINITY})
  void withoutKTheOldCIsScaled(float alpha) {
    float[] none = {};
    float[] c = {9f, -0f, 2f, 9f};
    BLAS.sgemm(Transpose.NN, 1, 2, 0, alpha, none, 0, 1, none, 0, 2, 3f, c, 1, 2);
    assertArrayEquals(new float[] {9f, -0f, 6f, 9f}, c);
    BLAS.sgemm(Transpose.NN, 1, 2, 0, alpha, none, 0, 1, none, 0, 2, 0f, c, 1, 2);
    assertArrayEquals(new float[] {9f, 0f, 0f, 9f}, c);
  }

  @Test
  void anEmptyOutputOrMatrixLeavesEverything() {
    float[] none = {};
    float[] c = {NAN, 5f};
    BLAS.sgemm(Transpose.NN, 0, 2, 3, 1f, none, 0, 3, new float[6], 0, 2, 0f, c, 0, 2);
    BLAS.sgemm(Transpose.NN, 2, 0, 3, 1f, new float[6], 0, 3, none, 0, 1, 0f, c, 0, 1);
    // BLAS returns at once from a matrix without elements, also where y has some.
    BLAS.sgemv(false, 2, 0, 1f, none, 0, 1, none, 0, 1, 0f, c, 0, 1);
    BLAS.sgemv(true, 0, 2, 1f, none, 0, 2, none, 0, 1, 0f, c, 0, 1);
    assertArrayEquals(new float[] {NAN, 5f}, c);
  }

  @Test
  void aVectorMayLieBetweenTheElementsOfAnother() {
    float[] xy = {1f, 10f, 2f, 20f, 3f, 30f};
    BLAS.sgemv(
        false, 3, 3, 1f, new float[] {1, 1, 1, 0, 1, 1, 0, 0, 1}, 0, 3, xy, 0, 2, 1f, xy, 1, 2);
    assertArrayEquals(new float[] {1f, 16f, 2f, 25f, 3f, 33f}, xy);
  }

  @Test
  void theKernelsAreNeeded() {
    var e = assertThrows(NullPointerException.class, () -> Blas.of(null));
    assertEquals("kernels", e.getMessage());
  }
}
