package io.lanewise.simd;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import java.util.SplittableRandom;

/**
 * Runs an operation through both kernels on copies of the same arrays and compares every array,
 * whole: outputs, inputs that must not change, and what lies round the windows.
 */
final class BothKernels {
  /** How many floats lie after a window that does not end with its array. */
  private static final int MARGIN = 20;

  /** An operation on arrays and their offsets. */
  interface Operation {
    void run(Kernels kernels, float[][] x, int[] off);
  }

  private BothKernels() {}

  /** The lengths 0 to 67, then some that cross whatever the loops are cut at. */
  static int[] lengths() {
    int[] lengths = new int[71];
    for (int i = 0; i < 68; i++) {
      lengths[i] = i;
    }
    lengths[68] = 255;
    lengths[69] = 1000;
    lengths[70] = 4096 + 3;
    return lengths;
  }

  /** A leading dimension with slack 0 to 7. */
  static int leading(SplittableRandom random, int n) {
    return Math.max(1, n) + random.nextInt(8);
  }

  /** Asserts that the operation leaves the same bits everywhere, in arrays with such windows. */
  static void assertSame(
      String what, SplittableRandom random, boolean finite, int[] sizes, Operation operation) {
    float[][] expected = new float[sizes.length][];
    float[][] actual = new float[sizes.length][];
    int[] off = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      off[i] = random.nextInt(18);
      // Now and then the window ends with the array, where a load past it would throw.
      int length = off[i] + sizes[i] + (random.nextBoolean() ? MARGIN : 0);
      expected[i] =
          finite ? RandomFloats.finite(random, length) : RandomFloats.mixed(random, length);
      actual[i] = expected[i].clone();
    }
    operation.run(ScalarKernels.INSTANCE, expected, off);
    operation.run(SimdKernels.INSTANCE, actual, off);
    for (int i = 0; i < sizes.length; i++) {
      RandomFloats.assertSameBits(what + ", array " + i, expected[i], actual[i]);
    }
  }
}
