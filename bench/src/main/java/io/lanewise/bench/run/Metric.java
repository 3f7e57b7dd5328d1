package io.lanewise.bench.run;

import java.util.Arrays;
import java.util.Objects;

/**
 * A figure as JMH's JSON has it.
 *
 * @param score over all
 * @param scoreUnit such as "ops/ns"
 * @param rawData of each fork its iterations
 */
public record Metric(double score, String scoreUnit, double[][] rawData) {
  /** Returns the samples of each fork, without forks that have none. */
  public double[][] forks() {
    return rawData == null
        ? new double[0][]
        : Arrays.stream(rawData)
            .filter(Objects::nonNull)
            .filter(fork -> fork.length > 0)
            .toArray(double[][]::new);
  }

  /** Returns the factor to operations per ns, that is G per s; or to ns, of a time. */
  public double perNano() {
    return switch (scoreUnit) {
      case "ops/ns", "ns/op" -> 1;
      case "ops/us" -> 1e-3;
      case "ops/ms" -> 1e-6;
      case "ops/s" -> 1e-9;
      case "us/op" -> 1e3;
      case "ms/op" -> 1e6;
      case "s/op" -> 1e9;
      default -> Double.NaN;
    };
  }
}
