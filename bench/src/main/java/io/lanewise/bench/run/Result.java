package io.lanewise.bench.run;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One benchmark with one value of each parameter, as JMH's JSON has it. */
public record Result(
    String benchmark,
    String mode,
    Map<String, String> params,
    Score primaryMetric,
    Map<String, Score> secondaryMetrics) {

  /** Who did it, where it was us. */
  public static final String OURS = "Lanewise";

  /** Fills in what the file may leave out. */
  public Result {
    params = params == null ? Map.of() : params;
    secondaryMetrics = secondaryMetrics == null ? Map.of() : secondaryMetrics;
  }

  /** Returns whether it has what JMH writes of every benchmark. */
  boolean isWhole() {
    return benchmark != null
        && mode != null
        && primaryMetric != null
        && primaryMetric.scoreUnit() != null;
  }

  /** Returns the class and the method, such as "MatmulBenchmark.matmul". */
  public String name() {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }

  /** Returns who did it: a peer, or the kernels of ours, of which the fast ones are "Lanewise". */
  public String contestant() {
    String who = params.getOrDefault("peer", params.getOrDefault("kernels", "simd"));
    return who.equals("simd") || who.equals("lanewise") ? OURS : who;
  }

  /** Returns what was done: the parameters but for who did it. */
  public String task() {
    Map<String, String> rest = new TreeMap<>(params);
    rest.keySet().removeAll(List.of("peer", "kernels"));
    String task = String.join(", ", rest.values());
    return task.isEmpty() ? name() : task;
  }

  /** Returns the GFLOP/s, or NaN if the benchmark does not count them. */
  public double gflops() {
    Score flops = secondaryMetrics.get("flops");
    return flops == null ? Double.NaN : flops.perNano();
  }

  /** Returns how many operations of the benchmark there are in a ns. */
  public double perNano() {
    return primaryMetric.perNano();
  }

  /**
   * Returns the bytes allocated by an operation, or NaN if that was not measured. JMH itself
   * allocates some 30 KB a second between iterations, whatever runs: less than 0.1 MB a second is
   * 0.
   */
  public double allocated() {
    Score bytes = secondaryMetrics.get("gc.alloc.rate.norm");
    Score rate = secondaryMetrics.get("gc.alloc.rate");
    if (bytes == null || rate == null) {
      return Double.NaN;
    }
    return rate.score() < 0.1 ? 0 : bytes.score();
  }
}
