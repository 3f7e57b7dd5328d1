package io.lanewise.simd;

import static io.lanewise.simd.BothKernels.column;
import static io.lanewise.simd.BothKernels.window;

import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossesTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void crossEntropyHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(7);
    for (int n : BothKernels.lengths()) {
      int m = n == 0 ? 0 : random.nextInt(5);
      int[] labels = new int[m + 1];
      for (int i = 0; i < m; i++) {
        labels[1 + i] = random.nextInt(n);
      }
      String what = "crossEntropy " + m + " x " + n;
      BothKernels.assertSame(
          what,
          random,
          finite,
          (kernels, w) -> kernels.crossEntropy(w[0], labels, 1, 0.3f, w[1], w[2]),
          window(m, n),
          window(m, n),
          column(m));
      BothKernels.assertSame(
          what + " in place",
          random,
          finite,
          (kernels, w) -> kernels.crossEntropy(w[0], labels, 1, 0.3f, w[0], w[1]),
          window(m, n),
          column(m));
      BothKernels.assertSame(
          what + " without gradient",
          random,
          finite,
          (kernels, w) -> kernels.crossEntropy(w[0], labels, 1, 0.3f, null, w[1]),
          window(m, n),
          column(m));
    }
  }

  @ParameterizedTest
  @EnumSource(LossFunction.Kind.class)
  void lossesHaveTheBitsOfTheScalarKernels(LossFunction.Kind kernel) {
    compare(n -> LossFunction.of(kernel));
  }

  @Test
  void lossesWithParametersHaveTheBitsOfTheScalarKernels() {
    compare(n -> LossFunction.of(LossFunction.Kind.HUBER, 0.3f));
    SplittableRandom random = new SplittableRandom(9);
    compare(
        n -> {
          float[] weights = new float[n];
          for (int j = 0; j < n; j++) {
            weights[j] = 5f * random.nextFloat();
          }
          return LossFunction.weightedBinary(weights);
        });
  }

  private static void compare(IntFunction<LossFunction> functions) {
    for (boolean finite : new boolean[] {true, false}) {
      SplittableRandom random = new SplittableRandom(8);
      for (int n : BothKernels.lengths()) {
        compare(functions.apply(n), random.nextInt(5), n, finite, random);
      }
    }
  }

  private static void compare(
      LossFunction loss, int m, int n, boolean finite, SplittableRandom random) {
    String what = loss + " " + m + " x " + n;
    BothKernels.assertSame(
        what,
        random,
        finite,
        (kernels, w) -> {
          oneHot(w[1]);
          kernels.loss(loss, w[0], w[1], 0.3f, w[2], w[3]);
        },
        window(m, n),
        window(m, n),
        window(m, n),
        column(m));
    BothKernels.assertSame(
        what + " in place",
        random,
        finite,
        (kernels, w) -> kernels.loss(loss, w[0], w[1], 0.3f, w[0], w[2]),
        window(m, n),
        window(m, n),
        column(m));
    BothKernels.assertSame(
        what + " without gradient",
        random,
        finite,
        (kernels, w) -> kernels.loss(loss, w[0], w[1], 0.3f, null, w[2]),
        window(m, n),
        window(m, n),
        column(m));
  }

  /** Makes most targets exactly 0 or 1, which some losses treat apart. */
  private static void oneHot(Matrix y) {
    for (int i = y.off(); i < y.array().length; i++) {
      if (i % 4 != 0) {
        y.array()[i] = i % 3 == 0 ? 1f : 0f;
      }
    }
  }
}
