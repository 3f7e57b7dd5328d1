package io.lanewise.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.lanewise.bench.gate.KernelCase.Unit;
import io.lanewise.gate.GateCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KernelCaseTest {
  @Test
  void aFigureIsReadInItsUnit() {
    assertEquals("72.7% of peak", Unit.FRACTION.format(0.727, Yardstick.PEAK));
    assertEquals("13.2 elements/kFLOP", Unit.ELEMENTS.format(0.01317, Yardstick.PEAK));
    assertEquals("7.77 runs/MFLOP", Unit.RUNS.format(7.774e-6, Yardstick.PEAK));
  }

  @Test
  void everyCaseHasABaseline() throws IOException {
    Set<String> names = GateCases.ALL.stream().map(GateCase::name).collect(Collectors.toSet());
    assertEquals(GateCases.ALL.size(), names.size());
    String text = Files.readString(Path.of("baseline.json"));
    for (JsonElement entry : JsonParser.parseString(text).getAsJsonArray()) {
      Set<String> there = entry.getAsJsonObject().getAsJsonObject("cases").keySet();
      assertTrue(names.containsAll(there), () -> "no more: " + there);
    }
  }
}
