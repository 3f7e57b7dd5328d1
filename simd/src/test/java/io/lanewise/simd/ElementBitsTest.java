package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.KernelConformance;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import org.junit.jupiter.api.Test;

/**
 * The SIMD functions, activations, row operations, losses, updates and the layers' operations have
 * the bits of the scalar ones: at every length from 0 to four vectors of 16 lanes and 3, in place
 * and not, for special values and any bit pattern.
 */
class ElementBitsTest {
  private final Kernels simd = KernelLookup.named("simd");

  private static void assertIdentical(long calls, KernelConformance.Result result) {
    assertNull(result.difference());
    assertTrue(result.calls() >= calls, result::toString);
  }

  @Test
  void elementsAtEveryLength() {
    assertIdentical(68 * 27, KernelConformance.elementLengths(simd));
  }

  @Test
  void elementsOfAnyValue() {
    assertIdentical(64 * 27, KernelConformance.elementValues(simd, 4, 64));
  }

  @Test
  void updatesAtEveryLength() {
    assertIdentical(68 * 9, KernelConformance.updateLengths(simd));
  }

  @Test
  void updatesOfAnyValue() {
    assertIdentical(16 * 10, KernelConformance.updateValues(simd, 6, 16));
  }

  @Test
  void rowsOfEveryLength() {
    assertIdentical(2 * 68 * 8, KernelConformance.rowLengths(simd));
  }

  @Test
  void rowsOfRandomLength() {
    assertIdentical(2_000 * 8, KernelConformance.rows(simd, 5, 2_000));
  }

  @Test
  void layersAtEveryLength() {
    assertIdentical(2 * 68 * 8, KernelConformance.layerLengths(simd));
  }

  @Test
  void layersOfRandomShape() {
    assertIdentical(500 * 8, KernelConformance.layers(simd, 11, 500));
  }
}
