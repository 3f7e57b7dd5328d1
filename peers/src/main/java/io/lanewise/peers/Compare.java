package io.lanewise.peers;

import io.lanewise.bench.FmaPeak;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Times the libraries beside each other in one process: in every round each has its turn, and so
 * has the FMA peak. What counts is a ratio, the median of those of the rounds: a machine that is
 * slower for a while is so for all of a round.
 */
public final class Compare {
  private static final double TURN_SECONDS = 0.03;

  /** Keeps the JIT from leaving out the peak's arithmetic. */
  static volatile float sink;

  private final int rounds;
  private final double warmSeconds;
  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final Map<String, List<Double>> ratios = new TreeMap<>();

  private Compare(List<String> names, int rounds, double warmSeconds) {
    this.rounds = rounds;
    this.warmSeconds = warmSeconds;
    for (String name : names) {
      try {
        Peer peer = Peers.load(name);
        peers.put(name, peer);
        System.out.printf("%-10s %s%n", name, peer.version());
      } catch (UnusableException e) {
        System.out.printf("%-10s LEFT OUT: %s%n", name, e.getMessage());
      }
    }
    System.out.println();
  }

  /** One library's work on a task, and how fast it was in each round. */
  private static final class Contestant {
    final String name;
    final Runnable run;
    final double operations;
    final double[] rates;
    int calls;

    Contestant(String name, Runnable run, double operations, int rounds) {
      this.name = name;
      this.run = run;
      this.operations = operations;
      rates = new double[rounds];
    }

    void warm(double seconds) {
      double best = Double.MAX_VALUE;
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        long start = System.nanoTime();
        run.run();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      } while (System.nanoTime() < end);
      calls = (int) Math.max(1, Math.round(TURN_SECONDS / best));
    }

    void turn(int round) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        run.run();
      }
      rates[round] = operations * calls / (System.nanoTime() - start);
    }

    double rate() {
      return median(rates);
    }

    double ratio(Contestant other) {
      double[] ratios = new double[rates.length];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = rates[i] / other.rates[i];
      }
      return median(ratios);
    }
  }

  /** Runs the comparison that the arguments describe. */
  public static void main(String[] args) {
    String kind = args.length == 0 ? "" : args[0];
    if (!kind.equals("matmul")) {
      System.err.println(
          "usage: Compare matmul [--shape REGEX] [--rounds N] [--warm SECONDS] [--peers a,b]");
      System.exit(2);
    }
    Map<String, String> options =
        new TreeMap<>(
            Map.of(
                "--shape",
                "",
                "--rounds",
                "15",
                "--warm",
                "1",
                "--peers",
                String.join(",", Peers.names())));
    for (int i = 1; i < args.length; i += 2) {
      if (!options.containsKey(args[i]) || i + 1 == args.length) {
        System.err.println("unknown or without a value: " + args[i]);
        System.exit(2);
      }
      options.put(args[i], args[i + 1]);
    }
    Compare compare =
        new Compare(
            List.of(options.get("--peers").split(",")),
            Integer.parseInt(options.get("--rounds")),
            Double.parseDouble(options.get("--warm")));
    List<Task> tasks = new ArrayList<>();
    Pattern shape = Pattern.compile(options.get("--shape"));
    for (String s : Product.shapes()) {
      if (shape.matcher(s).find()) {
        tasks.add(new Product(s));
      }
    }
    compare.run(tasks);
  }

  private void run(List<Task> tasks) {
    heading();
    for (Task task : tasks) {
      run(task);
    }
    ratios.forEach(
        (name, r) -> {
          double logs = r.stream().mapToDouble(Math::log).sum();
          System.out.printf(
              "%s / %s: geometric mean %.3f, least %.3f, of %d%n",
              Peers.US,
              name,
              Math.exp(logs / r.size()),
              r.stream().mapToDouble(x -> x).min().orElseThrow(),
              r.size());
        });
  }

  private void run(Task task) {
    List<Contestant> all = new ArrayList<>();
    FmaPeak fma = new FmaPeak();
    FmaPeak.Rate rate = new FmaPeak.Rate();
    fma.fma(rate);
    all.add(new Contestant("peak", () -> sink = fma.fma(rate), rate.flops, rounds));
    peers.forEach(
        (name, peer) -> {
          Work work = peer.prepare(task);
          if (work == null) {
            return;
          }
          work.run();
          try {
            task.check(work.result());
            all.add(new Contestant(name, work::run, task.operations(), rounds));
          } catch (IllegalStateException e) {
            System.out.printf("%-20s %s WRONG: %s%n", task.name(), name, e.getMessage());
          }
        });
    all.forEach(c -> c.warm(warmSeconds));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        all.get((i + round) % all.size()).turn(round);
      }
    }
    print(task, all);
  }

  private void heading() {
    System.out.printf("%-20s %8s", "GFLOP/s, % of peak", "peak");
    peers.keySet().forEach(name -> System.out.printf(" %10s    ", name));
    System.out.printf(" %s / best%n", Peers.US);
  }

  private void print(Task task, List<Contestant> all) {
    Contestant peak = all.get(0);
    System.out.printf("%-20s %8.1f", task.name(), peak.rate());
    Contestant us = null;
    Contestant best = null;
    for (String name : peers.keySet()) {
      Contestant c = all.stream().filter(x -> x.name.equals(name)).findAny().orElse(null);
      if (c == null) {
        System.out.printf(" %10s    ", "-");
        continue;
      }
      System.out.printf(" %10.1f %2.0f%%", c.rate(), 100 * c.ratio(peak));
      if (name.equals(Peers.US)) {
        us = c;
      } else if (best == null || c.ratio(best) > 1) {
        best = c;
      }
    }
    if (us != null && best != null) {
      double ratio = us.ratio(best);
      ratios.computeIfAbsent("best", x -> new ArrayList<>()).add(ratio);
      System.out.printf("  %.3f (%s)", ratio, best.name);
    }
    System.out.println();
  }

  private static double median(double[] x) {
    double[] sorted = x.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
