package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the jars say of themselves, to people, to OSGi and to lawyers. */
class ManifestTest {
  private static final String OURS = "io.lanewise.";

  private static JarFile jar(String module) throws IOException {
    Path target = Path.of("..", module, "target");
    try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.of()) {
      List<Path> jars =
          files.filter(f -> f.getFileName().toString().endsWith("-SNAPSHOT.jar")).toList();
      assumeTrue(jars.size() == 1, "the jar of " + module + " is made by mvn package");
      return new JarFile(jars.getFirst().toFile());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core",
        "simd",
        "check",
        "data",
        "onnx",
        "tokenizer",
        "text",
        "langchain4j",
        "cluster",
        "spark",
        "plot",
        "cli",
        "gate"
      })
  void aJarNamesItselfItsVersionAndItsLicense(String module) throws IOException {
    try (JarFile jar = jar(module)) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      String title = manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE);
      assertTrue(title.startsWith("Lanewise "), title);
      String version = manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      assertTrue(jar.getName().endsWith("-" + version + ".jar"), version);
      assertEquals(
          "Apache-2.0;link=\"https://www.apache.org/licenses/LICENSE-2.0.txt\"",
          manifest.getValue("Bundle-License"));
      JarEntry license = jar.getJarEntry("META-INF/LICENSE");
      // The two that a program embeds have no room for four kilobytes each: those of their sources
      // do.
      assertEquals(Set.of("core", "simd").contains(module), license == null);
      if (license != null) {
        assertEquals(Files.size(Path.of("../LICENSE")), license.getSize());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "simd", "check", "data", "onnx", "tokenizer", "text", "cluster"})
  void aBundleHasThePackagesOfItsModule(String module) throws IOException {
    try (JarFile jar = jar(module);
        InputStream in = jar.getInputStream(jar.getEntry("module-info.class"))) {
      ModuleDescriptor descriptor = ModuleDescriptor.read(in);
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("2", manifest.getValue("Bundle-ManifestVersion"));
      assertEquals(descriptor.name(), manifest.getValue("Bundle-SymbolicName"));
      String version = manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      assertEquals(version.replace('-', '.'), manifest.getValue("Bundle-Version"));
      Set<String> exported = new TreeSet<>();
      descriptor.exports().forEach(e -> exported.add(e.source()));
      Set<String> said = new TreeSet<>();
      String header = manifest.getValue("Export-Package");
      for (String word : header == null ? new String[0] : header.split("[;,]")) {
        if (word.startsWith(OURS)) {
          said.add(word);
        }
      }
      assertEquals(exported, said);
      assertTrue(
          header == null || header.contains(";version=" + version.replaceAll("-.*", "")), header);
    }
  }

  /** A fragment has the class loader of its host, by which the kernels are looked for. */
  @Test
  void simdIsAFragmentOfCore() throws IOException {
    try (JarFile jar = jar("simd")) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("io.lanewise.core", manifest.getValue("Fragment-Host"));
      assertNotNull(jar.getEntry("META-INF/services/io.lanewise.kernel.KernelProvider"));
    }
  }
}
