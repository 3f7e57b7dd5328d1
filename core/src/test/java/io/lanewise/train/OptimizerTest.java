package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.RandomStream;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static final int N = 500;

  /** PyTorch's formulas in double: torch.optim.SGD and torch.optim.Adam without options. */
  private static final class Plain {
    final double[] p = new double[N];
    final double[] m1 = new double[N];
    final double[] m2 = new double[N];

    void sgd(float[] g, double rate) {
      for (int i = 0; i < N; i++) {
        p[i] -= rate * g[i];
      }
    }

    void adam(float[] g, int t, double rate) {
      for (int i = 0; i < N; i++) {
        m1[i] = 0.9 * m1[i] + 0.1 * g[i];
        m2[i] = 0.999 * m2[i] + 0.001 * g[i] * g[i];
        double root = Math.sqrt(m2[i]) / Math.sqrt(1 - Math.pow(0.999, t));
        p[i] -= rate / (1 - Math.pow(0.9, t)) * m1[i] / (root + 1e-8);
      }
    }
  }

  @Test
  void sgdFollowsPlainDouble() {
    follows(new Sgd(0.01), false);
  }

  @Test
  void adamFollowsPlainDouble() {
    follows(new Adam(0.01), true);
  }

  /** Relative to the largest parameter: 2e-6 after 1 step, 1e-5 after 10, 5e-5 after 100. */
  private static void follows(Optimizer optimizer, boolean adam) {
    RandomStream random = new RandomStream(8, RandomStream.Purpose.DATA);
    float[] p = new float[N];
    Plain plain = new Plain();
    for (int i = 0; i < N; i++) {
      p[i] = (float) random.nextGaussian();
      plain.p[i] = p[i];
    }
    float[] g = new float[N];
    for (int t = 1; t <= 100; t++) {
      for (int i = 0; i < N; i++) {
        // Over several orders of magnitude, as gradients are.
        g[i] = (float) (random.nextGaussian() * Math.pow(10, -i % 6));
      }
      optimizer.step(ScalarKernels.INSTANCE, p, g);
      if (adam) {
        plain.adam(g, t, 0.01);
      } else {
        plain.sgd(g, 0.01);
      }
      double bound = t == 1 ? 2e-6 : t <= 10 ? 1e-5 : 5e-5;
      assertTrue(error(plain.p, p) < bound, "step " + t + ": " + error(plain.p, p));
    }
  }

  private static double error(double[] expected, float[] actual) {
    double error = 0;
    double largest = 0;
    for (int i = 0; i < N; i++) {
      error = Math.max(error, Math.abs(expected[i] - actual[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return error / largest;
  }

  /** Whatever the gradient, m1 / sqrt(m2) is its sign in the first step. */
  @Test
  void adamsFirstStepIsTheLearningRate() {
    float[] p = {1, 1, 1};
    new Adam(0.125).step(ScalarKernels.INSTANCE, p, new float[] {3, -1e-3f, 0});
    assertEquals(0.875, p[0], 1e-6);
    assertEquals(1.125, p[1], 1e-5);
    assertEquals(1, p[2]);
  }

  @Test
  void namesABadArgument() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd(-1));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Adam(1e-3).betas(1, 0.9));
    assertThrows(IllegalArgumentException.class, () -> new Adam(1e-3).betas(0.9, -0.1));
    assertThrows(IllegalArgumentException.class, () -> new Adam(1e-3).epsilon(Double.NaN));
    Adam adam = new Adam(1e-3);
    adam.step(ScalarKernels.INSTANCE, new float[2], new float[2]);
    assertThrows(
        IllegalArgumentException.class,
        () -> adam.step(ScalarKernels.INSTANCE, new float[3], new float[3]));
  }
}
