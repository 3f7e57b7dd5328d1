package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A result of JMH, as {@code -rf json} writes it. */
record JmhFile(Path file, Map<String, Entry> entries) {
  /** What JMH itself allocates between iterations, in bytes a second, and in one shot. */
  private static final double OF_JMH = 1e5;

  private static final double OF_JMH_IN_A_SHOT = 65_536;

  /**
   * One benchmark with one value of each parameter, in one mode.
   *
   * @param benchmark class and method, with their package
   * @param unit such as "ops/s" or "ns/op"
   * @param forks more is better: of a time its inverse
   */
  record Entry(String benchmark, String unit, List<Fork> forks) {
    /** Of a rate more is better, of a time less. */
    boolean isRate() {
      return unit.startsWith("ops/");
    }

    Rules rules() {
      return Rules.of(
          figure -> String.format(Locale.ROOT, "%.4g %s", isRate() ? figure : 1 / figure, unit));
    }

    double[][] figures() {
      return forks.stream().map(Fork::figures).toArray(double[][]::new);
    }
  }

  /**
   * Reads one.
   *
   * @throws IOException if it cannot be read, is something else, or has no results
   */
  static JmhFile read(Path file) throws IOException {
    JmhFile read = readAny(file);
    if (read.entries().isEmpty()) {
      throw new IOException(file + ": there are no results in it");
    }
    return read;
  }

  /** Reads one that may have no results. */
  static JmhFile readAny(Path file) throws IOException {
    String wrong = file + ": not a result of JMH, as -rf json writes it: ";
    Map<String, Entry> entries = new LinkedHashMap<>();
    try {
      Object json = Json.parse(Files.readString(file));
      if (!(json instanceof List<?> list)) {
        throw new IOException(wrong + "no list of results");
      }
      for (int i = 0; i < list.size(); i++) {
        add(list.get(i), entries, wrong + "entry " + (i + 1) + " ");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(wrong + e.getMessage(), e);
    }
    return new JmhFile(file, entries);
  }

  private static void add(Object json, Map<String, Entry> entries, String wrong)
      throws IOException {
    Map<?, ?> result = map(json);
    Map<?, ?> metric = map(result.get("primaryMetric"));
    if (!(result.get("benchmark") instanceof String benchmark)
        || !(result.get("mode") instanceof String mode)
        || !(metric.get("scoreUnit") instanceof String unit)) {
      throw new IOException(wrong + "has no benchmark, mode or score");
    }
    if (!unit.startsWith("ops/") && !unit.endsWith("/op")) {
      throw new IOException(wrong + "has the unit " + unit + ", which is no rate and no time");
    }
    double[][] scores = scores(metric);
    if (scores.length == 0) {
      throw new IOException(wrong + "has no samples of its forks");
    }
    List<Fork> forks = forks(scores, unit, mode, map(result.get("secondaryMetrics")));
    String word = mode + (metric.containsKey("rawDataHistogram") ? ", p50" : "");
    String key = name(benchmark, map(result.get("params")), word);
    if (entries.put(key, new Entry(benchmark, unit, forks)) != null) {
      throw new IOException(wrong + "is the second " + key);
    }
  }

  /** The same benchmark in several modes is several cases. */
  static String name(String benchmark, Map<?, ?> params, String mode) {
    Map<String, String> sorted = new TreeMap<>();
    params.forEach((name, value) -> sorted.put(name.toString(), String.valueOf(value)));
    String all = sorted.toString();
    return benchmark
        + (sorted.isEmpty() ? "" : " " + all.substring(1, all.length() - 1))
        + " ["
        + mode
        + "]";
  }

  /**
   * Of each fork its iterations. The mode sample has a histogram of each: its median, since one
   * sample that waited for the machine moves a mean.
   */
  private static double[][] scores(Map<?, ?> metric) {
    Object raw = metric.get("rawData");
    Object histograms = metric.get("rawDataHistogram");
    List<?> forks =
        raw instanceof List<?> list ? list : histograms instanceof List<?> h ? h : List.of();
    return forks.stream()
        .map(
            fork ->
                ((List<?>) fork)
                    .stream()
                        .mapToDouble(x -> x instanceof List<?> bins ? median(bins) : number(x))
                        .filter(x -> Double.isFinite(x) && x > 0)
                        .toArray())
        .filter(fork -> fork.length > 0)
        .toArray(double[][]::new);
  }

  /** Of pairs of a value and its count, by value. */
  private static double median(List<?> bins) {
    Map<Double, Double> counts = new TreeMap<>();
    for (Object bin : bins) {
      if (bin instanceof List<?> pair && pair.size() == 2) {
        counts.merge(number(pair.get(0)), number(pair.get(1)), Double::sum);
      }
    }
    double half = counts.values().stream().mapToDouble(x -> x).sum() / 2;
    for (Map.Entry<Double, Double> bin : counts.entrySet()) {
      half -= bin.getValue();
      if (half <= 0) {
        return bin.getKey();
      }
    }
    return Double.NaN;
  }

  private static List<Fork> forks(
      double[][] scores, String unit, String mode, Map<?, ?> secondary) {
    boolean rate = unit.startsWith("ops/");
    double[][] bytes =
        secondary.entrySet().stream()
            // Before 1.36 a dot stands before it.
            .filter(e -> e.getKey().toString().replace("·", "").equals("gc.alloc.rate.norm"))
            .findFirst()
            .map(e -> allocated(map(e.getValue())))
            .orElse(new double[0][]);
    List<Fork> forks = new ArrayList<>();
    for (int f = 0; f < scores.length; f++) {
      double median = Bootstrap.median(scores[f]);
      double seconds = seconds(unit) * (rate ? 1 / median : median);
      double noise = mode.equals("ss") ? OF_JMH_IN_A_SHOT : 0.5 + OF_JMH * seconds;
      double[] figures =
          rate ? scores[f] : Arrays.stream(scores[f]).map(score -> 1 / score).toArray();
      forks.add(new Fork(figures, f < bytes.length ? bytes(bytes[f], noise) : null, true));
    }
    return forks;
  }

  private static double[][] allocated(Map<?, ?> metric) {
    return metric.get("rawData") instanceof List<?> forks
        ? forks.stream()
            .map(fork -> ((List<?>) fork).stream().mapToDouble(JmhFile::number).toArray())
            .toArray(double[][]::new)
        : new double[0][];
  }

  private static Fork.Bytes bytes(double[] iterations, double noise) {
    double median = Bootstrap.median(iterations);
    return Double.isNaN(median)
        ? null
        : new Fork.Bytes(Math.max(0, median - noise / 2), median, median + noise / 2, null);
  }

  private static double seconds(String unit) {
    String time =
        unit.startsWith("ops/") ? unit.substring(4) : unit.substring(0, unit.length() - 3);
    return switch (time) {
      case "ns" -> 1e-9;
      case "us" -> 1e-6;
      case "ms" -> 1e-3;
      case "min" -> 60;
      case "hr" -> 3600;
      case "day" -> 86_400;
      default -> 1;
    };
  }

  private static Map<?, ?> map(Object json) {
    return json instanceof Map<?, ?> map ? map : Map.of();
  }

  private static double number(Object json) {
    return json instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
