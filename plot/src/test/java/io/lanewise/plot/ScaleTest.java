package io.lanewise.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1, 5, 0.0 0.2 0.4 0.6 0.8 1.0",
    "0, 2.31, 5, 0.0 0.5 1.0 1.5 2.0 2.5",
    "0.91, 0.968, 5, 0.90 0.92 0.94 0.96 0.98",
    "1, 40, 8, 0 5 10 15 20 25 30 35 40",
    "-3, 12, 4, -5 0 5 10 15",
    "0.5, 0.5, 5, 0.50 0.51 0.52 0.53 0.54 0.55",
    "0.49999999999999994, 0.5, 5, 0.50 0.51 0.52 0.53 0.54 0.55",
    "1e-20, 3e-20, 2, 0.0e+00 2.0e-20 4.0e-20",
    "0, 0, 5, 0.0e+00 2.0e-07 4.0e-07 6.0e-07 8.0e-07 1.0e-06",
  })
  void theNumbersAreRound(double least, double most, int steps, String wanted) {
    Scale scale = Scale.of(least, most, steps);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < scale.count(); i++) {
      text.append(i == 0 ? "" : " ").append(scale.text(i));
    }
    assertEquals(wanted, text.toString());
    assertTrue(scale.place(least) >= -1e-9 && scale.place(most) <= 1 + 1e-9);
  }

  @Test
  void wordsAreTextAndPointsAreInPixels() {
    String svg = new Svg(10, 10, "a < b", "").text("start", 1, 2, "x & y").toString();
    assertTrue(svg.contains(">x &amp; y</text>"), svg);
    assertTrue(svg.contains("aria-label=\"a &lt; b\""), svg);
    Svg wide = new Svg("plot", 10, "");
    assertThrows(
        IllegalStateException.class, () -> wide.polyline("a", new double[1], new double[1]));
  }
}
