package io.lanewise.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitsTest {
  private static Score score(double value, String unit) {
    return new Score(value, unit, null);
  }

  @Test
  void ratesAreInTheUnitsThatPeopleCompare() {
    Score calls = score(4.567e-7, "ops/ns");
    assertEquals(
        "98.76 GFLOP/s",
        Units.text(
            "MatmulBenchmark.matmul 64x64x64 NN simd",
            calls,
            Map.of("flops", score(98.76, "ops/ns"), "gc.count", score(3, "counts"))));
    assertEquals(
        "55.50 GB/s",
        Units.text("Bandwidth.read 16", calls, Map.of("bytes", score(55.5, "ops/ns"))));
    assertEquals(
        "1.250 G elements/s",
        Units.text("RowBenchmark.adam", calls, Map.of("elements", score(1.25, "ops/ns"))));
    assertEquals(
        "1.800 G elements/s",
        Units.text("ActivationBenchmark.forward TANH simd", score(1.8, "ops/ns"), Map.of()));
  }

  @Test
  void aBenchmarkThatCountsNothingHasTheTimeOfACall() {
    assertEquals("25.00 us a call", Units.text("X.y", score(4e-5, "ops/ns"), Map.of()));
    assertEquals("2.000 ms a call", Units.text("X.y", score(2, "ms/op"), Map.of()));
    assertEquals("2.500 ns a call", Units.text("X.y", score(400, "ops/us"), Map.of()));
    assertEquals("7.000 bytes", Units.text("X.y", score(7, "bytes"), Map.of()));
  }
}
