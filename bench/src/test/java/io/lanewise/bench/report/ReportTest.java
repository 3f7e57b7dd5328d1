package io.lanewise.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.bench.run.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
  @TempDir Path folder;

  private Run sample() throws IOException {
    return Sample.write(folder.resolve("a.json"), 1, "2026-01-01T00:00:00Z");
  }

  @Test
  void thePageNeedsNothingFromOutside() throws IOException {
    Path page = folder.resolve("report.html");
    new Report(List.of(sample()), List.of()).write(page);
    String html = Files.readString(page);
    for (String outside : List.of("http:", "https:", "src=", "<script", "@import", "url(")) {
      assertFalse(html.contains(outside), outside);
    }
    assertTrue(html.contains("prefers-color-scheme: dark"));
    assertTrue(html.contains("A processor &lt;with a name&gt;"), "names are escaped");
    assertTrue(html.contains("One run so far"));
  }

  @Test
  void theRoofIsTheLesserOfPeakAndBandwidthTimesIntensity() throws IOException {
    Roof roof = Roof.of(sample());
    assertEquals(150, roof.peak(), 1e-9);
    assertEquals(220, roof.bandwidth(16), 1e-9);
    assertEquals(22, roof.at(0.1, 16), 1e-9);
    assertEquals(150, roof.at(100, 16), 1e-9);
    // Between 16 and 32 KiB, half way by powers of two.
    assertEquals((220 + 110) / 2.0, roof.bandwidth(16 * Math.sqrt(2)), 1e-9);
    assertEquals(
        List.of("L1", "L2", "L3", "memory"), roof.levels().stream().map(l -> l.getKey()).toList());
  }

  @Test
  void theWorkOfAProductAndOfAFunction() throws IOException {
    Run run = sample();
    Result product =
        run.results().stream()
            .filter(r -> r.task().equals("64x64x64 NN"))
            .findFirst()
            .orElseThrow();
    Demand work = Demand.of(product).orElseThrow();
    assertEquals(2 * 64 * 64 * 64, work.flops());
    assertEquals(3 * 4 * 64 * 64, work.bytes());
    assertEquals(product.gflops(), work.perNano(product) * work.flops(), 1e-6);
    Result tanh =
        run.results().stream().filter(r -> r.task().equals("TANH")).findFirst().orElseThrow();
    Demand function = Demand.of(tanh).orElseThrow();
    assertTrue(Double.isNaN(function.flops()));
    assertEquals(1.8 * 8, function.perNano(tanh) * function.bytes(), 1e-9);
  }

  @Test
  void oursIsComparedWithTheBestOther() throws IOException {
    Comparison comparison =
        Comparison.of(sample()).stream()
            .filter(c -> c.benchmark().equals("MatmulBenchmark.matmul"))
            .findFirst()
            .orElseThrow();
    assertEquals("[Lanewise, scalar]", comparison.contestants().toString());
    assertEquals("GFLOP/s", comparison.unit());
    assertTrue(comparison.table().contains("(scalar)"));
  }

  /** JMH gives a counter beside a mean time as a time. */
  @Test
  void aPeersTimesBecomeRates() {
    Score time = new Score(4, "us/op", new double[][] {{4}});
    Score operations = new Score(1e-5, "us/op", new double[][] {{1e-5, 2e-5}});
    Map<String, String> params = Map.of("task", "64x64x64 NN", "peer", "mkl");
    Result result =
        new Result(
            "io.lanewise.peers.PeerBenchmark.run",
            "avgt",
            params,
            time,
            Map.of("operations", operations));
    assertEquals("mkl", result.contestant());
    assertEquals("64x64x64 NN", result.task());
    assertEquals(100, BenchmarkFigure.of(result).forks()[0][0], 1e-9);
    assertEquals(50, BenchmarkFigure.of(result).forks()[0][1], 1e-9);
    assertEquals(1 / 4000.0, Demand.of(result).orElseThrow().perNano(result), 1e-12);
  }

  @Test
  void theHistoryIsThatOfOneMachine() throws IOException {
    Run first = sample();
    Run second = Sample.write(folder.resolve("b.json"), 2, "2026-01-02T00:00:00Z");
    String table = HistoryTable.of(List.of(first, second));
    assertTrue(table.contains("2 runs, from 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z"), table);
    assertTrue(table.contains("MatmulBenchmark.matmul, 64x64x64 NN"));
    assertEquals(
        List.of("a.json", "b.json"),
        Run.in(folder).stream().map(f -> f.getFileName() + "").toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{]",
        "{}",
        "[]",
        "null",
        "[null]",
        "[{\"machine\": {}, \"cases\": {}}]",
        "[3]"
      })
  void aFileThatIsNoResultIsNamedInOneLine(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), text);
    IOException e = assertThrows(IOException.class, () -> Run.read(file));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  /** Of somebody else's benchmarks, in JMH's modes, without a ruler and a record of the machine. */
  @Test
  void benchmarksOfOthersAreAllOnThePage() throws IOException {
    String metric = "\"primaryMetric\": {\"score\": %s, \"scoreUnit\": \"%s\"%s}}";
    Path file = folder.resolve("foreign.json");
    Files.writeString(
        file,
        "[{\"benchmark\": \"org.acme.Crc.update\", \"mode\": \"avgt\", "
            + metric.formatted("12.5", "us/op", ", \"rawData\": [[12, 13], [12.5, 12.5]]")
            + ", {\"benchmark\": \"org.acme.Crc.table\", \"mode\": \"sample\", "
            + metric.formatted("7.25", "ms/op", ", \"rawDataHistogram\": [[[[7.25, 3]]]]")
            + "]");
    Path page = folder.resolve("report.html");
    new Report(List.of(Run.read(file)), List.of()).write(page);
    String html = Files.readString(page);
    for (String part :
        List.of("Crc.update", "12.5 <small>", "us/op", "Crc.table", "7.25 <small>")) {
      assertTrue(html.contains(part), part);
    }
    assertFalse(html.contains("FMA peak"), "there was none");
  }

  @Test
  void aRunFarBelowTheMachinesBestSaysSo() throws IOException {
    Run quiet = sample();
    Run slow = Sample.slow(folder.resolve("b.json"), 2, "2026-01-02T00:00:00Z", 0.5);
    String banner = Disturbance.banner(List.of(quiet, slow));
    assertTrue(banner.contains("This run was disturbed:"), banner);
    assertTrue(banner.contains(" its FMA peak, 76.2 GFLOP/s, is 51% of"), banner);
    assertEquals("", Disturbance.banner(List.of(slow, quiet)));
    assertEquals("", Disturbance.banner(List.of(slow)));
    Path page = folder.resolve("report.html");
    new Report(List.of(quiet, slow), List.of()).write(page);
    assertTrue(Files.readString(page).contains("<p class=\"banner\">"));
  }

  /** Of functions nothing is known but bytes, so that no kernel would be on the roofline. */
  @Test
  void aRooflineWithoutKernelsIsNotDrawn() throws IOException {
    Run all = sample();
    List<Result> functions =
        all.results().stream().filter(r -> !r.params().containsKey("shape")).toList();
    Path page = folder.resolve("report.html");
    new Report(List.of(new Run(all.file(), all.machine(), functions)), List.of()).write(page);
    String html = Files.readString(page);
    assertFalse(html.contains("Roofline: GFLOP/s over"), "an empty roofline");
    assertTrue(html.contains(">size of the data</text>") && html.contains("Each kernel"), html);
    List<Result> rulers =
        functions.stream().filter(r -> !r.name().startsWith("Activation")).toList();
    new Report(List.of(new Run(all.file(), all.machine(), rulers)), List.of()).write(page);
    assertFalse(Files.readString(page).contains("Each kernel"), "an empty table");
  }

  @Test
  void theAxesHaveTitles() throws IOException {
    Path page = folder.resolve("report.html");
    new Report(List.of(sample()), List.of()).write(page);
    String html = Files.readString(page);
    for (String title : List.of(" GFLOP/s", ">FLOP per byte", " GB/s", ">size of the data")) {
      assertTrue(html.contains(title + "</text>"), title);
    }
  }
}
