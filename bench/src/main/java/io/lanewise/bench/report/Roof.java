package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the machine gave in the same run: the peak of one core, and its bandwidth by the size of the
 * data.
 *
 * @param peak GFLOP/s, NaN if it was not measured
 * @param read GB/s of reading by KiB
 * @param triad GB/s of two loads and a store by KiB
 * @param levels a name and KiB for each cache, and for the largest size
 */
record Roof(
    double peak,
    NavigableMap<Double, Double> read,
    NavigableMap<Double, Double> triad,
    List<Map.Entry<String, Double>> levels) {
  private static final Pattern CACHE = Pattern.compile("(\\d+)K (L\\d)d?");

  static Roof of(Run run) {
    NavigableMap<Double, Double> read = bandwidth(run, "Bandwidth.read");
    return new Roof(
        run.peak().orElse(Double.NaN),
        read,
        bandwidth(run, "Bandwidth.triad"),
        levels(read, run.machine() == null ? "" : run.machine().caches()));
  }

  /** Whether that result is one of the rulers, of which this is made. */
  boolean has(Result result) {
    return result.name().equals("FmaPeak.fma")
        || result.name().equals("Bandwidth.read")
        || result.name().equals("Bandwidth.triad");
  }

  private static NavigableMap<Double, Double> bandwidth(Run run, String name) {
    NavigableMap<Double, Double> bySize = new TreeMap<>();
    for (Result result : run.results()) {
      if (result.name().equals(name) && result.secondaryMetrics().containsKey("bytes")) {
        var bytes = result.secondaryMetrics().get("bytes");
        double kib = Double.parseDouble(result.params().get("kib"));
        bySize.put(kib, bytes.perNano());
      }
    }
    return bySize;
  }

  /** Of each cache the largest size that leaves room in it and that the one before cannot hold. */
  private static List<Map.Entry<String, Double>> levels(
      NavigableMap<Double, Double> sizes, String caches) {
    List<Map.Entry<String, Double>> levels = new ArrayList<>();
    if (sizes.isEmpty()) {
      return levels;
    }
    double held = 0;
    Matcher cache = CACHE.matcher(caches);
    while (cache.find()) {
      double kib = Double.parseDouble(cache.group(1));
      Double size = sizes.floorKey(0.75 * kib);
      // Of a cache that others share little is ours.
      size = cache.group(2).equals("L3") && size != null ? sizes.floorKey(kib / 8) : size;
      if (size != null && size > held) {
        levels.add(Map.entry(cache.group(2), size));
      }
      held = kib;
    }
    boolean beyond = sizes.lastKey() > 2 * held;
    levels.add(Map.entry(beyond ? "memory" : size(sizes.lastKey()), sizes.lastKey()));
    return levels;
  }

  /** Returns the GB/s that data of this size can have: the better of the two kernels. */
  double bandwidth(double kib) {
    return Math.max(at(read, kib), at(triad, kib));
  }

  /** Returns GFLOP/s. */
  double at(double intensity, double kib) {
    return Math.min(peak, bandwidth(kib) * intensity);
  }

  /** Between two measured sizes on a line over the logarithm of the size. */
  private static double at(NavigableMap<Double, Double> bySize, double kib) {
    if (bySize.isEmpty()) {
      return Double.NaN;
    }
    var below = bySize.floorEntry(kib);
    var above = bySize.ceilingEntry(kib);
    if (below == null || above == null || below.getKey().equals(above.getKey())) {
      return (below == null ? above : below).getValue();
    }
    double share = Math.log(kib / below.getKey()) / Math.log(above.getKey() / below.getKey());
    return below.getValue() + share * (above.getValue() - below.getValue());
  }

  static String size(double kib) {
    return kib < 1024 ? Math.round(kib) + " KiB" : Math.round(kib / 1024) + " MiB";
  }
}
