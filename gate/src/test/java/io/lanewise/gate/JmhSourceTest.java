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
  private String jar(String main) throws IOException {
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
    return file.toString();
  }

  @Test
  void everyModeAndParameterOfABenchmarkIsACase() throws Exception {
    String jar = jar("org.openjdk.jmh.Main");
    assertTrue(JmhSource.isJmh(jar));
    JmhSource source =
        new JmhSource(jar, List.of("-wi", "1", "-w", "20ms", "-i", "2", "-r", "20ms"));
    assertEquals(List.of(NAME + "array", NAME + "nothing", NAME + "throwing"), source.subjects());
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
    String jar = jar("com.acme.Main");
    assertFalse(JmhSource.isJmh(jar));
    assertEquals("com.acme.Main", JmhSource.mainClass(jar));
    String text = Files.writeString(folder.resolve("x.jar"), "no jar").toString();
    assertThrows(IllegalArgumentException.class, () -> JmhSource.mainClass(text));
  }

  @Test
  void whatIsTheGatesToSetIsRefused() {
    List<List<String>> wrong =
        List.of(
            List.of("-f", "3"),
            List.of("-wi", "3", "-f=3"),
            List.of("-lp"),
            List.of("-wi", "3", "-foe=true"),
            // It would choose more benchmarks than the one that a run is of.
            List.of("-wi", "3", "nothing"));
    for (List<String> options : wrong) {
      assertThrows(IllegalArgumentException.class, () -> new JmhSource("x.jar", options));
    }
    new JmhSource("x.jar", List.of("-jvmArgs", "-Xmx1g", "-wi=3", "-p", "size=1"));
  }

  @Test
  void aBenchmarkThatThrowsIsNamedAndTheOthersAreMeasured() throws Exception {
    JmhSource source =
        new JmhSource(
            jar("org.openjdk.jmh.Main"), List.of("-wi", "0", "-i=1", "-r", "20ms", "-bm", "thrpt"));
    Map<String, Fork> forks = source.run(NAME + "throwing");
    assertEquals(
        Set.of(NAME + "throwing size=10 [thrpt]", NAME + "throwing size=1000 [thrpt]"),
        forks.keySet());
    assertEquals(null, forks.get(NAME + "throwing size=1000 [thrpt]").failure());
    List<String> why = forks.get(NAME + "throwing size=10 [thrpt]").failure().lines().toList();
    assertEquals(
        "java.lang.IllegalStateException: it's,"
            + " caused by java.lang.IllegalArgumentException: the cause",
        why.get(0));
    assertTrue(why.get(3).startsWith("\tat " + NAME + "throwing("), why.toString());
  }

  @Test
  void optionsThatJmhDoesNotKnowEndItAtOnce() throws Exception {
    JmhSource source = new JmhSource(jar("org.openjdk.jmh.Main"), List.of("-nosuch", "1"));
    IOException e = assertThrows(IOException.class, source::subjects);
    assertTrue(e.getMessage().contains("not a recognized option"), e.getMessage());
  }

  @Test
  void benchmarksOnAClassPathAreFoundByTheirList() throws Exception {
    String path = System.getProperty("java.class.path");
    assertTrue(JmhSource.isJmh(path));
    assertTrue(new JmhSource(path, List.of()).subjects().contains(NAME + "nothing"));
  }

  @Test
  void oneSideWithBenchmarksIsWrongUse() throws Exception {
    String jar = jar("org.openjdk.jmh.Main");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Main.run(List.of("--base", folder.toString(), "--head", jar)));
    assertTrue(e.getMessage().startsWith("no JMH benchmarks in " + folder + ", but in " + jar));
  }

  @Test
  void aProcessThatEndedSaysItsExitCode() {
    String output =
        """
        # Benchmark mode: Sampling time
        # Benchmark: a.B.c
        # Parameters: (s = x, y, n = 1)

        # Warmup Iteration   1: <failure: VM prematurely exited before JMH had finished with it>
        <forked VM failed with exit code 3>
        <stdout last='20 lines'>
        </stdout>
        <stderr last='20 lines'>
        WARNING: something
        Unrecognized VM option 'Foo'
        </stderr>

        # Run complete. Total time: 00:00:11
        """;
    assertEquals(
        Map.of(
            "a.B.c n=1, s=x, y [sample, p50]",
            "<forked VM failed with exit code 3>\n"
                + "<forked VM failed with exit code 3>\nUnrecognized VM option 'Foo'"),
        JmhOutput.failures(output));
  }
}
