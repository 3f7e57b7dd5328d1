package io.lanewise.simd;

import static io.lanewise.simd.BothKernels.window;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void softmaxHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(4);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      BothKernels.assertSame(
          "softmax " + m + " x " + n,
          random,
          finite,
          (kernels, w) -> kernels.softmax(w[0], w[1]),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          "softmax " + m + " x " + n + " in place",
          random,
          finite,
          (kernels, w) -> kernels.softmax(w[0], w[0]),
          window(m, n));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void softmaxBackwardHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(5);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      BothKernels.assertSame(
          "softmaxBackward " + m + " x " + n,
          random,
          finite,
          (kernels, w) -> kernels.softmaxBackward(w[0], w[1], w[2]),
          window(m, n),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          "softmaxBackward " + m + " x " + n + " in place",
          random,
          finite,
          (kernels, w) -> kernels.softmaxBackward(w[0], w[1], w[1]),
          window(m, n),
          window(m, n));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logSoftmaxHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(4);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      BothKernels.assertSame(
          "logSoftmax " + m + " x " + n,
          random,
          finite,
          (kernels, w) -> kernels.logSoftmax(w[0], w[1]),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          "logSoftmax " + m + " x " + n + " in place",
          random,
          finite,
          (kernels, w) -> kernels.logSoftmax(w[0], w[0]),
          window(m, n));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logSoftmaxBackwardHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(5);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      BothKernels.assertSame(
          "logSoftmaxBackward " + m + " x " + n,
          random,
          finite,
          (kernels, w) -> kernels.logSoftmaxBackward(w[0], w[1], w[2]),
          window(m, n),
          window(m, n),
          window(m, n));
      BothKernels.assertSame(
          "logSoftmaxBackward " + m + " x " + n + " in place",
          random,
          finite,
          (kernels, w) -> kernels.logSoftmaxBackward(w[0], w[1], w[1]),
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
