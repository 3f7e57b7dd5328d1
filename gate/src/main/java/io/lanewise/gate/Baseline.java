package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The figures that are held against: one entry for each processor they were taken on. */
final class Baseline {
  /**
   * What one machine had.
   *
   * @param machine what it was; where it says {@code lanes}, it is comparable with others of as
   *     many lanes alone
   * @param cases by name, of each fork its median figure
   * @param bytes by name, what a run allocated, where that is a limit
   */
  record Entry(
      Map<String, Object> machine, Map<String, double[]> cases, Map<String, Double> bytes) {
    // Virtual machines give processors of several generations one name; their caches tell them
    // apart.
    boolean isOf(Map<String, Object> other) {
      return isLike(other) && same("cpu", machine, other) && same("caches", machine, other);
    }

    private boolean isLike(Map<String, Object> other) {
      return same("lanes", machine, other);
    }

    private static boolean same(String key, Map<String, Object> a, Map<String, Object> b) {
      return Objects.equals(a.get(key), b.get(key));
    }

    /** Returns the forks of a case, as many samples of one slice; null if it is not there. */
    double[][] forks(String name) {
      double[] medians = cases.get(name);
      return medians == null
          ? null
          : Arrays.stream(medians).mapToObj(m -> new double[] {m}).toArray(double[][]::new);
    }

    Fork.Bytes allocated(String name) {
      Double known = bytes.get(name);
      return known == null ? null : Fork.Bytes.of(known);
    }

    private Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("machine", machine);
      Map<String, Object> figures = new TreeMap<>();
      cases.forEach((name, forks) -> figures.put(name, Arrays.stream(forks).boxed().toList()));
      json.put("cases", figures);
      if (!bytes.isEmpty()) {
        json.put("bytes", bytes);
      }
      return json;
    }
  }

  private final List<Entry> entries;

  private Baseline(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Reads it; empty if there is no such file.
   *
   * @throws IOException if it cannot be read, or is something else
   */
  static Baseline read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (!Files.exists(file)) {
      return new Baseline(entries);
    }
    String text = Files.readString(file);
    try {
      for (Object entry : (List<?>) Objects.requireNonNull(Json.parse(text))) {
        entries.add(entry((Map<?, ?>) Objects.requireNonNull(entry)));
      }
    } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
      throw new IOException(file + ": not a baseline of the gate" + cure(text), e);
    }
    return new Baseline(entries);
  }

  private static Entry entry(Map<?, ?> json) {
    Map<String, Object> machine = map(json.get("machine"));
    if (!(machine.get("cpu") instanceof String) || !(machine.get("caches") instanceof String)) {
      throw new IllegalArgumentException("no machine");
    }
    Map<String, double[]> cases = new TreeMap<>();
    map(json.get("cases"))
        .forEach(
            (name, forks) -> {
              List<?> list = (List<?>) forks;
              if (list.isEmpty()) {
                throw new IllegalArgumentException("no forks");
              }
              cases.put(name, list.stream().mapToDouble(x -> ((Number) x).doubleValue()).toArray());
            });
    Map<String, Double> bytes = new TreeMap<>();
    if (json.get("bytes") != null) {
      map(json.get("bytes")).forEach((name, x) -> bytes.put(name, ((Number) x).doubleValue()));
    }
    return new Entry(machine, cases, bytes);
  }

  private static Map<String, Object> map(Object json) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(json))
        .forEach((key, value) -> map.put((String) key, value));
    return map;
  }

  private static String cure(String text) {
    return text.contains("\"jmhVersion\"")
        ? ", but a result of JMH: two of them are compared by 'gate jmh BASE HEAD';"
            + " --update-baseline measures a baseline"
        : "; --update-baseline measures one";
  }

  /** Returns what this processor had for a case or, where it has none, another like it. */
  Optional<Entry> of(Map<String, Object> machine, String name) {
    return entries.stream()
        .filter(e -> e.isLike(machine) && e.cases().containsKey(name))
        .min(Comparator.comparing(e -> !e.isOf(machine)));
  }

  /** Returns the machines that there are, for people. */
  String machines() {
    return entries.isEmpty()
        ? "nothing"
        : String.join("; ", entries.stream().map(e -> describe(e.machine())).distinct().toList());
  }

  static String describe(Map<String, Object> machine) {
    Object lanes = machine.get("lanes");
    return machine.get("cpu")
        + ", "
        + machine.get("caches")
        + (lanes == null ? "" : ", " + lanes + " lanes");
  }

  /**
   * Writes the file with new figures of a machine; those it had of other cases stay.
   *
   * @param known the names that there are: the rest is dropped
   */
  void update(
      Path file,
      Map<String, Object> machine,
      Map<String, double[]> cases,
      Map<String, Double> bytes,
      Set<String> known)
      throws IOException {
    Map<String, double[]> allCases = new TreeMap<>();
    Map<String, Double> allBytes = new TreeMap<>();
    entries.stream()
        .filter(e -> e.isOf(machine))
        .forEach(
            e -> {
              allCases.putAll(e.cases());
              allBytes.putAll(e.bytes());
            });
    allBytes.keySet().removeAll(cases.keySet());
    allCases.putAll(cases);
    allBytes.putAll(bytes);
    allCases.keySet().retainAll(known);
    allBytes.keySet().retainAll(known);
    entries.removeIf(e -> e.isOf(machine));
    entries.add(new Entry(machine, allCases, allBytes));
    Files.writeString(file, Json.write(entries.stream().map(Entry::json).toList()));
  }
}
