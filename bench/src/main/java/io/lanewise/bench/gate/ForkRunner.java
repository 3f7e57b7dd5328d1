package io.lanewise.bench.gate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs {@link GateFork} in a JVM of its own, held to one core where the system can do that. */
final class ForkRunner implements Gate.Forks {
  /**
   * What one fork measured.
   *
   * @param figures one a slice
   * @param referenceRate of the reference: GFLOP/s or GB/s
   * @param bytes allocated in a run of the kernel
   * @param warm whether all was compiled before; else the rest says nothing
   */
  record Fork(double[] figures, double referenceRate, double bytes, boolean warm) {}

  private final List<String> command = new ArrayList<>(pin());

  ForkRunner() {
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Xbatch");
    // Where an array begins within a cache line halves or doubles the speed of a loop that reads.
    command.add("-XX:ObjectAlignmentInBytes=64");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(GateFork.class.getName());
  }

  /** The last core that this process may use, since the first one serves the system. */
  private static List<String> pin() {
    boolean taskset =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
    if (!taskset) {
      return List.of();
    }
    try {
      Matcher allowed =
          Pattern.compile("(?m)^Cpus_allowed_list:.*?(\\d+)$")
              .matcher(Files.readString(Path.of("/proc/self/status")));
      return allowed.find() ? List.of("taskset", "-c", allowed.group(1)) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public String describe() {
    return String.join(" ", command.subList(0, command.size() - 3));
  }

  @Override
  public Fork run(String name) throws IOException, InterruptedException {
    List<String> withName = new ArrayList<>(command);
    withName.add(name);
    Path errors = Files.createTempFile("lanewise-gate", ".err");
    try {
      Process process = new ProcessBuilder(withName).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes());
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(
            name + ": its process ended with " + exit + ":\n" + Files.readString(errors));
      }
      return parse(output);
    } finally {
      Files.delete(errors);
    }
  }

  /** Reads what GateFork prints. */
  static Fork parse(String output) {
    try (Scanner lines = new Scanner(output)) {
      double[] figures = numbers(lines.nextLine(), "figures");
      double rate = numbers(lines.nextLine(), "reference")[0];
      double bytes = numbers(lines.nextLine(), "bytes")[0];
      return new Fork(figures, rate, bytes, numbers(lines.nextLine(), "warm")[0] == 1);
    }
  }

  private static double[] numbers(String line, String key) {
    String[] words = line.split(" ");
    if (!words[0].equals(key)) {
      throw new IllegalStateException("a fork printed '" + line + "', not its " + key);
    }
    return Stream.of(words).skip(1).mapToDouble(Double::parseDouble).toArray();
  }
}
