package io.lanewise.simd;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sgdHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(9);
    for (int n : BothKernels.lengths()) {
      BothKernels.assertSame(
          "sgd of " + n,
          random,
          finite,
          new int[] {n, n},
          (kernels, x, off) -> kernels.sgd(n, x[0], off[0], x[1], off[1], 0.1f));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void adamHasTheBitsOfTheScalarKernels(boolean finite) {
    SplittableRandom random = new SplittableRandom(10);
    for (int n : BothKernels.lengths()) {
      BothKernels.assertSame(
          "adam of " + n,
          random,
          finite,
          new int[] {n, n, n, n},
          (kernels, x, off) -> {
            if (finite) {
              makePositive(x[3]);
            }
            kernels.adam(
                n, x[0], off[0], x[1], off[1], x[2], off[2], x[3], off[3], 0.1f, 0.999f, 0.001f,
                0.002f, 1.7f, 1e-8f);
          });
    }
  }

  /** Second moments are squares: else most of the results would be NaN. */
  private static void makePositive(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.abs(x[i]);
    }
  }
}
