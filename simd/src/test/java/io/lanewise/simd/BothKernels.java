package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Runs an operation through both kernels on copies of the same arrays and compares every array,
 * whole: outputs, inputs that must not change, and what lies round the windows.
 */
final class BothKernels {
  /** How many floats lie after a window that does not end with its array. */
  private static final int MARGIN = 20;

  /** An operation on windows. */
  interface Operation {
    void run(Kernels kernels, Matrix[] w);
  }

  /** The shape of a window; its leading dimension is random if there may be gaps. */
  record Shape(int rows, int columns, boolean gaps) {}

  private BothKernels() {}

  static Shape window(int rows, int columns) {
    return new Shape(rows, columns, true);
  }

  /** An element for each row. */
  static Shape column(int rows) {
    return new Shape(rows, 1, false);
  }

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

  /** Asserts that the operation leaves the same bits everywhere, in arrays with such windows. */
  static void assertSame(
      String what, SplittableRandom random, boolean finite, Operation operation, Shape... shapes) {
    Matrix[] expected = new Matrix[shapes.length];
    Matrix[] actual = new Matrix[shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      int rows = shapes[i].rows;
      int columns = shapes[i].columns;
      int off = random.nextInt(18);
      int ld = Math.max(1, columns) + (shapes[i].gaps ? random.nextInt(8) : 0);
      // Now and then the window ends with the array, where a load past it would throw.
      int end = off + Math.max(0, rows - 1) * ld + columns;
      int length = end + (random.nextBoolean() ? MARGIN : 0);
      float[] x = finite ? RandomFloats.finite(random, length) : RandomFloats.mixed(random, length);
      expected[i] = new Matrix(x, off, ld, rows, columns);
      actual[i] = new Matrix(x.clone(), off, ld, rows, columns);
    }
    operation.run(ScalarKernels.INSTANCE, expected);
    operation.run(SimdKernels.INSTANCE, actual);
    for (int i = 0; i < shapes.length; i++) {
      RandomFloats.assertSameBits(what + ", array " + i, expected[i].array(), actual[i].array());
    }
  }

  /** The elementwise activations, and those with parameters that are not the default. */
  static Stream<Activation> activations() {
    return Stream.concat(
        Stream.of(Activation.values()).filter(Activation::elementwise),
        Stream.of(
            Activation.leakyRelu(0.2f),
            Activation.leakyRelu(-0.5f),
            Activation.elu(1.7f),
            Activation.hardSigmoid(0.2f),
            Activation.clippedRelu(1.5f)));
  }
}
