package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** As the launcher starts the JVM: the module is read when vectors are taken, in silence. */
  @Test
  void theModuleIsReadLaterWhereTheJvmLetsIt() throws Exception {
    List<String> flags = List.of("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED");
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, flags);
    assertEquals(0, jvm.exit(), jvm.output());
    assertEquals("kernels=simd", jvm.output().strip());
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

  /** In front of ours on the class path, after one that does not exist. */
  private static ForkedJvm withForeign(Path folder, Class<?> provider, String... flags)
      throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("io.lanewise.kernel.KernelProvider"),
        "com.example.Gone\n" + provider.getName() + "\n");
    List<String> all = Stream.concat(WITH_MODULE.stream(), Stream.of(flags)).toList();
    return ForkedJvm.run(WhichKernels.class, all, List.of(folder));
  }

  @Test
  void aForeignProviderIsTakenByNameOnly(@TempDir Path folder) throws Exception {
    ForkedJvm automatic = withForeign(folder, AcmeProvider.class);
    assertTrue(automatic.output().endsWith("kernels=simd\n"), automatic.output());
    assertTrue(!automatic.output().contains("taken"), automatic.output());
    ForkedJvm named = withForeign(folder, AcmeProvider.class, "-Dlanewise.kernels=acme");
    assertTrue(named.output().contains("taken: AcmeProvider"), named.output());
    ForkedJvm other = withForeign(folder, AcmeProvider.class, "-Dlanewise.kernels=acne");
    assertTrue(other.output().contains("no kernels \"acne\": "), other.output());
  }

  @Test
  void theHighestPriorityIsTakenOfEqualOnesTheFirstName(@TempDir Path folder) throws Exception {
    ForkedJvm higher = withForeign(folder, AcmeProvider.Eager.class);
    assertTrue(higher.output().contains("taken: Eager"), higher.output());
    ForkedJvm equal = withForeign(folder, AcmeProvider.Equal.class);
    assertTrue(equal.output().contains("taken: Equal"), equal.output());
  }

  @Test
  void twoOfOneNameAreNotChosenFrom(@TempDir Path folder) throws Exception {
    ForkedJvm both = withForeign(folder, AcmeProvider.Impostor.class, "-Dlanewise.kernels=simd");
    assertNotEquals(0, both.exit(), both.output());
    assertTrue(both.output().contains(AcmeProvider.Impostor.class.getName()), both.output());
    assertTrue(both.output().contains(SimdProvider.class.getName()), both.output());
    ForkedJvm automatic = withForeign(folder, AcmeProvider.Impostor.class);
    assertTrue(automatic.output().endsWith("kernels=simd\n"), automatic.output());
    assertTrue(!automatic.output().contains("taken"), automatic.output());
  }

  @Test
  void kernelsThatAreNotThereAreAnErrorThatSaysWhichAre() throws Exception {
    String message =
        assertThrows(IllegalStateException.class, () -> KernelLookup.named("scalr")).getMessage();
    assertEquals("no kernels \"scalr\": there are only scalar, simd", message);
    ForkedJvm jvm = ForkedJvm.run(WhichKernels.class, List.of("-Dlanewise.kernels=scalr"));
    // By no other exception, which a static initializer would make of it.
    assertTrue(jvm.output().contains("java.lang.IllegalStateException: " + message), jvm.output());
    assertTrue(!jvm.output().contains("ExceptionInInitializerError"), jvm.output());
  }

  /** The classes without META-INF, or with another: as in a jar that was made of several. */
  private static String inOneJar(Path jar, String services) throws Exception {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : List.of(KernelLookup.class, SimdProvider.class)) {
        Path place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(place)) {
          putClasses(place, out);
        } else {
          try (FileSystem whole = FileSystems.newFileSystem(place)) {
            putClasses(whole.getPath("/"), out);
          }
        }
      }
      if (services != null) {
        out.putNextEntry(new ZipEntry("META-INF/services/io.lanewise.kernel.KernelProvider"));
        out.write(services.getBytes(StandardCharsets.UTF_8));
      }
    }
    // Without a parent: any other one knows the modules of this JVM.
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      Method named =
          loader.loadClass(KernelLookup.class.getName()).getMethod("named", String.class);
      Throwable thrown =
          assertThrows(InvocationTargetException.class, () -> named.invoke(null, "simd"))
              .getCause();
      assertEquals(IllegalStateException.class, thrown.getClass());
      return thrown.getMessage();
    }
  }

  private static void putClasses(Path root, ZipOutputStream out) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        if (!each.endsWith("module-info.class")) {
          out.putNextEntry(new ZipEntry(root.relativize(each).toString()));
          Files.copy(each, out);
        }
      }
    }
  }

  @Test
  void aJarThatLostItsServicesSaysSoAndHowToKeepThem(@TempDir Path folder) throws Exception {
    String lost = inOneJar(folder.resolve("lost.jar"), null);
    for (String part :
        List.of(
            "no kernels \"simd\": there are only scalar",
            "io.lanewise.simd.SimdProvider is there",
            "META-INF/services/io.lanewise.kernel.KernelProvider",
            "ServicesResourceTransformer")) {
      assertTrue(lost.contains(part), lost);
    }
    String other = inOneJar(folder.resolve("other.jar"), "com.example.Gone\n");
    assertTrue(other.contains("com.example.Gone"), other);
  }
}
