package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The SIMD kernels are the ones found, and where they cannot work the JVM says what cures it. */
class ProviderTest {
  private static final String FLAG = "--add-modules jdk.incubator.vector";
  private static final List<String> WITH_MODULE = List.of("--add-modules", "jdk.incubator.vector");

  @Test
  void simdIsActiveInThisBuild() {
    // Else every other test here would have held scalar against scalar.
    assertNull(new SimdProvider().unusable());
    assertEquals("simd", KernelLookup.best().name());
    assertEquals("simd", KernelLookup.named("simd").name());
    assertSame(KernelLookup.best(), KernelLookup.best());
  }

  @Test
  void onTheClassPathWithTheModuleSimdIsFoundInSilence() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, WITH_MODULE);
    assertEquals(0, jvm.exit(), jvm.output());
    assertTrue(jvm.output().contains("kernels=simd"), jvm.output());
    assertTrue(!jvm.output().contains("scalar"), jvm.output());
  }

  @Test
  void withoutTheModuleScalarWorksAndTheWarningNamesTheFlag() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, List.of());
    assertEquals(0, jvm.exit(), jvm.output());
    assertTrue(jvm.output().contains("kernels=scalar"), jvm.output());
    assertTrue(jvm.output().contains(FLAG), jvm.output());
  }

  @Test
  void scalarByNameWarnsOfNothing() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, List.of("-Dlanewise.kernels=scalar"));
    assertEquals(0, jvm.exit(), jvm.output());
    assertEquals("kernels=scalar", jvm.output().strip());
  }

  @Test
  void simdByNameWithoutTheModuleIsAnErrorThatNamesTheFlag() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, List.of("-Dlanewise.kernels=simd"));
    assertNotEquals(0, jvm.exit(), jvm.output());
    assertTrue(jvm.output().contains(FLAG), jvm.output());
    assertTrue(!jvm.output().contains("kernels="), jvm.output());
  }
}
