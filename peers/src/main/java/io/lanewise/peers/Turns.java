package io.lanewise.peers;

import io.lanewise.bench.FmaPeak;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times libraries in this process: in each round each has its turn, and so has the FMA peak. */
final class Turns {
  /** Short, so that what slows the machine meets all. */
  static final double SHORT = 0.03;

  /**
   * For one library alone. What it left in the caches is gone after a turn of the peak: the first
   * step of 3.2 ms then takes 1.3 ms more.
   */
  static final double LONG = 0.3;

  /** Keeps the JIT from leaving out the peak's arithmetic. */
  static volatile float sink;

  private Turns() {}

  /** What has turns. */
  private static final class Contestant {
    final Runnable run;
    final double operations;
    final double[] rates;
    int calls;

    Contestant(Runnable run, double operations, double[] rates) {
      this.run = run;
      this.operations = operations;
      this.rates = rates;
    }

    void warm(double seconds, double turnSeconds) {
      double best = Double.MAX_VALUE;
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        long start = System.nanoTime();
        run.run();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      } while (System.nanoTime() < end);
      calls = (int) Math.max(1, Math.round(turnSeconds / best));
    }

    void turn(int round) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        run.run();
      }
      rates[round] = operations * calls / (System.nanoTime() - start);
    }
  }

  /**
   * Runs the tasks until the JIT has compiled what they need of a library: it shares the core, so
   * it is not to be at work beside another's turn.
   */
  static void compile(List<Task> tasks, Peer peer, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    List<Work> works = new ArrayList<>();
    tasks.stream().map(peer::prepare).filter(w -> w != null).forEach(works::add);
    while (System.nanoTime() < end && !works.isEmpty()) {
      works.forEach(Work::run);
    }
  }

  /**
   * Returns the rates of those that do the task, checked before; wrong results are reported to
   * standard output.
   *
   * @param turnSeconds how long a turn lasts
   */
  static Map<String, Rates> measure(
      Task task, Map<String, Peer> peers, int rounds, double warmSeconds, double turnSeconds) {
    List<Contestant> all = new ArrayList<>();
    FmaPeak fma = new FmaPeak();
    FmaPeak.Rate rate = new FmaPeak.Rate();
    fma.fma(rate);
    Contestant peak = new Contestant(() -> sink = fma.fma(rate), rate.flops, new double[rounds]);
    all.add(peak);
    Map<String, Rates> results = new LinkedHashMap<>();
    peers.forEach(
        (name, peer) -> {
          Work work = peer.prepare(task);
          if (work == null) {
            return;
          }
          try {
            check(task, work);
          } catch (IllegalStateException e) {
            System.out.printf(Locale.ROOT, "%s, %s WRONG: %s%n", task.name(), name, e.getMessage());
            return;
          }
          results.put(name, new Rates(rounds));
          all.add(new Contestant(work::run, task.operations(), results.get(name).rates));
        });
    all.forEach(c -> c.warm(warmSeconds, turnSeconds));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        all.get((i + round) % all.size()).turn(round);
      }
    }
    results.values().forEach(r -> System.arraycopy(peak.rates, 0, r.peaks, 0, rounds));
    return results;
  }

  /**
   * Runs fresh work as often as the task wants and checks it.
   *
   * @throws IllegalStateException if the result is wrong
   */
  static void check(Task task, Work work) {
    for (int i = 0; i < task.runs(); i++) {
      work.run();
    }
    task.check(work.result());
  }
}
