package io.lanewise.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Real forks of JMH, two rounds of them: what is nothing reads as nothing, what cannot be is seen.
 */
class HonestyTest {
  @TempDir static Path folder;
  private static Run run;
  private static String printed;

  @BeforeAll
  static void measure() throws IOException {
    System.setProperty("jmh.ignoreLock", "true");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChainedOptionsBuilder options = options().include("\\.Traps\\.").include("FmaPeak.fma");
    Path file = new Rounds(new PrintStream(out)).run(options, 2, folder);
    printed = out.toString();
    run = Run.read(file);
  }

  private static ChainedOptionsBuilder options() {
    TimeValue time = TimeValue.milliseconds(100);
    return new OptionsBuilder()
        .warmupIterations(2)
        .warmupTime(time)
        .measurementIterations(2)
        .measurementTime(time);
  }

  private static Result result(String name) {
    return run.results().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }

  /** Under 3 ns a call, which is JMH's own loop. */
  @Test
  void anEmptyMethodReadsAsNothing() {
    double nanos = 1 / result("Traps.empty").primaryMetric().score();
    assertTrue(nanos < 3, "an empty method takes " + nanos + " ns");
  }

  @Test
  void workThatWasLeftOutIsCaught() {
    assertEquals(List.of("Traps.dead"), run.impossible().stream().map(Result::name).toList());
    assertTrue(result("Traps.alive").gflops() > 0.01);
  }

  @Test
  void everyRoundIsAForkOfEach() {
    for (Result result : run.results()) {
      assertEquals(2, result.primaryMetric().forks().length, result.name());
      assertEquals(2, result.primaryMetric().forks()[0].length, result.name());
    }
    List<String> order = printed.lines().map(line -> line.replaceAll("[: ].*", "")).toList();
    assertEquals(order.subList(0, 5), order.subList(5, 10));
    assertEquals("round", order.get(0));
  }

  @Test
  void whatDoesNotAllocateReadsZero() {
    assertEquals(0, result("Traps.alive").allocated());
  }

  @Test
  void theMachineIsBesideIt() {
    Machine machine = run.machine();
    assertEquals(Runtime.getRuntime().availableProcessors(), machine.cores());
    assertTrue(machine.jdk().startsWith("25"), machine.jdk());
    assertTrue(machine.flags().contains("--add-modules=jdk.incubator.vector"), machine + "");
    assertEquals("1.37", machine.versions().get("JMH"));
  }

  @Test
  void aFilterThatFindsNothingIsAnError() {
    Rounds rounds = new Rounds(System.out);
    ChainedOptionsBuilder nothing = options().include("nothing like it");
    assertThrows(IllegalArgumentException.class, () -> rounds.run(nothing, 1, folder));
  }
}
