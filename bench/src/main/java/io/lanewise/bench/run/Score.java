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
public record Score(double score, String scoreUnit, double[][] rawData) {
  /**
   * Returns the samples of each fork, without forks that have none; of a metric whose samples are
   * not there, as those of JMH's mode sample, the score.
   */
  public double[][] forks() {
    return rawData == null
        ? new double[][] {{score}}
        : Arrays.stream(rawData)
            .filter(Objects::nonNull)
            .filter(fork -> fork.length > 0)
            .toArray(double[][]::new);
  }

  /** Returns the score in operations per ns, that is G per s. */
  public double perNano() {
    return perNano(score);
  }

  /** Returns a value in this unit, of a rate or of a time, in operations per ns. */
  public double perNano(double value) {
    return switch (scoreUnit) {
      case "ops/ns" -> value;
      case "ops/us" -> value * 1e-3;
      case "ops/ms" -> value * 1e-6;
      case "ops/s" -> value * 1e-9;
      case "ns/op" -> 1 / value;
      case "us/op" -> 1e-3 / value;
      case "ms/op" -> 1e-6 / value;
      case "s/op" -> 1e-9 / value;
      default -> Double.NaN;
    };
  }
}
