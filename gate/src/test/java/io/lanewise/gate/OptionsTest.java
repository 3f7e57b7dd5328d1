package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void optionsWordsAndTheRestAreTold() {
    Options options =
        Options.parse(
            List.of("crc", "--base=a.jar", "--rounds", "5", "--strict", "--", "-wi", "3"));
    assertEquals(List.of("crc"), options.words());
    assertEquals("a.jar", options.get("--base"));
    assertEquals(5, options.plan().rounds());
    assertTrue(options.plan().strict());
    assertEquals(List.of("-wi", "3"), options.rest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nonsense",
        "-x",
        "--base",
        "--rounds 0",
        "--rounds x",
        "--tolerance 1",
        "--tolerance NaN",
        "--base a --base b",
        "("
      })
  void wrongUseIsRefused(String line) {
    List<String> args = List.of(line.split(" "));
    assertThrows(IllegalArgumentException.class, () -> Options.parse(args));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--head x",
        "--base nowhere.jar --head nowhere.jar",
        "jmh",
        "jmh one.json",
        "jmh nowhere.json nowhere.json",
        "jmh a b --rounds 3",
        "--base . --head ."
      })
  void aCommandThatCannotRunExitsWithTwo(String line) {
    List<String> args = line.isEmpty() ? List.of() : List.of(line.split(" "));
    assertEquals(2, Main.guarded(() -> Main.run(args)));
  }
}
