package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void valuesAreRead() {
    assertEquals(
        Map.of("a", List.of(1L, -2.5, 1e300), "b", Map.of(), "c", "x\n\"é\u0001/", "d", true),
        Json.parse(
            " {\"a\" :[1,-2.5, 1E300],\"b\":{ },\"c\":\"x\\n\\\"\\u00e9\\u0001\\/\", \"d\":true}\n"));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Object value =
        Map.of("a", List.of(1.5, 2L), "b", List.of("x", List.of()), "c", "\"\\\t", "d", List.of());
    assertEquals(value, Json.parse(Json.write(value)));
    assertEquals("null\n", Json.write(Double.NaN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{a:1}",
        "\"x",
        "\"\\q\"",
        "\"\\u12\"",
        "1 2",
        "x"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Json.parse(text));
  }

  @Test
  void depthIsLimited() {
    assertThrows(IllegalArgumentException.class, () -> Json.parse("[".repeat(100_000)));
  }
}
