package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Score;
import io.lanewise.bench.run.Units;
import io.lanewise.gate.Bootstrap;
import io.lanewise.gate.Bootstrap.Interval;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * What a result shows.
 *
 * @param forks of each fork its iterations, in the unit
 * @param unit for people
 * @param more whether more is better
 */
record BenchmarkFigure(double[][] forks, String unit, boolean more) {
  private static final double CONFIDENCE = 0.95;

  static BenchmarkFigure of(Result result) {
    Score primary = result.primaryMetric();
    Score flops = result.secondaryMetrics().get("flops");
    boolean nanos = primary.scoreUnit().equals("ops/ns");
    if (flops != null && nanos) {
      return new BenchmarkFigure(flops.forks(), Units.of("flops"), true);
    }
    Score operations = result.secondaryMetrics().get("operations");
    if (operations != null) {
      // A peer's: FLOP of a product or a network, elements of a function.
      return new BenchmarkFigure(
          map(operations.forks(), operations::perNano), Units.of("operations"), true);
    }
    Score elements = result.secondaryMetrics().get("elements");
    if (elements != null && nanos) {
      return new BenchmarkFigure(elements.forks(), Units.of("elements"), true);
    }
    if (nanos && result.name().startsWith("ActivationBenchmark")) {
      return new BenchmarkFigure(primary.forks(), Units.of("elements"), true);
    }
    if (nanos) {
      return new BenchmarkFigure(map(primary.forks(), x -> 1000 * x), "calls/us", true);
    }
    boolean more = result.mode().equals("thrpt");
    return new BenchmarkFigure(
        primary.forks(), primary.scoreUnit().replace("ops/", "calls/"), more);
  }

  private static double[][] map(double[][] forks, DoubleUnaryOperator f) {
    return Arrays.stream(forks)
        .map(fork -> Arrays.stream(fork).map(f).toArray())
        .toArray(double[][]::new);
  }

  double median() {
    return Bootstrap.median(forks);
  }

  Interval interval() {
    return Bootstrap.interval(forks, CONFIDENCE);
  }

  /** Returns how much better this is than the other, more than 1 if it is. */
  Interval over(BenchmarkFigure other) {
    return more
        ? Bootstrap.ratio(forks, other.forks, CONFIDENCE)
        : Bootstrap.ratio(other.forks, forks, CONFIDENCE);
  }

  boolean better(BenchmarkFigure other) {
    return more ? median() > other.median() : median() < other.median();
  }
}
