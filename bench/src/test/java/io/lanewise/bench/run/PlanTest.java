package io.lanewise.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

class PlanTest {
  private static Plan plan(String filter, boolean rulers, Map<String, String> parameters) {
    TimeValue time = TimeValue.milliseconds(500);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .warmupIterations(2)
            .warmupTime(time)
            .measurementIterations(4)
            .measurementTime(time);
    parameters.forEach((name, values) -> options.param(name, values.split(",")));
    return Plan.of(filter, rulers, parameters, options.build());
  }

  private static List<String> list(Plan plan) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    plan.list(new PrintStream(out));
    return out.toString().lines().map(line -> line.replaceAll(" +", " ")).toList();
  }

  @Test
  void everyForkOfARoundIsListedWithItsTime() {
    Map<String, String> parameters = Map.of("shape", "8x8x8 NN,9x9x9 NN", "kernels", "simd");
    Plan plan = plan("MatmulBenchmark.matmul$", false, parameters);
    assertEquals(
        List.of(
            "MatmulBenchmark.matmul kernels=simd shape=8x8x8 NN 4.0 s",
            "MatmulBenchmark.matmul kernels=simd shape=9x9x9 NN 4.0 s"),
        list(plan));
    assertEquals("2 forks in each of 3 rounds: about 0.4 minutes", plan.describe(3));
  }

  @Test
  void theRulersAreBesideWhatWasAskedForOnce() {
    List<String> lines = list(plan("FmaPeak.fma", true, Map.of()));
    assertEquals(1, lines.stream().filter(line -> line.startsWith("FmaPeak.fma ")).count());
    assertEquals(20, lines.stream().filter(line -> line.startsWith("Bandwidth.")).count());
    assertEquals(1, list(plan("FmaPeak.fma", false, Map.of())).size());
  }

  /** With the rulers beside it JMH always finds something to run. */
  @Test
  void aFilterThatFindsNothingNamesWhatThereIs() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> plan("matmull", true, Map.of()))
            .getMessage();
    assertTrue(message.startsWith("no benchmark matches 'matmull'; there are ["), message);
    assertTrue(message.contains("MatmulBenchmark"), message);
  }

  @Test
  void aParameterThatNoneHasIsRefused() {
    Map<String, String> parameters = Map.of("shapes", "8x8x8 NN");
    String message =
        assertThrows(IllegalArgumentException.class, () -> plan("Matmul", false, parameters))
            .getMessage();
    assertTrue(message.startsWith("-p shapes: "), message);
    assertTrue(message.contains("shape"), message);
  }
}
