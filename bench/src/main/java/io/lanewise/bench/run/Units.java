package io.lanewise.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a benchmark gave, in the units that people compare: GFLOP/s, GB/s, G elements/s. */
public final class Units {
  /** The counters of benchmarks, each with the unit of its rate. */
  private static final List<Map.Entry<String, String>> COUNTERS =
      List.of(
          Map.entry("flops", "GFLOP/s"),
          Map.entry("operations", "G operations/s"),
          Map.entry("elements", "G elements/s"),
          Map.entry("bytes", "GB/s"));

  private Units() {}

  /** Returns the unit of a counter, null of what is none. */
  public static String of(String counter) {
    return COUNTERS.stream()
        .filter(c -> c.getKey().equals(counter))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the rates that are counted; of a benchmark that counts nothing the time of a call.
   *
   * @param name class and method
   * @param counters by name, whatever else is among them
   */
  static String text(String name, Score primary, Map<String, Score> counters) {
    List<String> rates = new ArrayList<>();
    for (Map.Entry<String, String> counter : COUNTERS) {
      Score score = counters.get(counter.getKey());
      if (score != null) {
        rates.add(format(score.perNano(), counter.getValue()));
      }
    }
    double perNano = primary.perNano();
    if (!rates.isEmpty()) {
      return String.join(", ", rates);
    }
    if (name.startsWith("ActivationBenchmark")) {
      // It says to JMH how many elements a call has.
      return format(perNano, "G elements/s");
    }
    return Double.isNaN(perNano) ? format(primary.score(), primary.scoreUnit()) : time(1 / perNano);
  }

  private static String time(double nanos) {
    return nanos < 1e3
        ? format(nanos, "ns a call")
        : nanos < 1e6 ? format(nanos / 1e3, "us a call") : format(nanos / 1e6, "ms a call");
  }

  private static String format(double value, String unit) {
    return String.format(Locale.ROOT, "%.4g %s", value, unit);
  }
}
