package io.lanewise.bench.gate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.lanewise.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The figures that are held against: one entry for each lane width and processor they were taken
 * on.
 */
final class Baseline {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .registerTypeAdapter(double[].class, new OnOneLine())
          .create();

  /** A number a line would be long to read and to compare. */
  private static final class OnOneLine extends TypeAdapter<double[]> {
    @Override
    public void write(JsonWriter out, double[] numbers) throws IOException {
      out.jsonValue(Arrays.toString(numbers));
    }

    @Override
    public double[] read(JsonReader in) throws IOException {
      List<Double> numbers = new ArrayList<>();
      in.beginArray();
      while (in.hasNext()) {
        numbers.add(in.nextDouble());
      }
      in.endArray();
      return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * What one machine had.
   *
   * @param cases by name, of each fork its median figure
   */
  record Entry(Machine machine, Map<String, double[]> cases) {
    // Virtual machines give processors of several generations one name; their caches tell them
    // apart.
    boolean isOf(Machine other) {
      return machine.lanes() == other.lanes()
          && machine.cpu().equals(other.cpu())
          && machine.caches().equals(other.caches());
    }

    /** Returns the forks of a case, as many samples of one slice; null if it is not there. */
    double[][] forks(String name) {
      double[] medians = cases.get(name);
      if (medians == null) {
        return null;
      }
      double[][] forks = new double[medians.length][];
      for (int f = 0; f < forks.length; f++) {
        forks[f] = new double[] {medians[f]};
      }
      return forks;
    }
  }

  private final List<Entry> entries;

  private Baseline(List<Entry> entries) {
    this.entries = entries;
  }

  /** Reads it; empty if there is no such file. */
  static Baseline read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new Baseline(new ArrayList<>());
    }
    String text = Files.readString(file);
    try {
      Entry[] entries = GSON.fromJson(text, Entry[].class);
      if (entries == null || !Arrays.stream(entries).allMatch(Baseline::isWhole)) {
        throw new IOException(file + ": not a baseline of the gate" + cure(text));
      }
      return new Baseline(new ArrayList<>(List.of(entries)));
    } catch (JsonParseException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + ": not a baseline of the gate" + cure(text) + ": " + why, e);
    }
  }

  private static boolean isWhole(Entry entry) {
    return entry != null
        && entry.machine() != null
        && entry.machine().cpu() != null
        && entry.machine().caches() != null
        && entry.cases() != null
        && entry.cases().values().stream().allMatch(forks -> forks != null && forks.length > 0);
  }

  private static String cure(String text) {
    return text.contains("\"jmhVersion\"")
        ? ", but a result of JMH, which --report shows; --update-baseline measures a baseline"
        : "; --update-baseline measures one";
  }

  /**
   * Returns what this processor had for a case or, where it has none, another of the same lane
   * width.
   */
  Optional<Entry> of(Machine machine, String name) {
    return entries.stream()
        .filter(e -> e.machine().lanes() == machine.lanes() && e.cases().containsKey(name))
        .min(Comparator.comparing(e -> !e.isOf(machine)));
  }

  /** Returns the lane widths that there are, for people. */
  String lanes() {
    return entries.isEmpty()
        ? "none"
        : entries.stream()
            .map(e -> String.valueOf(e.machine().lanes()))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
  }

  /** Writes the file with new figures of a machine; those it had of other cases stay. */
  void update(Path file, Machine machine, Map<String, double[]> cases) throws IOException {
    Map<String, double[]> all = new TreeMap<>();
    entries.stream().filter(e -> e.isOf(machine)).forEach(e -> all.putAll(e.cases()));
    all.putAll(cases);
    all.keySet().removeIf(name -> GateCases.ALL.stream().noneMatch(c -> c.name().equals(name)));
    entries.removeIf(e -> e.isOf(machine));
    entries.add(new Entry(machine, all));
    Files.writeString(file, GSON.toJson(entries) + "\n");
  }
}
