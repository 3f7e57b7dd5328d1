package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
  @TempDir Path folder;

  private static Map<String, Object> machine(String cpu, long lanes) {
    return machine(cpu, "48K L1d", lanes);
  }

  private static Map<String, Object> machine(String cpu, String caches, long lanes) {
    return Map.of("cpu", cpu, "caches", caches, "lanes", lanes);
  }

  private static void update(Path file, Map<String, Object> machine, Map<String, double[]> cases)
      throws IOException {
    Baseline.read(file).update(file, machine, cases, Map.of(), Set.of("sgd", "adam"));
  }

  @Test
  void eachLaneWidthAndProcessorHasItsOwn() throws IOException {
    Path file = folder.resolve("baseline.json");
    update(file, machine("A", 16), Map.of("adam", new double[] {0.5, 0.6}));
    update(file, machine("B", 8), Map.of("sgd", new double[] {0.1}));
    update(file, machine("A", 16), Map.of("sgd", new double[] {0.7}));
    Baseline baseline = Baseline.read(file);
    Baseline.Entry a = baseline.of(machine("A", 16), "sgd").orElseThrow();
    assertTrue(a.isOf(machine("A", 16)));
    assertFalse(a.isOf(machine("A", "32K L1d", 16)));
    assertArrayEquals(new double[][] {{0.5}, {0.6}}, a.forks("adam"));
    assertArrayEquals(new double[][] {{0.7}}, a.forks("sgd"));
    assertTrue(baseline.of(machine("A", 16), "softmax").isEmpty());
    // Another processor of the same width: there is one, but it is not its own.
    assertFalse(baseline.of(machine("C", 8), "sgd").orElseThrow().isOf(machine("C", 8)));
    assertTrue(baseline.of(machine("A", 4), "sgd").isEmpty());
  }

  @Test
  void whatThisProcessorLacksIsTakenFromAnotherCaseByCase() throws IOException {
    Path file = folder.resolve("baseline.json");
    double[] some = {0.5};
    update(file, machine("A", 16), Map.of("sgd", some, "adam", some));
    update(file, machine("B", 16), Map.of("sgd", new double[] {0.9}));
    Baseline baseline = Baseline.read(file);
    assertEquals("B", baseline.of(machine("B", 16), "sgd").orElseThrow().machine().get("cpu"));
    assertEquals("A", baseline.of(machine("B", 16), "adam").orElseThrow().machine().get("cpu"));
  }

  @Test
  void casesThatAreNoMoreAreDropped() throws IOException {
    Path file = folder.resolve("baseline.json");
    update(file, machine("A", 16), Map.of("gone", new double[] {1}));
    assertTrue(Baseline.read(file).of(machine("A", 16), "gone").isEmpty());
  }

  @Test
  void aFileThatIsReadAndWrittenIsTheSame() throws IOException {
    Path file = folder.resolve("baseline.json");
    update(file, machine("A", 16), Map.of("sgd", new double[] {0.7, 1.5e-5}));
    String text = Files.readString(file);
    update(file, machine("A", 16), Map.of());
    assertTrue(text.contains("\"sgd\": [0.7, 1.5E-5]"), text);
    assertTrue(text.contains("\"lanes\": 16"), text);
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
    assertTrue(
        assertThrows(IOException.class, () -> Baseline.read(file))
            .getMessage()
            .startsWith(file + ": not a baseline of the gate, but a result of JMH: "));
  }
}
