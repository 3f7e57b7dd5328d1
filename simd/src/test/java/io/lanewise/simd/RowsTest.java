package io.lanewise.simd;

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
      int ldz = BothKernels.leading(random, n);
      int lda = BothKernels.leading(random, n);
      BothKernels.assertSame(
          "softmax " + m + " x " + n,
          random,
          finite,
          new int[] {m * ldz, m * lda},
          (kernels, x, off) -> kernels.softmax(m, n, x[0], off[0], ldz, x[1], off[1], lda));
      BothKernels.assertSame(
          "softmax " + m + " x " + n + " in place",
          random,
          finite,
          new int[] {m * ldz},
          (kernels, x, off) -> kernels.softmax(m, n, x[0], off[0], ldz, x[0], off[0], ldz));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void softmaxBackwardHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(5);
    for (int n : BothKernels.lengths()) {
      int m = random.nextInt(5);
      int lda = BothKernels.leading(random, n);
      int ldda = BothKernels.leading(random, n);
      int lddz = BothKernels.leading(random, n);
      BothKernels.assertSame(
          "softmaxBackward " + m + " x " + n,
          random,
          finite,
          new int[] {m * lda, m * ldda, m * lddz},
          (kernels, x, off) ->
              kernels.softmaxBackward(
                  m, n, x[0], off[0], lda, x[1], off[1], ldda, x[2], off[2], lddz));
      BothKernels.assertSame(
          "softmaxBackward " + m + " x " + n + " in place",
          random,
          finite,
          new int[] {m * lda, m * ldda},
          (kernels, x, off) ->
              kernels.softmaxBackward(
                  m, n, x[0], off[0], lda, x[1], off[1], ldda, x[1], off[1], ldda));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void columnSumsHaveTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(6);
    for (int n : BothKernels.lengths()) {
      for (int m : new int[] {0, 1, 3, 17}) {
        int ldx = BothKernels.leading(random, n);
        BothKernels.assertSame(
            "columnSums " + m + " x " + n,
            random,
            finite,
            new int[] {m * ldx, n},
            (kernels, x, off) -> kernels.columnSums(m, n, x[0], off[0], ldx, x[1], off[1]));
      }
    }
  }
}
