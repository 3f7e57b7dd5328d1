package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.gate.Verdict.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two results of JMH, whose right verdict is known. */
class JmhComparisonTest {
  @TempDir Path folder;

  /** A result; of each fork one iteration. */
  private static String result(String name, String mode, String unit, double... forks) {
    return result(name, mode, unit, "", forks);
  }

  private static String result(
      String name, String mode, String unit, String secondary, double... forks) {
    return String.format(
        Locale.ROOT,
        "{\"jmhVersion\": \"1.37\", \"benchmark\": \"a.B.%s\", \"mode\": \"%s\", \"primaryMetric\":"
            + " {\"score\": 1, \"scoreError\": \"NaN\", \"scoreUnit\": \"%s\", \"rawData\": [%s]},"
            + " \"secondaryMetrics\": {%s}}",
        name,
        mode,
        unit,
        DoubleStream.of(forks).mapToObj(x -> "[" + x + "]").collect(Collectors.joining(",")),
        secondary);
  }

  private static String bytes(String name, double... forks) {
    return String.format(
        "\"%s\": {\"score\": 1, \"scoreUnit\": \"B/op\", \"rawData\": [%s]}",
        name, DoubleStream.of(forks).mapToObj(x -> "[" + x + "]").collect(Collectors.joining(",")));
  }

  private JmhFile file(String name, String... results) throws IOException {
    return JmhFile.read(
        Files.writeString(folder.resolve(name), "[" + String.join(",\n", results) + "]"));
  }

  private Map<String, Verdict> compare(String ruler, JmhFile base, JmhFile head) {
    GatePlan plan = new GatePlan(Pattern.compile(""), 1, null, false);
    return new JmhComparison(base, head, plan)
        .report(ruler).verdicts().stream()
            .collect(Collectors.toMap(Verdict::name, Function.identity()));
  }

  private Kind kind(String base, String head) throws IOException {
    return compare(null, file("base", base), file("head", head)).values().iterator().next().kind();
  }

  /** Twice the figure is better of a rate and worse of a time. */
  @ParameterizedTest
  @CsvSource({
    "thrpt, ops/s, FASTER, SLOWER",
    "thrpt, ops/ns, FASTER, SLOWER",
    "avgt, ns/op, SLOWER, FASTER",
    "avgt, s/op, SLOWER, FASTER",
    "ss, ms/op, SLOWER, FASTER",
  })
  void theUnitSaysWhichWayIsWorse(String mode, String unit, Kind twice, Kind half)
      throws IOException {
    String one = result("x", mode, unit, 10, 10.1, 9.9, 10);
    String two = result("x", mode, unit, 20, 20.1, 19.9, 20);
    assertEquals(twice, kind(one, two));
    assertEquals(half, kind(two, one));
    assertEquals(Kind.PASSED, kind(one, one));
  }

  @Test
  void whatIsNotDecidedIsSaidToBe() throws IOException {
    String calm = result("x", "avgt", "ns/op", 10, 10.1, 9.9, 10, 10);
    assertEquals(Kind.UNDECIDED, kind(calm, result("x", "avgt", "ns/op", 9, 14, 10, 15, 8)));
    assertEquals(Kind.FEW, kind(calm, result("x", "avgt", "ns/op", 20)));
    assertEquals(Kind.FEW, kind(result("x", "avgt", "ns/op", 20, 20), calm));
    assertEquals(Kind.NEW, kind(calm, result("y", "avgt", "ns/op", 20, 20, 20)));
  }

  /** JMH's own 30 KB a second are no allocation of the benchmark; 16 bytes an operation are. */
  @ParameterizedTest
  @ValueSource(strings = {"gc.alloc.rate.norm", "·gc.alloc.rate.norm"})
  void allocationIsExact(String metric) throws IOException {
    double[] ns = {10, 10, 10};
    String none = result("x", "avgt", "ns/op", bytes(metric, 1e-4, 2e-4, 1e-4), ns);
    String other = result("x", "avgt", "ns/op", bytes(metric, 3e-4, 1e-4, 2e-4), ns);
    String sixteen = result("x", "avgt", "ns/op", bytes(metric, 16, 16.0001, 16), ns);
    assertEquals(Kind.PASSED, kind(none, other));
    assertEquals(Kind.ALLOCATES, kind(none, sixteen));
    assertEquals(Kind.PASSED, kind(sixteen, none));
    assertEquals(Kind.PASSED, kind(sixteen, sixteen));
    // A ms an operation: JMH's own are tens of bytes in it.
    double[] ms = {1, 1, 1};
    assertEquals(
        Kind.PASSED,
        kind(
            result("x", "avgt", "ms/op", bytes(metric, 10, 12, 11), ms),
            result("x", "avgt", "ms/op", bytes(metric, 40, 32, 31), ms)));
  }

  /** The whole machine became half as fast, and the benchmark with it. */
  @Test
  void aRulerTakesTheMachineOut() throws IOException {
    JmhFile base =
        file(
            "base",
            result("ruler", "thrpt", "ops/us", 100, 101, 99, 100),
            result("x", "avgt", "ns/op", 10, 10.1, 9.9, 10),
            result("y", "avgt", "ns/op", 10, 10.1, 9.9, 10));
    JmhFile head =
        file(
            "head",
            result("ruler", "thrpt", "ops/us", 50, 50.5, 49.5, 50),
            result("x", "avgt", "ns/op", 20, 20.1, 19.9, 20),
            result("y", "avgt", "ns/op", 30, 30.1, 29.9, 30));
    assertEquals(Kind.SLOWER, compare(null, base, head).get("a.B.x [avgt]").kind());
    Map<String, Verdict> ruled = compare("ruler", base, head);
    assertEquals(2, ruled.size());
    assertEquals(Kind.PASSED, ruled.get("a.B.x [avgt]").kind());
    assertEquals(Kind.SLOWER, ruled.get("a.B.y [avgt]").kind());
    assertEquals(1 / 1.5, ruled.get("a.B.y [avgt]").change().estimate(), 1e-3);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> compare("rule", base, head))
            .getMessage()
            .contains("found none; there are [a.B.ruler [thrpt], "));
  }

  /** The mode sample has histograms instead: the median of each iteration. */
  @Test
  void samplesAreReadFromTheirHistograms() throws IOException {
    String text =
        "{\"benchmark\": \"a.B.x\", \"mode\": \"sample\", \"params\": {\"n\": \"1\", \"m\": \"2\"},"
            + " \"primaryMetric\": {\"score\": 99, \"scoreUnit\": \"us/op\", \"rawDataHistogram\":"
            + " [[[[1.0, 10], [2.0, 100], [9000.0, 5]], [[2.0, 7]]], [[[4.0, 1]]]]}}";
    JmhFile.Entry entry = file("sample", text).entries().get("a.B.x m=2, n=1 [sample, p50]");
    assertEquals(2, entry.forks().size());
    assertEquals(List.of(0.5, 0.5), DoubleStream.of(entry.figures()[0]).boxed().toList());
    assertEquals("4.000 us/op", entry.rules().format().apply(0.25));
  }

  @Test
  void otherUnitsOfOneBenchmarkAreRefused() {
    String[] one = {result("x", "avgt", "ns/op", 10), result("x", "avgt", "us/op", 10)};
    assertThrows(IllegalArgumentException.class, () -> kind(one[0], one[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "[1]",
        "[{\"benchmark\": \"a.B.c\"}]",
        "[{\"benchmark\": \"a\", \"mode\": \"avgt\", \"primaryMetric\": {\"scoreUnit\": \"ns/op\"}}]",
        "[{\"benchmark\": \"a\", \"mode\": \"avgt\", \"primaryMetric\": {\"scoreUnit\": \"apples\","
            + " \"rawData\": [[1]]}}]",
        "[{\"benchmark\": 1, \"mode\": \"avgt\", \"primaryMetric\": []}]"
      })
  void whatIsNoResultIsNamedInOneLine(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), text);
    IOException e = assertThrows(IOException.class, () -> JmhFile.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
