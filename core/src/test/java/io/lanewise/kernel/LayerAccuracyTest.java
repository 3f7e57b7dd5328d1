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
  private static final Kernels KERNELS = ScalarKernels.INSTANCE;
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

  private static Matrix random(SplittableRandom random, int m, int n, float from) {
    Matrix x = new Matrix(m, n);
    for (int i = 0; i < m * n; i++) {
      x.array()[i] = from + 2 * random.nextFloat() - 1;
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
    Matrix x = random(random, m, n, from);
    Matrix mean = new Matrix(1, n);
    Matrix variance = new Matrix(1, n);
    KERNELS.columnMoments(x, mean, variance);
    for (int j = 0; j < n; j++) {
      double sum = 0;
      double magnitudes = 0;
      double squares = 0;
      for (int i = 0; i < m; i++) {
        sum += x.get(i, j);
        magnitudes += Math.abs(x.get(i, j));
        squares += Math.pow((double) x.get(i, j) - mean.get(0, j), 2);
      }
      assertNear(sum / m, mean.get(0, j), gamma(m) * magnitudes / m, "mean");
      double shift = mean.get(0, j) - sum / m;
      double expected = squares / m - shift * shift;
      double bound = gamma(m + 3) * squares / m + shift * shift;
      assertNear(expected, variance.get(0, j), bound, "variance");
    }
    Matrix scale = random(random, 1, n, 0f);
    Matrix shift = random(random, 1, n, 0f);
    Matrix y = new Matrix(m, n);
    KERNELS.normalize(x, mean, scale, shift, y);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double product = ((double) x.get(i, j) - mean.get(0, j)) * scale.get(0, j);
        double magnitude = Math.abs(product) + Math.abs(shift.get(0, j));
        assertNear(product + shift.get(0, j), y.get(i, j), 2 * U * magnitude, "y");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void batchNormBackward(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(2);
    Matrix x = random(random, m, n, from);
    Matrix dy = random(random, m, n, 0f);
    Norm norm = norm(random, n, new Matrix(1, n), new Matrix(1, n));
    KERNELS.columnMoments(x, norm.mean(), norm.rstd());
    for (int j = 0; j < n; j++) {
      norm.rstd().array()[j] = Norm.rstd(norm.rstd().get(0, j), EPSILON);
    }
    Matrix dx = new Matrix(m, n);
    Matrix dgamma = new Matrix(1, n);
    Matrix dbeta = new Matrix(1, n);
    KERNELS.batchNormBackward(x, norm, dy, dx, dgamma, dbeta);
    for (int j = 0; j < n; j++) {
      double rstd = norm.rstd().get(0, j);
      double sum = 0;
      double sumMagnitude = 0;
      double product = 0;
      double productMagnitude = 0;
      for (int i = 0; i < m; i++) {
        double xhat = ((double) x.get(i, j) - norm.mean().get(0, j)) * rstd;
        sum += dy.get(i, j);
        sumMagnitude += Math.abs(dy.get(i, j));
        product += dy.get(i, j) * xhat;
        productMagnitude += Math.abs(dy.get(i, j) * xhat);
      }
      double sumBound = gamma(m) * sumMagnitude;
      double productBound = gamma(m + 2) * productMagnitude;
      assertNear(sum, dbeta.get(0, j), sumBound, "dbeta");
      assertNear(product, dgamma.get(0, j), productBound, "dgamma");
      double factor = norm.gamma().get(0, j) * rstd;
      for (int i = 0; i < m; i++) {
        double xhat = ((double) x.get(i, j) - norm.mean().get(0, j)) * rstd;
        double d = dy.get(i, j);
        double expected = factor * (d - sum / m - xhat * product / m);
        double terms = Math.abs(d) + Math.abs(sum / m) + Math.abs(xhat * product / m);
        // Of roundings each term has at most: 2 of xhat, 1 of the quotient, 1 of the difference, 1
        // of the fma, 2 of the factor.
        double bound = 7 * U * terms + (sumBound + Math.abs(xhat) * productBound) / m;
        assertNear(expected, dx.get(i, j), Math.abs(factor) * bound, "dx");
      }
    }
  }

  private static Norm norm(SplittableRandom random, int n, Matrix mean, Matrix rstd) {
    return new Norm(random(random, 1, n, 0f), random(random, 1, n, 0f), mean, rstd);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void layerNorm(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(3);
    Matrix x = random(random, m, n, from);
    Matrix y = new Matrix(m, n);
    Norm norm = norm(random, n, new Matrix(m, 1), new Matrix(m, 1));
    KERNELS.layerNorm(x, norm, EPSILON, y);
    int chain = n / 16 + 1 + 4;
    for (int i = 0; i < m; i++) {
      double sum = 0;
      double magnitudes = 0;
      double squares = 0;
      float mean = norm.mean().get(i, 0);
      float rstd = norm.rstd().get(i, 0);
      for (int j = 0; j < n; j++) {
        sum += x.get(i, j);
        magnitudes += Math.abs(x.get(i, j));
        squares += Math.pow((double) x.get(i, j) - mean, 2);
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
        double product = ((double) x.get(i, j) - mean) * rstd * norm.gamma().get(0, j);
        double magnitude = Math.abs(product) + Math.abs(norm.beta().get(0, j));
        assertNear(product + norm.beta().get(0, j), y.get(i, j), 3 * U * magnitude, "y");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void layerNormBackward(int m, int n, float from) {
    SplittableRandom random = new SplittableRandom(4);
    Matrix x = random(random, m, n, from);
    Matrix dy = random(random, m, n, 0f);
    Norm norm = norm(random, n, new Matrix(m, 1), new Matrix(m, 1));
    Matrix dx = new Matrix(m, n);
    Matrix dgamma = new Matrix(1, n);
    Matrix dbeta = new Matrix(1, n);
    KERNELS.layerNorm(x, norm, EPSILON, dx);
    KERNELS.layerNormBackward(x, norm, dy, dx, dgamma, dbeta);
    double[] products = new double[n];
    double[] productMagnitudes = new double[n];
    int chain = n / 16 + 1 + 4;
    for (int i = 0; i < m; i++) {
      double s = 0;
      double sMagnitude = 0;
      double t = 0;
      double tMagnitude = 0;
      double rstd = norm.rstd().get(i, 0);
      for (int j = 0; j < n; j++) {
        double xhat = ((double) x.get(i, j) - norm.mean().get(i, 0)) * rstd;
        double d = dy.get(i, j);
        double g = d * norm.gamma().get(0, j);
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
        double xhat = ((double) x.get(i, j) - norm.mean().get(i, 0)) * rstd;
        double g = (double) dy.get(i, j) * norm.gamma().get(0, j);
        double expected = rstd * (g - t - xhat * s);
        double terms = Math.abs(g) + Math.abs(t) + Math.abs(xhat * s);
        // Of roundings each term has at most 2 of xhat or 1 of g, 1 of the difference, 1 of the
        // fma, 1 of the factor.
        double bound = rstd * (5 * U * terms + Math.abs(xhat) * sBound + tBound);
        assertNear(expected, dx.get(i, j), bound, "dx");
      }
    }
    for (int j = 0; j < n; j++) {
      assertNear(products[j], dgamma.get(0, j), gamma(m + 2) * productMagnitudes[j], "dgamma");
    }
  }
}
