package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The losses and their gradients against the formulas in double. */
class ScalarLossesTest {
  private static final double U = 0x1p-24;
  private static final float[] SCALES = {0.01f, 1f, 10f, 100f};

  /** Value and gradient of one row in double, with the magnitude of what was summed up for each. */
  private record Row(double value, double valueSize, double[] gradient, double[] gradientSize) {}

  private static float crossEntropy(float[] z, int label, float scale, float[] dz) {
    Matrix loss = new Matrix(1, 1);
    int[] labels = {label};
    ScalarKernels.INSTANCE.crossEntropy(row(z), labels, 0, scale, row(dz), loss);
    return loss.get(0, 0);
  }

  private static float loss(LossFunction.Kind kind, float[] z, float[] y, float scale, float[] dz) {
    return loss(LossFunction.of(kind), z, y, scale, dz);
  }

  private static float loss(LossFunction function, float[] z, float[] y, float scale, float[] dz) {
    Matrix loss = new Matrix(1, 1);
    ScalarKernels.INSTANCE.loss(function, row(z), row(y), scale, row(dz), loss);
    return loss.get(0, 0);
  }

  private static Matrix row(float[] x) {
    return x == null ? null : Matrix.row(x);
  }

  /**
   * 4 u relative to the larger of 1 and the loss: half of it for the last addition and the
   * logarithm, the rest for the sum of exponentials, whose error the logarithm divides by the sum.
   */
  @Test
  void crossEntropyIsWithin4UOfDouble() {
    SplittableRandom random = new SplittableRandom(9);
    for (int row = 0; row < ScalarRowsTest.rows(); row++) {
      int n = ScalarRowsTest.length(random);
      float[] z = ScalarRowsTest.logits(random, n, SCALES[row % SCALES.length]);
      int label = random.nextInt(n);
      double max = Double.NEGATIVE_INFINITY;
      for (float zj : z) {
        max = Math.max(max, zj);
      }
      double sum = 0;
      for (float zj : z) {
        sum += Math.exp(zj - max);
      }
      double exact = Math.log(sum) + (max - z[label]);
      double error = Math.abs(crossEntropy(z, label, 1f, null) - exact) / Math.max(1, exact);
      assertTrue(error <= 4 * U, () -> "n=" + n + ", loss " + exact + ": " + error / U + " u");
    }
  }

  /** A loss near 0 keeps its digits: the sum is 1 + tail, and only the tail is summed. */
  @Test
  void theLossOfASureRightAnswerKeepsItsRelativeAccuracy() {
    for (float gap = 1f; gap < 87f; gap += 0.37f) {
      double exact = Math.log1p(Math.exp(-gap));
      double error = crossEntropy(new float[] {gap, 0f}, 0, 1f, null) - exact;
      assertTrue(Math.abs(error) <= 6 * U * exact, "gap " + gap + ": " + error / exact / U + " u");
    }
  }

  @Test
  void crossEntropyOfHugeLogitsIsFiniteWhereItsValueIs() {
    float[] dz = new float[2];
    assertEquals(0f, crossEntropy(new float[] {3e38f, -3e38f}, 0, 1f, dz));
    assertArrayEquals(new float[] {0f, 0f}, dz);
    assertEquals(3e38f, crossEntropy(new float[] {3e38f, 0f}, 1, 1f, dz));
    assertArrayEquals(new float[] {1f, -1f}, dz);
  }

  @Test
  void maskedLogitsHaveNoLossAndNoGradient() {
    float none = Float.NEGATIVE_INFINITY;
    float[] z = {none, 1f, none, 1f};
    float[] dz = new float[4];
    assertEquals((float) Math.log(2), crossEntropy(z, 3, 1f, dz));
    assertArrayEquals(new float[] {0f, 0.5f, 0f, -0.5f}, dz);
    float[] rows = new float[4];
    float loss =
        loss(LossFunction.Kind.SOFTMAX_CROSS_ENTROPY, z, new float[] {0, 0, 0, 1}, 1f, rows);
    assertEquals((float) Math.log(2), loss);
    assertArrayEquals(dz, rows);
    // The right answer masked away is infinitely wrong, not undefined.
    assertEquals(Float.POSITIVE_INFINITY, crossEntropy(z, 0, 1f, dz));
  }

  /** Indices and one-hot rows are one loss: the same bits, loss and gradient. */
  @Test
  void oneHotRowsHaveTheBitsOfLabels() {
    SplittableRandom random = new SplittableRandom(5);
    for (int row = 0; row < 3_000; row++) {
      int n = ScalarRowsTest.length(random);
      float[] z = ScalarRowsTest.logits(random, n, SCALES[row % SCALES.length]);
      int label = random.nextInt(n);
      float[] y = new float[n];
      y[label] = 1f;
      float[] byLabel = new float[n];
      float[] byRow = new float[n];
      float loss = crossEntropy(z, label, 0.125f, byLabel);
      assertEquals(loss, loss(LossFunction.Kind.SOFTMAX_CROSS_ENTROPY, z, y, 0.125f, byRow));
      assertArrayEquals(byLabel, byRow);
    }
  }

  /**
   * Against double, for targets that are 0, 1, between them or (for the squared error) anything.
   * The error is at most a count of roundings times u times the magnitude of what is added up: n/16
   * + 4 for the sum of a row, one more such sum inside softmax, and 16 for the functions (each
   * within 3 u), the subtractions and the products. The rounding of z_j - max is |ln p_j| u of p_j.
   * Binary cross-entropy of softmax is a difference of terms up to e^(gap of the two largest
   * logits): the bound has them, so the digits it promises go as the gap grows.
   */
  @ParameterizedTest
  @EnumSource
  void valueAndGradientAreThoseOfDouble(LossFunction.Kind kind) {
    valueAndGradientAreThoseOfDouble(n -> LossFunction.of(kind), 6 + kind.ordinal());
  }

  @Test
  void valueAndGradientWithParametersAreThoseOfDouble() {
    valueAndGradientAreThoseOfDouble(n -> LossFunction.of(LossFunction.Kind.HUBER, 0.3f), 20);
    SplittableRandom random = new SplittableRandom(22);
    valueAndGradientAreThoseOfDouble(
        n -> {
          float[] weights = new float[n];
          for (int j = 0; j < n; j++) {
            weights[j] = 9f * random.nextFloat();
          }
          return LossFunction.weightedBinary(weights);
        },
        21);
  }

  private static void valueAndGradientAreThoseOfDouble(
      IntFunction<LossFunction> functions, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int row = 0; row < ScalarRowsTest.rows() / 10; row++) {
      int n = ScalarRowsTest.length(random);
      float[] z = ScalarRowsTest.logits(random, n, new float[] {0.01f, 1f, 8f}[row % 3]);
      float[] y = new float[n];
      for (int j = 0; j < n; j++) {
        y[j] = random.nextInt(3) == 0 ? random.nextFloat() : random.nextInt(2);
      }
      float scale = 1f / (1 + row % 7);
      float[] dz = new float[n];
      LossFunction kind = functions.apply(n);
      double value = loss(kind, z, y, scale, dz);
      Row exact = exact(kind, z, y);
      double roundings = (2 * (n / 16 + 4) + 16) * U;
      assertEquals(exact.value, value, roundings * exact.valueSize, () -> kind + " n=" + n);
      for (int j = 0; j < n; j++) {
        double bound = roundings * exact.gradientSize[j] * scale + Float.MIN_VALUE;
        assertEquals(exact.gradient[j] * scale, dz[j], bound, () -> kind + " n=" + n);
      }
      assertEquals(value, loss(kind, z, y, scale, null), "without the gradient");
    }
  }

  private static Row exact(LossFunction kind, float[] z, float[] y) {
    return switch (kind.kind()) {
      case SOFTMAX_CROSS_ENTROPY -> softmaxCrossEntropy(z, y);
      case SOFTMAX_BINARY_CROSS_ENTROPY -> softmaxBinaryCrossEntropy(z, y);
      default -> elementwise(kind, z, y);
    };
  }

  private static Row elementwise(LossFunction kind, float[] z, float[] y) {
    int n = z.length;
    double value = 0;
    double size = 0;
    double[] gradient = new double[n];
    double[] gradientSize = new double[n];
    for (int j = 0; j < n; j++) {
      double zj = z[j];
      double yj = y[j];
      double softplus = Math.max(zj, 0) + Math.log1p(Math.exp(-Math.abs(zj)));
      double sigmoid = 1 / (1 + Math.exp(-zj));
      switch (kind.kind()) {
        case SIGMOID_BINARY_CROSS_ENTROPY -> {
          double p = kind.positiveWeights() == null ? 1 : kind.positiveWeights()[j];
          value += p * yj * (softplus - zj) + (1 - yj) * softplus;
          size += (p * yj + 1 - yj) * (softplus + Math.abs(zj));
          gradient[j] = (p * yj + 1 - yj) * sigmoid - p * yj;
          gradientSize[j] = (p * yj + 1 - yj) * sigmoid + p * yj;
        }
        case ABSOLUTE_ERROR -> {
          value += Math.abs(zj - yj);
          size = value;
          gradient[j] = Math.signum(zj - yj);
          gradientSize[j] = 1;
        }
        case HUBER -> {
          double d = Math.abs(zj - yj);
          value +=
              d <= kind.parameter()
                  ? d * d / 2
                  : kind.parameter() * (d - (double) kind.parameter() / 2);
          size = value;
          gradient[j] = Math.signum(zj - yj) * Math.min(d, kind.parameter());
          gradientSize[j] = Math.abs(gradient[j]);
        }
        case SQUARED_ERROR -> {
          value += (zj - yj) * (zj - yj);
          size = value;
          gradient[j] = 2 * (zj - yj);
          gradientSize[j] = Math.abs(gradient[j]);
        }
        case SIGMOID_CROSS_ENTROPY -> {
          value += yj * (softplus - zj);
          size += yj * (softplus + Math.abs(zj));
          gradient[j] = -yj * (1 - sigmoid);
          gradientSize[j] = yj;
        }
        default -> throw new AssertionError(kind);
      }
    }
    return new Row(value, size, gradient, gradientSize);
  }

  private static double[] softmax(float[] z) {
    double max = Double.NEGATIVE_INFINITY;
    for (float zj : z) {
      max = Math.max(max, zj);
    }
    double[] p = new double[z.length];
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      p[j] = Math.exp(z[j] - max);
      sum += p[j];
    }
    for (int j = 0; j < p.length; j++) {
      p[j] /= sum;
    }
    return p;
  }

  private static Row softmaxCrossEntropy(float[] z, float[] y) {
    int n = z.length;
    double[] p = softmax(z);
    double value = 0;
    double size = 0;
    double total = 0;
    for (int j = 0; j < n; j++) {
      value -= y[j] == 0 ? 0 : y[j] * Math.log(p[j]);
      size += y[j] * (1 - Math.log(p[j]));
      total += y[j];
    }
    double[] gradient = new double[n];
    double[] gradientSize = new double[n];
    for (int j = 0; j < n; j++) {
      gradient[j] = p[j] * total - y[j];
      gradientSize[j] = p[j] * (1 - Math.log(p[j])) * total + y[j];
    }
    return new Row(value, size, gradient, gradientSize);
  }

  /** The Jacobian of softmax, dz = p (g - sum p g), on g = (p - y) / (p (1 - p)). */
  private static Row softmaxBinaryCrossEntropy(float[] z, float[] y) {
    int n = z.length;
    double[] p = softmax(z);
    double value = 0;
    double size = 0;
    double total = 0;
    double totalSize = 0;
    double[] term = new double[n];
    for (int j = 0; j < n; j++) {
      double others = 0;
      for (int i = 0; i < n; i++) {
        others += i == j ? 0 : p[i];
      }
      value -= y[j] == 0 ? 0 : y[j] * Math.log(p[j]);
      value -= y[j] == 1 ? 0 : (1 - y[j]) * Math.log(others);
      size += 1 + Math.abs(Math.log(p[j])) + (others == 0 ? 0 : Math.abs(Math.log(others)));
      term[j] = (y[j] == 1 ? 0 : (1 - y[j]) * (p[j] / others)) - y[j];
      total += term[j];
      totalSize += Math.abs(term[j]);
    }
    double[] gradient = new double[n];
    double[] gradientSize = new double[n];
    for (int j = 0; j < n; j++) {
      gradient[j] = term[j] - p[j] * total;
      gradientSize[j] = Math.abs(term[j]) + p[j] * (1 - Math.log(p[j])) * totalSize;
    }
    return new Row(value, size, gradient, gradientSize);
  }
}
