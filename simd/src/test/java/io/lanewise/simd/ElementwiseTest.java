package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.simd.BothKernels.Operation;
import io.lanewise.simd.BothKernels.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseTest {
  private static void assertSame(String what, long seed, Operation operation, int operands) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int n : BothKernels.lengths()) {
      for (int m : n < 68 ? new int[] {1, 3} : new int[] {1}) {
        Shape[] shapes = new Shape[operands];
        Arrays.fill(shapes, BothKernels.window(m, n));
        BothKernels.assertSame(what + " of " + m + " x " + n, random, false, operation, shapes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void functionsHaveTheBitsOfTheScalarKernels(Function f) {
    assertSame(f.toString(), 1, (kernels, w) -> kernels.map(f, w[0], w[1]), 2);
    assertSame(f + " in place", 1, (kernels, w) -> kernels.map(f, w[0], w[0]), 1);
  }

  @ParameterizedTest
  @MethodSource("io.lanewise.simd.BothKernels#activations")
  void activationsHaveTheBitsOfTheScalarKernels(Activation f) {
    assertSame(f.toString(), 2, (kernels, w) -> kernels.activate(f, w[0], w[1]), 2);
    assertSame(f + " in place", 2, (kernels, w) -> kernels.activate(f, w[0], w[0]), 1);
  }

  @ParameterizedTest
  @MethodSource("io.lanewise.simd.BothKernels#activations")
  void derivativesHaveTheBitsOfTheScalarKernels(Activation f) {
    assertSame(f + "'", 3, (kernels, w) -> kernels.activateBackward(f, w[0], w[1], w[2]), 3);
    assertSame(
        f + "' in place", 3, (kernels, w) -> kernels.activateBackward(f, w[0], w[1], w[1]), 2);
  }
}
