package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar of benchmarks that knows nothing of the gate. */
class JmhSourceTest {
  private static final String NAME = "io.lanewise.gate.StrangerBenchmark.";

  @TempDir Path folder;

  /** As thin as a jar can be: the benchmarks lie where its class path says. */
  private Path jar(String main) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, main);
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(part -> Path.of(part).toUri().toString())
            .collect(Collectors.joining(" ")));
    Path file = folder.resolve("benchmarks.jar");
    try (OutputStream out = Files.newOutputStream(file)) {
      new JarOutputStream(out, manifest).close();
    }
    return file;
  }

  @Test
  void everyModeAndParameterOfABenchmarkIsACase() throws Exception {
    Path jar = jar("org.openjdk.jmh.Main");
    assertTrue(JmhSource.isJmh(jar.toString()));
    JmhSource source =
        new JmhSource(jar, List.of("-wi", "1", "-w", "20ms", "-i", "2", "-r", "20ms"));
    assertEquals(List.of(NAME + "array", NAME + "nothing"), source.subjects());
    Map<String, Fork> forks = source.run(NAME + "array");
    Set<String> names =
        List.of("10", "1000").stream()
            .flatMap(
                size ->
                    List.of("thrpt", "avgt", "sample, p50", "ss").stream()
                        .map(mode -> NAME + "array size=" + size + " [" + mode + "]"))
            .collect(Collectors.toSet());
    assertEquals(names, forks.keySet());
    Fork thousand = forks.get(NAME + "array size=1000 [avgt]");
    assertEquals(2, thousand.figures().length);
    // 16 bytes of header, and what JMH itself allocates in 20 ms.
    assertEquals(1016, thousand.bytes().median(), 8);
    String shown = source.rules(NAME + "array size=1000 [avgt]").format().apply(4.0);
    assertEquals("0.2500 us/op", shown);
    shown = source.rules(NAME + "array size=1000 [thrpt]").format().apply(4.0);
    assertEquals("4.000 ops/us", shown);
    assertEquals(Map.of(), source.run("a.benchmark.of.the.other.jar"));
  }

  @Test
  void aJarIsKnownByItsManifest() throws Exception {
    String jar = jar("com.acme.Main").toString();
    assertFalse(JmhSource.isJmh(jar));
    assertEquals("com.acme.Main", JmhSource.mainClass(jar));
    String text = Files.writeString(folder.resolve("x.jar"), "no jar").toString();
    assertThrows(IllegalArgumentException.class, () -> JmhSource.mainClass(text));
  }

  @Test
  void whatIsTheGatesToSetIsRefused() {
    Path jar = folder.resolve("x.jar");
    assertThrows(IllegalArgumentException.class, () -> new JmhSource(jar, List.of("-f", "3")));
  }
}
