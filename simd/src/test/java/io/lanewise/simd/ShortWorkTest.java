package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.ScalarKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which kernels a job takes that names none: the scalar ones where its work is short. */
class ShortWorkTest {
  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  @Test
  void theWorkDecides() {
    assertSame(ScalarKernels.INSTANCE, KernelLookup.forWork(0));
    assertSame(
        ScalarKernels.INSTANCE, KernelLookup.forWork(Math.nextDown(KernelLookup.SHORT_WORK)));
    assertEquals("simd", KernelLookup.best().name());
    assertSame(KernelLookup.best(), KernelLookup.forWork(KernelLookup.SHORT_WORK));
    assertSame(KernelLookup.best(), KernelLookup.forWork(Double.POSITIVE_INFINITY));
    assertSame(ScalarKernels.INSTANCE, KernelLookup.forWork(1e9));
    for (double none : new double[] {-1, Double.NaN}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> KernelLookup.forWork(none))
              .getMessage();
      assertEquals("operations must be at least 0, got " + none, message);
    }
  }

  private static ForkedJvm train(String flag, List<Path> before, String... epochs)
      throws Exception {
    return ForkedJvm.run(ShortTraining.class, List.of(MODULE, flag), before, epochs);
  }

  private static String bits(ForkedJvm jvm) {
    assertEquals(0, jvm.exit(), jvm.output());
    return jvm.output().lines().filter(line -> !line.contains("=")).toList().toString();
  }

  @Test
  void aTrainingTakesThemAndTheBitsAreTheSame() throws Exception {
    String both = "10=%s|fit=%<s";
    ForkedJvm automatic = train("-Da=b", List.of(), "10");
    assertEquals(both.formatted("scalar"), taken(automatic), automatic.output());
    ForkedJvm simd = train("-Dlanewise.kernels=simd", List.of(), "10");
    assertEquals(both.formatted("simd"), taken(simd), simd.output());
    assertEquals(bits(simd), bits(automatic));
    assertTrue(bits(simd).contains("bits "), simd.output());
  }

  /** Epochs that would take long, although they are stopped; and what comes after them. */
  @Test
  void manyShortJobsAreALongOne() throws Exception {
    ForkedJvm jvm = train("-Da=b", List.of(), "10", "24000", "48000", "10");
    assertEquals("10=scalar|24000=scalar|48000=simd|10=simd|fit=simd", taken(jvm), jvm.output());
  }

  private static String taken(ForkedJvm jvm) {
    return String.join("|", jvm.output().lines().filter(line -> line.contains("=")).toList());
  }

  private static List<Path> foreign(Path folder, Class<?> provider) throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("io.lanewise.kernel.KernelProvider"), provider.getName() + "\n");
    return List.of(folder);
  }

  @Test
  void kernelsOfSomebodyElseStayWhereTheyRankHigherOrAreNamed(@TempDir Path folder)
      throws Exception {
    List<Path> eager = foreign(folder.resolve("eager"), AcmeProvider.Eager.class);
    assertTrue(train("-Da=b", eager).output().contains("taken: Eager"));
    List<Path> named = foreign(folder.resolve("named"), AcmeProvider.class);
    assertTrue(train("-Dlanewise.kernels=acme", named).output().contains("taken: AcmeProvider"));
    ForkedJvm neither = train("-Da=b", named);
    assertFalse(neither.output().contains("taken: "), neither.output());
    assertEquals("fit=scalar", taken(neither), neither.output());
  }

  @Test
  void withoutTheModuleOneWarningNamesTheFlag() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(ShortTraining.class, List.of(), List.of(), "10", "2000000");
    assertEquals(0, jvm.exit(), jvm.output());
    assertEquals(2, jvm.output().split("jdk.incubator.vector", -1).length, jvm.output());
  }
}
