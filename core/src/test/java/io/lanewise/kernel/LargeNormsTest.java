package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Norms of numbers whose sums, squares or differences are beyond the range of float. */
class LargeNormsTest {
  private static final Kernels KERNELS = ScalarKernels.INSTANCE;
  private static final float EPSILON = 1e-5f;
  private static final float MAX = Float.MAX_VALUE;

  /** Each is a column, and a row. */
  private static final float[][] GROUPS = {
    {1, 2, 3, 1e20f, 5, 6},
    {1e20f, -1e20f},
    {-3e38f, 3e38f, 3e38f, -3e38f, 3e38f},
    {MAX, -MAX},
    {MAX, -MAX, -MAX, -MAX, -MAX, -MAX, -MAX},
    {3e38f, 2.9e38f, 2.8e38f, 3.1e38f},
    {3e38f, 3e38f, 3e38f},
    {MAX, MAX, MAX, MAX, MAX},
    {-1e35f, -1e35f, -1e35f, -1e35f, -1e35f, -1e35f},
    {0x1p102f, 0x1p103f, -0x1p102f, 0x1.8p104f},
    {1e38f, 1e38f, 1e38f, 1e38f, 0, -0f, 1e-45f},
    {1e19f, 2e19f, -4e19f},
    {1e-30f, 2e-30f, -1e-45f, 0},
  };

  private static double mean(float[] x) {
    double sum = 0;
    for (float each : x) {
      sum += each;
    }
    return sum / x.length;
  }

  private static double variance(float[] x) {
    double sum = 0;
    for (float each : x) {
      sum += Math.pow(each - mean(x), 2);
    }
    return sum / x.length;
  }

  private static double[] xhat(float[] x) {
    double[] xhat = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      xhat[i] = (x[i] - mean(x)) / Math.sqrt(variance(x) + EPSILON);
    }
    return xhat;
  }

  /** gamma rstd (dy - mean of dy - xhat times the mean of dy xhat), each dy times gamma before. */
  private static double[] gradient(float[] x, double[] g) {
    double[] xhat = xhat(x);
    double t = 0;
    double s = 0;
    for (int i = 0; i < x.length; i++) {
      t += g[i] / x.length;
      s += g[i] * xhat[i] / x.length;
    }
    double[] dx = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      dx[i] = (g[i] - t - xhat[i] * s) / Math.sqrt(variance(x) + EPSILON);
    }
    return dx;
  }

  private static void assertNear(double[] expected, Matrix actual, double bound) {
    for (int i = 0; i < expected.length; i++) {
      float got = actual.array()[actual.off() + i];
      assertEquals(expected[i], got, bound, "element " + i);
    }
  }

  private static float[] random(int n) {
    SplittableRandom random = new SplittableRandom(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  @ParameterizedTest
  @FieldSource("GROUPS")
  void aColumnHasTheMomentsOfDouble(float[] column) {
    int m = column.length;
    Matrix x = new Matrix(column, m, 1);
    Matrix mean = new Matrix(1, 1);
    Matrix variance = new Matrix(1, 1);
    KERNELS.columnMoments(x, mean, variance);
    double v = variance(column);
    assertEquals(mean(column), mean.get(0, 0), 1e-7 * Math.abs(mean(column)) + 1e-38);
    // About the mean that was rounded.
    double off = mean.get(0, 0) - mean(column);
    assertEquals(Math.min(v + off * off, MAX), variance.get(0, 0), 1e-6 * v + 1e-38);
    float rstd = Norm.rstd(x, 0, mean.get(0, 0), EPSILON);
    double wanted = 1 / Math.sqrt(v + off * off + EPSILON);
    assertEquals(wanted, rstd, 1e-6 * wanted);

    Matrix gamma = new Matrix(new float[] {1.5f}, 1, 1);
    Matrix beta = new Matrix(new float[] {-0.25f}, 1, 1);
    Matrix scale = new Matrix(new float[] {1.5f * rstd}, 1, 1);
    Matrix y = new Matrix(m, 1);
    KERNELS.normalize(x, mean, scale, beta, y);
    double[] xhat = xhat(column);
    double[] outputs = Arrays.stream(xhat).map(each -> 1.5 * each - 0.25).toArray();
    assertNear(outputs, y, 1e-5);

    Norm norm = new Norm(gamma, beta, mean, new Matrix(new float[] {rstd}, 1, 1));
    Matrix dy = new Matrix(random(m), m, 1);
    Matrix dx = new Matrix(m, 1);
    Matrix dgamma = new Matrix(1, 1);
    KERNELS.batchNormBackward(x, norm, dy, dx, dgamma, new Matrix(1, 1));
    double[] g = new double[m];
    double sum = 0;
    for (int i = 0; i < m; i++) {
      g[i] = 1.5 * dy.get(i, 0);
      sum += dy.get(i, 0) * xhat[i];
    }
    assertEquals(sum, dgamma.get(0, 0), 1e-5);
    assertNear(gradient(column, g), dx, 1e-5 * rstd + 1e-45);
  }

  @ParameterizedTest
  @FieldSource("GROUPS")
  void aRowHasTheNormOfDouble(float[] row) {
    int n = row.length;
    Matrix x = Matrix.row(row.clone());
    Norm norm =
        new Norm(Matrix.row(random(n)), Matrix.row(random(n)), new Matrix(1, 1), new Matrix(1, 1));
    Matrix y = new Matrix(1, n);
    KERNELS.layerNorm(x, norm, EPSILON, y);
    double[] xhat = xhat(row);
    double[] outputs = new double[n];
    double[] g = new double[n];
    double[] dgamma = new double[n];
    Matrix dy = Matrix.row(random(n));
    for (int j = 0; j < n; j++) {
      outputs[j] = xhat[j] * norm.gamma().get(0, j) + norm.beta().get(0, j);
      g[j] = (double) dy.get(0, j) * norm.gamma().get(0, j);
      dgamma[j] = dy.get(0, j) * xhat[j];
    }
    assertNear(outputs, y, 1e-5);
    double rstd = 1 / Math.sqrt(variance(row) + EPSILON);
    assertEquals(rstd, norm.rstd().get(0, 0), 1e-6 * rstd);
    Matrix dx = new Matrix(1, n);
    Matrix gammas = new Matrix(1, n);
    KERNELS.layerNormBackward(x, norm, dy, dx, gammas, new Matrix(1, n));
    assertNear(dgamma, gammas, 1e-5);
    assertNear(gradient(row, g), dx, 1e-5 * rstd + 1e-45);
    // In place.
    KERNELS.layerNorm(x, norm, EPSILON, x);
    assertArrayEquals(y.array(), x.array());
  }

  /** Where nothing overflows, nothing is another bit than it was; the neighbours keep theirs. */
  @Test
  void otherColumnsAndRowsKeepTheirBits() {
    float[] plain = random(40);
    float[] large = plain.clone();
    for (int i = 0; i < 8; i++) {
      large[5 * i + 2] = i % 2 == 0 ? 3e38f : -3e38f;
    }
    Matrix[] moments = new Matrix[4];
    for (int i = 0; i < 4; i++) {
      moments[i] = new Matrix(1, 5);
    }
    KERNELS.columnMoments(new Matrix(plain, 8, 5), moments[0], moments[1]);
    KERNELS.columnMoments(new Matrix(large, 8, 5), moments[2], moments[3]);
    for (int j = 0; j < 5; j++) {
      if (j != 2) {
        assertEquals(moments[0].get(0, j), moments[2].get(0, j));
        assertEquals(moments[1].get(0, j), moments[3].get(0, j));
      }
    }
    assertEquals(0, moments[2].get(0, 2));
    assertEquals(MAX, moments[3].get(0, 2));
  }

  /** What is not finite is not made finite. */
  @Test
  void nanAndInfinityStay() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Matrix x = new Matrix(new float[] {1, bad, 3}, 3, 1);
      Matrix mean = new Matrix(1, 1);
      Matrix variance = new Matrix(1, 1);
      KERNELS.columnMoments(x, mean, variance);
      assertEquals(Float.NaN, variance.get(0, 0));
      assertEquals(Float.NaN, Norm.rstd(x, 0, mean.get(0, 0), EPSILON));
      Matrix row = Matrix.row(new float[] {1, bad, 3});
      Matrix one = Matrix.row(new float[] {1, 1, 1});
      KERNELS.layerNorm(row, new Norm(one, one.on(one.array()), mean, variance), EPSILON, row);
      for (float y : row.array()) {
        assertTrue(Float.isNaN(y));
      }
    }
  }
}
