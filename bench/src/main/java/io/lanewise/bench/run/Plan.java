package io.lanewise.bench.run;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What a round runs: forks of the benchmarks that were asked for, and of the rulers, which all else
 * is held against.
 */
public final class Plan {
  /** The peak and the bandwidths. */
  public static final List<String> RULERS = List.of("FmaPeak.fma", "\\.Bandwidth\\.");

  private static final double SECONDS_OF_A_JVM = 1;

  /** One fork. */
  private record Fork(String name, double seconds) {}

  private final List<Fork> own;
  private final List<Fork> rulers;

  private Plan(List<Fork> own, List<Fork> rulers) {
    this.own = own;
    this.rulers = rulers;
  }

  /**
   * Plans a run.
   *
   * @param filter which benchmarks, found in their names
   * @param rulers whether the rulers run too
   * @param parameters the values that were given, by the names of parameters
   * @param options the times that were given
   * @throws IllegalArgumentException if the filter finds nothing, or no benchmark has a parameter
   */
  public static Plan of(
      String filter, boolean rulers, Map<String, String> parameters, Options options) {
    Set<BenchmarkListEntry> asked = find(List.of(filter));
    if (asked.isEmpty()) {
      throw new IllegalArgumentException(
          "no benchmark matches '" + filter + "'; there are " + classes(find(List.of(""))));
    }
    Set<BenchmarkListEntry> beside = rulers ? find(RULERS) : new TreeSet<>();
    beside.removeAll(asked);
    Set<String> known = new TreeSet<>();
    for (Set<BenchmarkListEntry> some : List.of(asked, beside)) {
      some.forEach(e -> known.addAll(e.getParams().orElse(Map.of()).keySet()));
    }
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "-p " + name + ": no benchmark of these has such a parameter; they have " + known);
      }
    }
    return new Plan(forks(asked, options), forks(beside, options));
  }

  private static Set<BenchmarkListEntry> find(List<String> filters) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new TreeSet<>(
        BenchmarkList.defaultList()
            .find(
                OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT),
                filters,
                List.of()));
  }

  private static List<String> classes(Collection<BenchmarkListEntry> entries) {
    return entries.stream()
        .map(e -> e.getUserClassQName().replaceAll(".*\\.", ""))
        .distinct()
        .toList();
  }

  private static List<Fork> forks(Collection<BenchmarkListEntry> entries, Options options) {
    List<Fork> forks = new ArrayList<>();
    for (BenchmarkListEntry entry : entries) {
      List<String> names = List.of(entry.getUsername().replaceAll(".*\\.(?=.*\\.)", ""));
      Map<String, String[]> params = new TreeMap<>(entry.getParams().orElse(Map.of()));
      for (Map.Entry<String, String[]> param : params.entrySet()) {
        Collection<String> values =
            options.getParameter(param.getKey()).orElse(Arrays.asList(param.getValue()));
        names =
            names.stream()
                .flatMap(n -> values.stream().map(v -> n + " " + param.getKey() + "=" + v))
                .toList();
      }
      double seconds = seconds(entry, options);
      names.forEach(name -> forks.add(new Fork(name, seconds)));
    }
    return forks;
  }

  /** Of a fork: of single shots nobody knows how long they take. */
  private static double seconds(BenchmarkListEntry entry, Options options) {
    if (entry.getMode() == Mode.SingleShotTime) {
      return SECONDS_OF_A_JVM;
    }
    int warmups =
        options
            .getWarmupIterations()
            .orElse(entry.getWarmupIterations().orElse(Defaults.WARMUP_ITERATIONS));
    int iterations =
        options
            .getMeasurementIterations()
            .orElse(entry.getMeasurementIterations().orElse(Defaults.MEASUREMENT_ITERATIONS));
    TimeValue warmup =
        options.getWarmupTime().orElse(entry.getWarmupTime().orElse(Defaults.WARMUP_TIME));
    TimeValue time =
        options
            .getMeasurementTime()
            .orElse(entry.getMeasurementTime().orElse(Defaults.MEASUREMENT_TIME));
    return SECONDS_OF_A_JVM + warmups * seconds(warmup) + iterations * seconds(time);
  }

  private static double seconds(TimeValue time) {
    return time.convertTo(TimeUnit.MILLISECONDS) / 1000.0;
  }

  /** Prints every fork of a round with its seconds. */
  public void list(PrintStream out) {
    for (List<Fork> some : List.of(own, rulers)) {
      some.forEach(f -> out.printf(Locale.ROOT, "%-72s %5.1f s%n", f.name(), f.seconds()));
    }
  }

  /** Returns how much it is, for people. */
  public String describe(int rounds) {
    double seconds = 0;
    for (List<Fork> some : List.of(own, rulers)) {
      seconds += some.stream().mapToDouble(Fork::seconds).sum();
    }
    return String.format(
        Locale.ROOT,
        "%d forks%s in each of %d rounds: about %.1f minutes",
        own.size() + rulers.size(),
        rulers.isEmpty() ? "" : ", " + rulers.size() + " of them rulers (--no-rulers)",
        rounds,
        seconds * rounds / 60);
  }
}
