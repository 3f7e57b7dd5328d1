package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import org.junit.jupiter.api.Test;

/**
 * The SIMD functions, activations, row operations, losses, updates and the layers' operations have
 * the bits of the scalar ones: at every length from 0 to four vectors of 16 lanes and 3, in place
 * and not, for special values and any bit pattern. A quarter of what is drawn, all of it with
 * {@code -Dlanewise.long=true}.
 */
class ElementBitsTest {
  private static final int PART = Boolean.getBoolean("lanewise.long") ? 1 : 4;

  private final Kernels simd = KernelLookup.named("simd");

  private ConformanceReport run(String battery) {
    return Conformance.of(simd).battery(battery).run();
  }

  private static void assertIdentical(long calls, ConformanceReport result) {
    assertNull(result.difference());
    assertTrue(result.calls() >= calls, result::toString);
  }

  @Test
  void elementsAtEveryLength() {
    assertIdentical(68 * 27, run("elementLengths()"));
  }

  @Test
  void elementsOfAnyValue() {
    int count = 64 / PART;
    assertIdentical(count * 27, run("elementValues(" + count + ")"));
  }

  @Test
  void updatesAtEveryLength() {
    assertIdentical(68 * 9, run("updateLengths()"));
  }

  @Test
  void updatesOfAnyValue() {
    assertIdentical(16 * 10, run("updateValues(16)"));
  }

  @Test
  void rowsOfEveryLength() {
    assertIdentical(2 * 68 * 8, run("rowLengths()"));
  }

  @Test
  void rowsOfRandomLength() {
    int count = 2_000 / PART;
    assertIdentical(count * 8, run("rows(" + count + ")"));
  }

  @Test
  void layersAtEveryLength() {
    assertIdentical(2 * 68 * 8, run("layerLengths()"));
  }

  @Test
  void layersOfRandomShape() {
    int count = 500 / PART;
    assertIdentical(count * 8, run("layers(" + count + ")"));
  }
}
