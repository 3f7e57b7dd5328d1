package io.lanewise.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares Lanewise with other libraries, beside each other in one process or in processes that
 * alternate, and prints a table. What counts is the ratio within a round.
 */
public final class Compare {
  private static final String USAGE =
      "usage: Compare matmul|step|infer|activations|encode --model FILE [--shape REGEX] [--rounds N]"
          + " [--warm SECONDS] [--peers a,b] [--mixed true]";
  private static final List<String> OPTIONS =
      List.of("--shape", "--rounds", "--warm", "--peers", "--mixed", "--model");
  private static final double COMPILE_SECONDS = 3;

  private final Kind kind;
  private final List<Task> tasks;
  private final List<String> names;
  private final int rounds;
  private final double warm;

  /** Whether the JIT sees all tasks before the first is timed, and compiles for all of them. */
  private final boolean mixed;

  private Compare(Kind kind, Map<String, String> options) {
    this.kind = kind;
    if (options.containsKey("--model")) {
      Encoding.model(options.get("--model"));
    }
    Pattern shape = Pattern.compile(options.getOrDefault("--shape", ""));
    tasks =
        kind.tasks.get().stream()
            .filter(t -> shape.matcher(t.name()).find())
            .collect(Collectors.toList());
    names = List.of(options.getOrDefault("--peers", kind.peers).split(","));
    rounds = Integer.parseInt(options.getOrDefault("--rounds", kind.forks ? "3" : "15"));
    warm = Double.parseDouble(options.getOrDefault("--warm", kind.forks ? "3" : "1"));
    mixed = Boolean.parseBoolean(options.get("--mixed"));
  }

  /** Runs the comparison that the arguments describe. */
  public static void main(String[] args) {
    Map<String, String> options = new TreeMap<>();
    try {
      Kind kind = Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
      for (int i = 1; i < args.length; i += 2) {
        if (!OPTIONS.contains(args[i])) {
          throw new IllegalArgumentException("unknown option " + args[i]);
        }
        options.put(args[i], args[i + 1]);
      }
      new Compare(kind, options).run();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println(e.getMessage());
      System.err.println(USAGE);
      System.exit(2);
    }
    // Some libraries leave threads.
    System.exit(0);
  }

  private void run() {
    for (String name : names) {
      if (!Peers.names().contains(name)) {
        throw new IllegalArgumentException("no peer \"" + name + "\", only " + Peers.names());
      }
    }
    List<Double> ratios = new ArrayList<>();
    if (kind.forks) {
      Map<String, Map<String, Rates>> results = forks();
      heading();
      tasks.forEach(task -> print(task, results.get(task.name()), ratios));
    } else {
      Map<String, Peer> peers = load();
      if (peers.containsKey(Peers.US)) {
        List<Task> seen = mixed ? tasks : tasks.subList(0, Math.min(1, tasks.size()));
        Turns.compile(seen, peers.get(Peers.US), COMPILE_SECONDS);
      }
      heading();
      for (Task task : tasks) {
        print(task, Turns.measure(task, peers, rounds, warm, Turns.SHORT), ratios);
      }
    }
    if (!ratios.isEmpty()) {
      double logs = ratios.stream().mapToDouble(Math::log).sum();
      System.out.printf(
          Locale.ROOT,
          "%s / best: geometric mean %.3f, least %.3f, of %d%n",
          Peers.US,
          Math.exp(logs / ratios.size()),
          ratios.stream().mapToDouble(x -> x).min().orElseThrow(),
          ratios.size());
    }
  }

  private Map<String, Peer> load() {
    Map<String, Peer> peers = new LinkedHashMap<>();
    for (String name : names) {
      try {
        Peer peer = Peers.load(name);
        peers.put(name, peer);
        System.out.printf(Locale.ROOT, "%-11s %s%n", name, peer.version());
      } catch (UnusableException e) {
        System.out.printf(Locale.ROOT, "%-11s LEFT OUT: %s%n", name, e.getMessage());
      }
    }
    return peers;
  }

  /** Returns the rates by task and library; a library that failed in any round has none. */
  private Map<String, Map<String, Rates>> forks() {
    Map<String, Map<String, Rates>> results = new LinkedHashMap<>();
    tasks.forEach(task -> results.put(task.name(), new LinkedHashMap<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < names.size(); i++) {
        String name = names.get((i + round) % names.size());
        for (String[] r : Fork.run(kind, name, warm, tasks, round == 0)) {
          Rates rates = results.get(r[0]).computeIfAbsent(name, n -> new Rates(rounds));
          rates.rates[round] = Double.parseDouble(r[1]);
          rates.peaks[round] = Double.parseDouble(r[2]);
        }
      }
    }
    results
        .values()
        .forEach(
            byName -> byName.values().removeIf(r -> Arrays.stream(r.rates).anyMatch(x -> x == 0)));
    return results;
  }

  private void heading() {
    System.out.printf(Locale.ROOT, "%n%-31s %7s", kind.unit + ", % of the peak", "peak");
    names.forEach(name -> System.out.printf(Locale.ROOT, " %10s    ", name));
    System.out.printf(Locale.ROOT, " %s / best%n", Peers.US);
  }

  private void print(Task task, Map<String, Rates> results, List<Double> ratios) {
    double peak = results.values().stream().mapToDouble(Rates::peak).max().orElse(Double.NaN);
    System.out.printf(Locale.ROOT, "%-31s %7.1f", task.name(), peak);
    String best = null;
    for (String name : names) {
      Rates r = results.get(name);
      if (r == null) {
        System.out.printf(Locale.ROOT, " %10s    ", "-");
        continue;
      }
      double shown = kind.shown(task, r.rate());
      // Of elements and texts there is no share of a peak of multiplications and additions.
      boolean none = kind == Kind.ACTIVATIONS || kind == Kind.ENCODE;
      String share = none ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * r.ofPeak());
      System.out.printf(Locale.ROOT, shown < 10 ? " %10.3f %3s" : " %10.1f %3s", shown, share);
      if (!name.equals(Peers.US) && (best == null || r.ratio(results.get(best)) > 1)) {
        best = name;
      }
    }
    if (best != null && results.containsKey(Peers.US)) {
      double ratio = results.get(Peers.US).ratio(results.get(best));
      ratios.add(ratio);
      System.out.printf(Locale.ROOT, "  %.3f (%s)", ratio, best);
    }
    System.out.println();
  }
}
