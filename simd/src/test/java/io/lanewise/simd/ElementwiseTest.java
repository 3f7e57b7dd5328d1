package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Function;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ElementwiseTest {
  @ParameterizedTest
  @EnumSource(Function.class)
  void functionsHaveTheBitsOfTheScalarKernels(Function f) {
    SplittableRandom random = new SplittableRandom(1);
    for (int n : BothKernels.lengths()) {
      BothKernels.assertSame(
          f + " of " + n,
          random,
          false,
          new int[] {n, n},
          (kernels, x, off) -> kernels.map(f, n, x[0], off[0], x[1], off[1]));
      BothKernels.assertSame(
          f + " of " + n + " in place",
          random,
          false,
          new int[] {n},
          (kernels, x, off) -> kernels.map(f, n, x[0], off[0], x[0], off[0]));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Activation.class, mode = Mode.EXCLUDE, names = "SOFTMAX")
  void activationsHaveTheBitsOfTheScalarKernels(Activation f) {
    SplittableRandom random = new SplittableRandom(2);
    for (int n : BothKernels.lengths()) {
      BothKernels.assertSame(
          f + " of " + n,
          random,
          false,
          new int[] {n, n},
          (kernels, x, off) -> kernels.activate(f, n, x[0], off[0], x[1], off[1]));
      BothKernels.assertSame(
          f + " of " + n + " in place",
          random,
          false,
          new int[] {n},
          (kernels, x, off) -> kernels.activate(f, n, x[0], off[0], x[0], off[0]));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Activation.class, mode = Mode.EXCLUDE, names = "SOFTMAX")
  void derivativesHaveTheBitsOfTheScalarKernels(Activation f) {
    SplittableRandom random = new SplittableRandom(3);
    for (int n : BothKernels.lengths()) {
      BothKernels.assertSame(
          f + "' of " + n,
          random,
          false,
          new int[] {n, n, n},
          (kernels, x, off) ->
              kernels.activateBackward(f, n, x[0], off[0], x[1], off[1], x[2], off[2]));
      BothKernels.assertSame(
          f + "' of " + n + " in place",
          random,
          false,
          new int[] {n, n},
          (kernels, x, off) ->
              kernels.activateBackward(f, n, x[0], off[0], x[1], off[1], x[1], off[1]));
    }
  }
}
