package io.lanewise.bench.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.lanewise.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A stored run: JMH's JSON, and beside it what it was measured on.
 *
 * @param machine null if there is no such file
 */
public record Run(Path file, Machine machine, List<Result> results) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
  private static final String MACHINE = ".machine.json";

  /** What the gate's runs are kept as, in the same folder. */
  public static final String GATE = ".gate.json";

  /**
   * Reads one.
   *
   * @throws IOException if the file cannot be read, or is not a result of JMH, or has none
   */
  public static Run read(Path file) throws IOException {
    try {
      Result[] results = GSON.fromJson(Files.readString(file), Result[].class);
      if (results == null || results.length == 0) {
        throw new IOException(file + ": there are no results in it");
      }
      for (int i = 0; i < results.length; i++) {
        if (results[i] == null || !results[i].isWhole()) {
          throw new IOException(
              file
                  + ": not a result of JMH, as -rf json writes it: entry "
                  + (i + 1)
                  + " has no benchmark, mode or score");
        }
      }
      Path beside = machineFile(file);
      Machine machine =
          Files.exists(beside) ? GSON.fromJson(Files.readString(beside), Machine.class) : null;
      return new Run(file, machine, Arrays.asList(results));
    } catch (JsonParseException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + ": not a result of JMH, as -rf json writes it: " + why, e);
    }
  }

  /** Returns the results that a folder holds, oldest first. */
  public static List<Path> in(Path folder) throws IOException {
    return list(folder, name -> !name.endsWith(MACHINE) && !name.endsWith(GATE));
  }

  /** Returns the checks of the gate that a folder holds, oldest first. */
  public static List<Path> gates(Path folder) throws IOException {
    return list(folder, name -> name.endsWith(GATE));
  }

  private static List<Path> list(Path folder, Predicate<String> which) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".json") && which.test(f.toString()))
          .sorted()
          .toList();
    }
  }

  static void write(Path file, Machine machine) throws IOException {
    Files.writeString(machineFile(file), GSON.toJson(machine) + "\n");
  }

  private static Path machineFile(Path file) {
    String name = file.getFileName().toString();
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    return file.resolveSibling(stem + MACHINE);
  }

  /** Returns the FMA peak of one core in this run, GFLOP/s. */
  public OptionalDouble peak() {
    return results.stream()
        .filter(r -> r.name().equals("FmaPeak.fma"))
        .mapToDouble(Result::gflops)
        .findFirst();
  }

  /**
   * Returns the results that cannot be: more floating-point operations than the peak of as many
   * cores. The JIT has left out what a benchmark says it does.
   */
  public List<Result> impossible() {
    if (peak().isEmpty()) {
      return List.of();
    }
    double limit = 1.05 * peak().getAsDouble();
    return results.stream()
        .filter(r -> r.gflops() > limit * Integer.parseInt(r.params().getOrDefault("threads", "1")))
        .toList();
  }
}
