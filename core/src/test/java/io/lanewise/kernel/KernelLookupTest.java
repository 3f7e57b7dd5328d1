package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Forced throws, automatic falls back; here only scalar is there. */
class KernelLookupTest {
  @Test
  void scalarIsAlwaysThere() {
    assertSame(ScalarKernels.INSTANCE, KernelLookup.named("scalar"));
    assertEquals("scalar", ScalarKernels.INSTANCE.name());
    assertTrue(ScalarKernels.INSTANCE.describe().startsWith("scalar"));
  }

  @Test
  void automaticFallsBackToScalar() {
    assertSame(ScalarKernels.INSTANCE, KernelLookup.best());
    assertSame(KernelLookup.best(), KernelLookup.best());
  }

  @Test
  void forcedAndMissingIsAnErrorThatNamesBothTheKernelsAndTheCure() {
    for (String name : new String[] {"simd", "SCALAR", "", "gpu"}) {
      String message =
          assertThrows(IllegalStateException.class, () -> KernelLookup.named(name)).getMessage();
      assertTrue(message.contains("\"" + name + "\""), message);
      assertTrue(message.contains("lanewise-simd"), message);
    }
  }

  @Test
  void aNullNameIsNamed() {
    String message =
        assertThrows(NullPointerException.class, () -> KernelLookup.named(null)).getMessage();
    assertEquals("name", message);
  }
}
