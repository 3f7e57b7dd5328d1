package io.lanewise.bench.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
  @TempDir Path folder;

  private static Machine machine(String cpu, int lanes) {
    return machine(cpu, "48K L1d", lanes);
  }

  private static Machine machine(String cpu, String caches, int lanes) {
    String date = "2026-01-01T00:00:00Z";
    return new Machine(date, cpu, 2, caches, "", "", lanes, "", List.of(), Map.of(), Map.of(), "");
  }

  @Test
  void eachLaneWidthAndProcessorHasItsOwn() throws IOException {
    Path file = folder.resolve("baseline.json");
    Baseline.read(file)
        .update(file, machine("A", 16), Map.of("update ADAM", new double[] {0.5, 0.6}));
    Baseline.read(file).update(file, machine("B", 8), Map.of("sgd", new double[] {0.1}));
    Baseline.read(file).update(file, machine("A", 16), Map.of("sgd", new double[] {0.7}));
    Baseline baseline = Baseline.read(file);
    Baseline.Entry a = baseline.of(machine("A", 16), "sgd").orElseThrow();
    assertTrue(a.isOf(machine("A", 16)));
    assertFalse(a.isOf(machine("A", "32K L1d", 16)));
    assertArrayEquals(new double[][] {{0.5}, {0.6}}, a.forks("update ADAM"));
    assertArrayEquals(new double[][] {{0.7}}, a.forks("sgd"));
    assertTrue(baseline.of(machine("A", 16), "softmax 128x64").isEmpty());
    // Another processor of the same width: there is one, but it is not its own.
    assertFalse(baseline.of(machine("C", 8), "sgd").orElseThrow().isOf(machine("C", 8)));
    assertTrue(baseline.of(machine("A", 4), "sgd").isEmpty());
    assertEquals("16, 8", baseline.lanes());
  }

  @Test
  void whatThisProcessorLacksIsTakenFromAnotherCaseByCase() throws IOException {
    Path file = folder.resolve("baseline.json");
    double[] some = {0.5};
    Baseline.read(file).update(file, machine("A", 16), Map.of("sgd", some, "update ADAM", some));
    Baseline.read(file).update(file, machine("B", 16), Map.of("sgd", new double[] {0.9}));
    Baseline baseline = Baseline.read(file);
    assertEquals("B", baseline.of(machine("B", 16), "sgd").orElseThrow().machine().cpu());
    assertEquals("A", baseline.of(machine("B", 16), "update ADAM").orElseThrow().machine().cpu());
  }

  @Test
  void casesThatAreNoMoreAreDropped() throws IOException {
    Path file = folder.resolve("baseline.json");
    Baseline.read(file).update(file, machine("A", 16), Map.of("gone", new double[] {1}));
    assertTrue(Baseline.read(file).of(machine("A", 16), "gone").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[null]",
        "[{}]",
        "[1]",
        "[{\"machine\": {}, \"cases\": {}}]",
        "[{\"cases\": {}}]",
        "{\"cases\": {}}",
        "not JSON",
        "[{\"machine\": {\"cpu\": \"A\", \"caches\": \"\"}, \"cases\": {\"sgd\": []}}]"
      })
  void whatIsNoBaselineIsNamedInOneLine(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("baseline.json"), text);
    IOException e = assertThrows(IOException.class, () -> Baseline.read(file));
    assertTrue(e.getMessage().startsWith(file + ": not a baseline of the gate; "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void aResultOfJmhIsToldFromABaseline() throws IOException {
    Path file = folder.resolve("jmh.json");
    Files.writeString(
        file,
        "[{\"jmhVersion\": \"1.37\", \"benchmark\": \"a.B.c\", \"mode\": \"thrpt\","
            + " \"primaryMetric\": {\"score\": 1, \"scoreUnit\": \"ops/s\"}}]");
    assertEquals(
        file
            + ": not a baseline of the gate, but a result of JMH, which --report shows;"
            + " --update-baseline measures a baseline",
        assertThrows(IOException.class, () -> Baseline.read(file)).getMessage());
  }

  @Test
  void withoutABaselineTheCheckSaysSoBeforeItMeasures() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Path none = folder.resolve("none.json");
    int code = new Gate(Pattern.compile(""), 3, none, null, new PrintStream(printed)).check(false);
    assertEquals(2, code);
    assertTrue(printed.toString().startsWith("no baseline of "), printed.toString());
  }

  @Test
  void aFilterThatFindsNothingIsAnError() {
    assertThrows(
        IllegalArgumentException.class,
        () -> {
          Path file = folder.resolve("x");
          new Gate(Pattern.compile("nothing like it"), 3, file, null, System.out);
        });
  }
}
