package io.lanewise.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times one library in a process of its own. */
final class Fork {
  private static final int TURNS = 9;
  private static final String RATE = "RATE\t";

  private Fork() {}

  /** The child: the kind, the library, seconds to warm, the names of the tasks. */
  public static void main(String[] args) {
    List<String> names = List.of(args).subList(3, args.length);
    try {
      Peer peer = Peers.load(args[1]);
      System.out.printf(Locale.ROOT, "%-11s %s%n", args[1], peer.version());
      for (Task task : Kind.valueOf(args[0]).tasks.get()) {
        if (names.contains(task.name())) {
          Turns.measure(task, Map.of(args[1], peer), TURNS, Double.parseDouble(args[2]), Turns.LONG)
              .values()
              .forEach(
                  r -> System.out.println(RATE + task.name() + "\t" + r.rate() + "\t" + r.peak()));
        }
      }
    } catch (UnusableException e) {
      System.out.printf(Locale.ROOT, "%-11s LEFT OUT: %s%n", args[1], e.getMessage());
    }
    // Some libraries leave threads.
    System.exit(0);
  }

  /**
   * Runs a child with this JVM's flags and class path, and copies what it says to standard output
   * if it is the first of its kind.
   *
   * @return for each task that it did, the name, the rate and the peak
   */
  static List<String[]> run(Kind kind, String peer, double warm, List<Task> tasks, boolean first) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fork.class.getName()));
    command.addAll(List.of(kind.name(), peer, Double.toString(warm)));
    tasks.forEach(t -> command.add(t.name()));
    List<String[]> rates = new ArrayList<>();
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader reader = process.inputReader()) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          if (line.startsWith(RATE)) {
            rates.add(line.substring(RATE.length()).split("\t"));
          } else if (first) {
            System.out.println(line);
          }
        }
      }
      int exit = process.waitFor();
      if (exit != 0) {
        System.out.printf(Locale.ROOT, "%-11s LEFT OUT: its process ended with %d%n", peer, exit);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return rates;
  }
}
