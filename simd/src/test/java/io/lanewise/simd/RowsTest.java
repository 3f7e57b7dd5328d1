package io.lanewise.simd;

import static io.lanewise.simd.BothKernels.window;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
  private interface Forward {
    void run(Kernels kernels, Matrix z, Matrix a);
  }

  private interface Backward {
    void run(Kernels kernels, Matrix a, Matrix da, Matrix dz);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void softmaxHasTheBitsOfTheScalarKernels(boolean finite) {
    assertForward("softmax", Kernels::softmax, finite);
    assertBackward("softmaxBackward", Kernels::softmaxBackward, finite);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logSoftmaxHasTheBitsOfTheScalarKernels(boolean finite) {
    assertForward("logSoftmax", Kernels::logSoftmax, finite);
    assertBackward("logSoftmaxBackward", Kernels::logSoftmaxBackward, finite);
  }

  private static void assertForward(String name, Forward f, boolean finite) {
    SplittableRandom random = new SplittableRandom(4);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      String what = name + " " + m + " x " + n;
      BothKernels.assertSame(
          what,
          random,
          finite,
          (kernels, w) -> f.run(kernels, w[0], w[1]),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          what + " in place",
          random,
          finite,
          (kernels, w) -> f.run(kernels, w[0], w[0]),
          window(m, n));
    }
  }

  private static void assertBackward(String name, Backward f, boolean finite) {
    SplittableRandom random = new SplittableRandom(5);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      String what = name + " " + m + " x " + n;
      BothKernels.assertSame(
          what,
          random,
          finite,
          (kernels, w) -> f.run(kernels, w[0], w[1], w[2]),
          window(m, n),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          what + " in place",
          random,
          finite,
          (kernels, w) -> f.run(kernels, w[0], w[1], w[1]),
          window(m, n),
          window(m, n));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void columnSumsHaveTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(6);
    for (int n : BothKernels.lengths()) {
      for (int m : new int[] {0, 1, 3, 17}) {
        BothKernels.assertSame(
            "columnSums " + m + " x " + n,
            random,
            finite,
            (kernels, w) -> kernels.columnSums(w[0], w[1]),
            window(m, n),
            window(1, n));
      }
    }
  }
}
