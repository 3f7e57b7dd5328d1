package io.lanewise.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    double[] numbers = IntStream.range(0, scale.count()).mapToDouble(scale::at).toArray();
    double[] round = Stream.of(wanted.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertArrayEquals(round, numbers, 1e-9 * scale.step());
    assertTrue(scale.from() <= least + 1e-9 && scale.to() >= most - 1e-9);
  }

  @Test
  void wordsAreText() {
    String svg = new Svg("plot", 10, "a < b").text("start", 1, 2, "x & y").toString();
    assertTrue(svg.contains(">x &amp; y</text>"), svg);
    assertTrue(svg.contains("aria-label=\"a &lt; b\""), svg);
  }
}
