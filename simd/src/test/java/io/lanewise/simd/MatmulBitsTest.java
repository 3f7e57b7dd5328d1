package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The SIMD product has the bits of the scalar one, and writes where that writes. Both are one chain
 * of fused multiply-adds an element, so there is no bound: there are bits. Every call has random
 * offsets 0 to 17, leading dimensions with slack 0 to 7, sentinels round each window, NaN in an
 * overwritten C, and half of the arrays end where the window ends; A, B, bias and saved values are
 * compared too, since all arrays are.
 */
class MatmulBitsTest {
  private static final boolean LONG = Boolean.getBoolean("lanewise.long");

  /** Shapes of a battery that draws them. */
  private static final int RANDOM = LONG ? 6_000 : 600;

  private final Kernels simd = KernelLookup.named("simd");

  private ConformanceReport run(String battery) {
    return Conformance.of(simd).battery(battery).run();
  }

  /** Those of the first seconds, which are there whether C2 has compiled them or not. */
  @ParameterizedTest
  @CsvSource({
    "8748, matmulGrid()",
    "300, 'matmulRandom(300, 150)'",
    "20, matmulLarge(20)",
    "132, matmulFused(2)",
    "100, 'matmulScaled(100, 60)'",
    "200, 'matmulPacked(100, 150)'"
  })
  void theEarlyProducts(long products, String battery) {
    assertIdentical(products, Conformance.of(SimdKernels.EARLY).battery(battery).run());
  }

  private static void assertIdentical(long products, ConformanceReport result) {
    assertNull(result.difference());
    // A battery that stopped to run would be green for ever.
    assertTrue(result.products() >= products, result::toString);
  }

  @Test
  void smallShapesInEveryFormFromEveryStart() {
    assertIdentical(9 * 9 * 9 * 4 * 3 * 3, run("matmulGrid()"));
  }

  @Test
  void randomShapesUpTo200() {
    assertIdentical(RANDOM, run("matmulRandom(" + RANDOM + ", 200)"));
  }

  @Test
  void shapesThatCrossTheBlockSizesByOne() {
    assertIdentical(50, run("matmulLarge(50)"));
  }

  @Test
  void everyActivationAndDerivativeAfterTheProduct() {
    assertIdentical(11 * 3 * 2 * 8, run("matmulFused(8)"));
  }

  @Test
  void theProductOfBlasByEveryKindOfFactor() {
    int count = LONG ? 3_000 : 800;
    assertIdentical(count, run("matmulScaled(" + count + ", 130)"));
  }

  @Test
  void aPackedB() {
    int count = RANDOM / 2;
    assertIdentical(2 * count + 39, run("matmulPacked(" + count + ", 200)"));
  }

  @Test
  void aPackedBOverThreads() {
    for (int count : LONG ? new int[] {2, 3, 8} : new int[] {3}) {
      try (Threads threads = new Threads(count)) {
        assertIdentical(
            39, Conformance.of(threads.kernels(simd)).battery("matmulPacked(0, 1)").run());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -1f})
  void oneElementAmongTheZerosOfARow(float element) {
    Matrix a = new Matrix(1, 60);
    a.array()[17] = element;
    Matrix b = new Matrix(60, 700);
    for (int i = 0; i < b.array().length; i++) {
      b.array()[i] = i % 7 - 3;
    }
    assertArrayEquals(row(ScalarKernels.INSTANCE, a, b), row(simd, a, b));
  }

  private static float[] row(Kernels kernels, Matrix a, Matrix b) {
    Matrix c = new Matrix(1, b.columns());
    kernels.matmulPacked(a, kernels.pack(b), c, Epilogue.NONE, null, null);
    return c.array();
  }
}
