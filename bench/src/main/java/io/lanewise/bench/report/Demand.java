package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an operation of a benchmark asks of the machine: the sums of the roofline.
 *
 * @param flops floating-point operations, an FMA being two; NaN for functions such as tanh, whose
 *     polynomial is ours to choose: a longer one would look better
 * @param bytes each operand read once and each result written once, where the caches do no better
 * @param footprint the bytes gone over, which say what cache they lie in
 * @param operations how many operations of the benchmark's score this is
 */
record Demand(double flops, double bytes, double footprint, double operations) {
  private static final Pattern PRODUCT = Pattern.compile("(\\d+)x(\\d+)x(\\d+)\\b.*");
  private static final double ACTIVATION_LENGTH = 65_536;

  /** Of each element: FLOP, bytes, bytes of footprint. */
  private static final Map<String, double[]> OF_AN_ELEMENT =
      Map.ofEntries(
          Map.entry("ActivationBenchmark.forward", new double[] {Double.NaN, 8, 8}),
          Map.entry("ActivationBenchmark.function", new double[] {Double.NaN, 8, 8}),
          Map.entry("ActivationBenchmark.backward", new double[] {Double.NaN, 12, 12}),
          Map.entry("RowBenchmark.softmax", new double[] {Double.NaN, 8, 8}),
          Map.entry("RowBenchmark.softmaxBackward", new double[] {Double.NaN, 12, 12}),
          Map.entry("RowBenchmark.crossEntropy", new double[] {Double.NaN, 8, 8}),
          Map.entry("RowBenchmark.loss", new double[] {Double.NaN, 12, 12}),
          Map.entry("RowBenchmark.columnSums", new double[] {1, 4, 4}),
          Map.entry("RowBenchmark.copy", new double[] {Double.NaN, 8, 8}),
          // p and g read, p written.
          Map.entry("RowBenchmark.sgd", new double[] {2, 12, 8}),
          // Four arrays read, three written; a root and a quotient count as one each.
          Map.entry("RowBenchmark.adam", new double[] {13, 28, 16}));

  /** Returns it for a benchmark that it is known of. */
  static Optional<Demand> of(Result result) {
    Matcher product =
        PRODUCT.matcher(
            result.params().getOrDefault("shape", result.params().getOrDefault("task", "")));
    if (product.matches()) {
      double m = Double.parseDouble(product.group(1));
      double n = Double.parseDouble(product.group(2));
      double k = Double.parseDouble(product.group(3));
      double bytes = Float.BYTES * (m * k + k * n + m * n);
      return Optional.of(new Demand(2 * m * n * k, bytes, bytes, 1));
    }
    double[] one = OF_AN_ELEMENT.get(result.name());
    if (one == null) {
      return Optional.empty();
    }
    boolean perElement = result.name().startsWith("ActivationBenchmark");
    double count = perElement ? ACTIVATION_LENGTH : count(result.params());
    return Optional.of(
        new Demand(count * one[0], count * one[1], count * one[2], perElement ? count : 1));
  }

  private static double count(Map<String, String> params) {
    double count = 1;
    for (String size :
        params.getOrDefault("shape", params.getOrDefault("length", "1")).split("x")) {
      count *= Double.parseDouble(size);
    }
    return count;
  }

  /** Returns FLOP per byte. */
  double intensity() {
    return flops / bytes;
  }

  /** Returns how often this was done in a ns. */
  double perNano(Result result) {
    return result.perNano() / operations;
  }
}
