package io.lanewise.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.run.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateHistoryTest {
  @TempDir Path folder;

  private Path check(String date, String cpu, double figure) throws IOException {
    String text =
        "{\"gate\": \"1\", \"date\": \"%s\", \"machine\": {\"cpu\": \"%s\"}, \"verdicts\": ["
            + "{\"name\": \"a <b>\", \"verdict\": \"passed\", \"figure\": %s, \"shown\": \"x\"},"
            + "{\"name\": \"cold\", \"verdict\": \"cold\", \"figure\": null, \"shown\": \"\"}]}";
    return Files.writeString(
        folder.resolve(date + Run.GATE), String.format(text, date, cpu, figure));
  }

  @Test
  void checksOfTheLastMachineAreARowEachCase() throws IOException {
    check("2026-01-01", "A", 0.8);
    check("2026-01-02", "B", 9);
    check("2026-01-03", "A", 0.6);
    String html = GateHistory.of(Run.gates(folder));
    assertTrue(html.contains("2 checks, from 2026-01-01 to 2026-01-03"), html);
    assertTrue(html.contains("a &lt;b&gt;"), html);
    assertTrue(html.contains("-25.0%"), html);
    assertFalse(html.contains("cold"), html);
    assertEquals(List.of(), Run.in(folder), "a check is no run of JMH");
  }

  @Test
  void oneCheckIsNoHistory() throws IOException {
    assertEquals("", GateHistory.of(List.of()));
    assertEquals("", GateHistory.of(List.of(check("2026-01-01", "A", 1))));
  }

  @Test
  void whatIsNoCheckIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("x.gate.json"), "[]");
    assertTrue(
        assertThrows(IOException.class, () -> GateHistory.of(List.of(file)))
            .getMessage()
            .startsWith(file + ": not a check"));
  }
}
