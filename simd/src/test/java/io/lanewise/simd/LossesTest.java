package io.lanewise.simd;

import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
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
      int ldz = BothKernels.leading(random, n);
      int lddz = BothKernels.leading(random, n);
      int[] labels = new int[m + 1];
      for (int i = 0; i < m; i++) {
        labels[1 + i] = random.nextInt(n);
      }
      BothKernels.assertSame(
          "crossEntropy " + m + " x " + n,
          random,
          finite,
          new int[] {m * ldz, m * lddz, m},
          (kernels, x, off) ->
              kernels.crossEntropy(
                  m, n, x[0], off[0], ldz, labels, 1, 0.3f, x[1], off[1], lddz, x[2], off[2]));
      BothKernels.assertSame(
          "crossEntropy " + m + " x " + n + " in place",
          random,
          finite,
          new int[] {m * ldz, m},
          (kernels, x, off) ->
              kernels.crossEntropy(
                  m, n, x[0], off[0], ldz, labels, 1, 0.3f, x[0], off[0], ldz, x[1], off[1]));
      BothKernels.assertSame(
          "crossEntropy " + m + " x " + n + " without gradient",
          random,
          finite,
          new int[] {m * ldz, m},
          (kernels, x, off) ->
              kernels.crossEntropy(
                  m, n, x[0], off[0], ldz, labels, 1, 0.3f, null, 0, 0, x[1], off[1]));
    }
  }

  @ParameterizedTest
  @EnumSource(LossKernel.class)
  void lossesHaveTheBitsOfTheScalarKernels(LossKernel kernel) {
    compare(n -> LossFunction.of(kernel));
  }

  @Test
  void lossesWithParametersHaveTheBitsOfTheScalarKernels() {
    compare(n -> LossFunction.huber(0.3f));
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
    int ldz = BothKernels.leading(random, n);
    int ldy = BothKernels.leading(random, n);
    int lddz = BothKernels.leading(random, n);
    String what = loss + " " + m + " x " + n;
    BothKernels.assertSame(
        what,
        random,
        finite,
        new int[] {m * ldz, m * ldy, m * lddz, m},
        (kernels, x, off) -> {
          oneHot(m * ldy, x[1], off[1]);
          kernels.loss(
              loss, m, n, x[0], off[0], ldz, x[1], off[1], ldy, 0.3f, x[2], off[2], lddz, x[3],
              off[3]);
        });
    BothKernels.assertSame(
        what + " in place",
        random,
        finite,
        new int[] {m * ldz, m * ldy, m},
        (kernels, x, off) ->
            kernels.loss(
                loss, m, n, x[0], off[0], ldz, x[1], off[1], ldy, 0.3f, x[0], off[0], ldz, x[2],
                off[2]));
    BothKernels.assertSame(
        what + " without gradient",
        random,
        finite,
        new int[] {m * ldz, m * ldy, m},
        (kernels, x, off) ->
            kernels.loss(
                loss, m, n, x[0], off[0], ldz, x[1], off[1], ldy, 0.3f, null, 0, 0, x[2], off[2]));
  }

  /** Makes most targets exactly 0 or 1, which some losses treat apart. */
  private static void oneHot(int length, float[] y, int yOff) {
    for (int i = 0; i < length; i++) {
      if (i % 4 != 0) {
        y[yOff + i] = i % 3 == 0 ? 1f : 0f;
      }
    }
  }
}
