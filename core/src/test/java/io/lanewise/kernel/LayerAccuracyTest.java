package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The norms and their gradients against double. The bounds are computed: u = 2^-24 a rounding, a
 * chain of k terms within gamma_k = k u / (1 - k u) of the sum of their magnitudes (Higham 2002),
 * and 16 lanes make chains of n / 16 + 4. Statistics that an operation is given count as exact.
 */
class LayerAccuracyTest {
  private static final LayerKernels LAYERS = ScalarKernels.INSTANCE.layers();
  private static final double U = 0x1p-24;
  private static final float EPSILON = 1e-5f;

  /** Rows, columns, and how far the values are from 0: with 1000, one pass would lose all bits. */
  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(1, 1, 0f),
        Arguments.of(2, 5, 0f),
        Arguments.of(7, 16, 3f),
        Arguments.of(64, 33, 0f),
        Arguments.of(33, 300, 1000f),
        Arguments.of(500, 20, 1000f));
  }

  private static double gamma(int k) {
    return k * U / (1 - k * U);
  }

  private static float[] random(SplittableRandom random, int length, float from) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = from + 2 * random.nextFloat() - 1;
    }
    return x;
  }

  private static void assertNear(double expected, float actual, double bound, String what) {
    // What is left out of the bounds are products of roundings.
    double limit = 1.001 * bound + Float.MIN_VALUE;
    assertTrue(
        Math.abs(expected - actual) <= limit,
        () -> what + ": " + actual + " for " + expected + ", bound " + bound);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void columnMomentsAndNormalize(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(1);
    float[] x = random(random, m * n, from);
    float[] mean = new float[n];
    float[] variance = new float[n];
    LAYERS.columnMoments(m, n, x, 0, n, mean, 0, variance, 0);
    for (int j = 0; j < n; j++) {
      double sum = 0;
      double magnitudes = 0;
      double squares = 0;
      for (int i = 0; i < m; i++) {
        sum += x[i * n + j];
        magnitudes += Math.abs(x[i * n + j]);
        squares += Math.pow((double) x[i * n + j] - mean[j], 2);
      }
      assertNear(sum / m, mean[j], gamma(m) * magnitudes / m, "mean");
      double shift = mean[j] - sum / m;
      double expected = squares / m - shift * shift;
      double bound = gamma(m + 3) * squares / m + shift * shift;
      assertNear(expected, variance[j], bound, "variance");
    }
    float[] scale = random(random, n, 0f);
    float[] shift = random(random, n, 0f);
    float[] y = new float[m * n];
    LAYERS.normalize(m, n, x, 0, n, mean, 0, scale, 0, shift, 0, y, 0, n);
    for (int i = 0; i < m * n; i++) {
      int j = i % n;
      double product = ((double) x[i] - mean[j]) * scale[j];
      assertNear(product + shift[j], y[i], 2 * U * (Math.abs(product) + Math.abs(shift[j])), "y");
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void batchNormBackward(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(2);
    float[] x = random(random, m * n, from);
    float[] dy = random(random, m * n, 0f);
    Norm norm = norm(random, n, n);
    LAYERS.columnMoments(m, n, x, 0, n, norm.mean(), 0, norm.rstd(), 0);
    for (int j = 0; j < n; j++) {
      norm.rstd()[j] = LayerKernels.rstd(norm.rstd()[j], EPSILON);
    }
    float[] dx = new float[m * n];
    float[] dgamma = new float[n];
    float[] dbeta = new float[n];
    LAYERS.batchNormBackward(m, n, x, 0, n, norm, dy, 0, n, dx, 0, n, dgamma, 0, dbeta, 0);
    for (int j = 0; j < n; j++) {
      double rstd = norm.rstd()[j];
      double sum = 0;
      double sumMagnitude = 0;
      double product = 0;
      double productMagnitude = 0;
      for (int i = 0; i < m; i++) {
        double xhat = ((double) x[i * n + j] - norm.mean()[j]) * rstd;
        sum += dy[i * n + j];
        sumMagnitude += Math.abs(dy[i * n + j]);
        product += dy[i * n + j] * xhat;
        productMagnitude += Math.abs(dy[i * n + j] * xhat);
      }
      double sumBound = gamma(m) * sumMagnitude;
      double productBound = gamma(m + 2) * productMagnitude;
      assertNear(sum, dbeta[j], sumBound, "dbeta");
      assertNear(product, dgamma[j], productBound, "dgamma");
      double factor = norm.gamma()[j] * rstd;
      for (int i = 0; i < m; i++) {
        double xhat = ((double) x[i * n + j] - norm.mean()[j]) * rstd;
        double d = dy[i * n + j];
        double expected = factor * (d - sum / m - xhat * product / m);
        double terms = Math.abs(d) + Math.abs(sum / m) + Math.abs(xhat * product / m);
        // Of roundings each term has at most: 2 of xhat, 1 of the quotient, 1 of the difference, 1
        // of the fma, 2 of the factor.
        double bound = 7 * U * terms + (sumBound + Math.abs(xhat) * productBound) / m;
        assertNear(expected, dx[i * n + j], Math.abs(factor) * bound, "dx");
      }
    }
  }

  private static Norm norm(SplittableRandom random, int n, int statistics) {
    float[] gamma = random(random, n, 0f);
    float[] beta = random(random, n, 0f);
    return new Norm(gamma, 0, beta, 0, new float[statistics], 0, new float[statistics], 0);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void layerNorm(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(3);
    float[] x = random(random, m * n, from);
    float[] y = new float[m * n];
    Norm norm = norm(random, n, m);
    LAYERS.layerNorm(m, n, x, 0, n, norm, EPSILON, y, 0, n);
    int chain = n / 16 + 1 + 4;
    for (int i = 0; i < m; i++) {
      double sum = 0;
      double magnitudes = 0;
      double squares = 0;
      float mean = norm.mean()[i];
      float rstd = norm.rstd()[i];
      for (int j = 0; j < n; j++) {
        sum += x[i * n + j];
        magnitudes += Math.abs(x[i * n + j]);
        squares += Math.pow((double) x[i * n + j] - mean, 2);
      }
      assertNear(sum / n, mean, gamma(chain + 1) * magnitudes / n, "mean");
      double shift = mean - sum / n;
      double variance = squares / n - shift * shift;
      double error = gamma(chain + 4) * squares / n + shift * shift + U * (variance + EPSILON);
      double expected = 1 / Math.sqrt(variance + EPSILON);
      // d(v^-1/2) = -v^-3/2 / 2 dv, at the least v that may be, and the root's and the quotient's.
      double least = Math.max(variance + EPSILON - error, EPSILON / 2);
      double bound = error / (2 * least * Math.sqrt(least)) + 2 * U * expected;
      assertNear(expected, rstd, bound, "rstd");
      for (int j = 0; j < n; j++) {
        double product = ((double) x[i * n + j] - mean) * rstd * norm.gamma()[j];
        double magnitude = Math.abs(product) + Math.abs(norm.beta()[j]);
        assertNear(product + norm.beta()[j], y[i * n + j], 3 * U * magnitude, "y");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void layerNormBackward(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(4);
    float[] x = random(random, m * n, from);
    float[] dy = random(random, m * n, 0f);
    Norm norm = norm(random, n, m);
    float[] dx = new float[m * n];
    float[] dgamma = new float[n];
    float[] dbeta = new float[n];
    LAYERS.layerNorm(m, n, x, 0, n, norm, EPSILON, dx, 0, n);
    LAYERS.layerNormBackward(m, n, x, 0, n, norm, dy, 0, n, dx, 0, n, dgamma, 0, dbeta, 0);
    double[] products = new double[n];
    double[] productMagnitudes = new double[n];
    int chain = n / 16 + 1 + 4;
    for (int i = 0; i < m; i++) {
      double s = 0;
      double sMagnitude = 0;
      double t = 0;
      double tMagnitude = 0;
      double rstd = norm.rstd()[i];
      for (int j = 0; j < n; j++) {
        double xhat = ((double) x[i * n + j] - norm.mean()[i]) * rstd;
        double d = dy[i * n + j];
        double g = d * norm.gamma()[j];
        products[j] += d * xhat;
        productMagnitudes[j] += Math.abs(d * xhat);
        s += g * xhat / n;
        sMagnitude += Math.abs(g * xhat) / n;
        t += g / n;
        tMagnitude += Math.abs(g) / n;
      }
      double sBound = gamma(chain + 4) * sMagnitude;
      double tBound = gamma(chain + 2) * tMagnitude;
      for (int j = 0; j < n; j++) {
        double xhat = ((double) x[i * n + j] - norm.mean()[i]) * rstd;
        double g = (double) dy[i * n + j] * norm.gamma()[j];
        double expected = rstd * (g - t - xhat * s);
        double terms = Math.abs(g) + Math.abs(t) + Math.abs(xhat * s);
        // Of roundings each term has at most 2 of xhat or 1 of g, 1 of the difference, 1 of the
        // fma, 1 of the factor.
        double bound = rstd * (5 * U * terms + Math.abs(xhat) * sBound + tBound);
        assertNear(expected, dx[i * n + j], bound, "dx");
      }
    }
    for (int j = 0; j < n; j++) {
      assertNear(products[j], dgamma[j], gamma(m + 2) * productMagnitudes[j], "dgamma");
    }
  }
}
