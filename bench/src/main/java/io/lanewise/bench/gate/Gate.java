package io.lanewise.bench.gate;

import io.lanewise.bench.Bootstrap;
import io.lanewise.bench.Machine;
import io.lanewise.bench.gate.ForkRunner.Fork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The gate against regressions: rounds of forks, each case once a round, held against the baseline.
 * What looks slower, or spreads so much that it could be, is measured more and judged by all forks.
 */
public final class Gate {
  /** How many forks a suspect gets in a second and in a third look. */
  private static final int[] MORE_FORKS = {5, 8};

  /** How often what a neighbour disturbed is measured again for a baseline, or a cold fork. */
  private static final int RETAKES = 2;

  /** About what a fork takes on a core of its own. */
  private static final double SECONDS_OF_A_FORK = 2.5;

  /** Where forks come from. */
  interface Forks {
    Fork run(String name) throws IOException, InterruptedException;

    /** Returns how, for people. */
    String describe();
  }

  private final List<GateCase> cases;
  private final int rounds;
  private final Path file;
  private final Double asked;
  private final PrintStream out;
  private final Machine machine = Machine.here();
  private final Forks runner;
  private final Map<GateCase, List<Fork>> forks = new LinkedHashMap<>();

  /**
   * Prepares it.
   *
   * @param filter which cases, found in their names
   * @param rounds how many forks of each case
   * @param file the baseline's
   * @param tolerance the loss that passes, in (0, 1); null for what noise asks for
   * @param out where it reports to
   * @throws IllegalArgumentException if the filter finds no case
   */
  public Gate(Pattern filter, int rounds, Path file, Double tolerance, PrintStream out) {
    this(filter, rounds, file, tolerance, out, new ForkRunner());
  }

  Gate(Pattern filter, int rounds, Path file, Double tolerance, PrintStream out, Forks runner) {
    this.runner = runner;
    this.cases = GateCases.ALL.stream().filter(c -> filter.matcher(c.name()).find()).toList();
    if (cases.isEmpty()) {
      throw new IllegalArgumentException(
          "no case of the gate matches '"
              + filter
              + "'; there are "
              + GateCases.ALL.stream().map(GateCase::name).toList());
    }
    this.rounds = rounds;
    this.file = file;
    this.asked = tolerance;
    this.out = out;
  }

  /**
   * Measures and writes the figures into the baseline, from three times the rounds of a check, more
   * where a neighbour disturbed many forks. What he disturbed is left out.
   *
   * @return 0, or 3 if a case was not warm in any fork, which keeps what it had
   */
  public int updateBaseline() throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    if (!Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new IOException(file + ": there is no folder " + file.toAbsolutePath().getParent());
    }
    measure(cases, 3 * rounds);
    for (int retake = 0; retake < RETAKES; retake++) {
      measureMore("disturbed", c -> undisturbed(medians(c)).length < 2 * rounds, rounds);
    }
    List<String> cold = new ArrayList<>();
    Map<String, double[]> medians = new TreeMap<>();
    for (GateCase c : cases) {
      double[] ofForks = undisturbed(medians(c));
      if (ofForks.length == 0) {
        cold.add(c.name());
        continue;
      }
      medians.put(c.name(), ofForks);
      out.printf(
          Locale.ROOT,
          "%-36s %s%n",
          c.name(),
          c.unit().format(Bootstrap.median(ofForks), c.reference()));
    }
    if (!medians.isEmpty()) {
      baseline.update(file, machine, medians);
      out.println("wrote " + file + " for " + machine.lanes() + " lanes, " + machine.cpu());
    }
    if (!cold.isEmpty()) {
      out.println("not warmed up, so left as it was: " + String.join("; ", cold));
    }
    return cold.isEmpty() ? 0 : 3;
  }

  private double[] medians(GateCase c) {
    return forks.get(c).stream()
        .filter(Fork::warm)
        .mapToDouble(f -> rounded(Bootstrap.median(f.figures())))
        .toArray();
  }

  /** Prints the cases, and how long a check of them takes. */
  public int list() {
    cases.forEach(c -> out.println(c.name()));
    double minutes = cases.size() * rounds * SECONDS_OF_A_FORK / 60;
    out.printf(
        Locale.ROOT,
        "%d kernels, %d rounds: about %.1f minutes on a core of its own, more for what is suspect;"
            + " a baseline 3 times as long%n",
        cases.size(),
        rounds,
        minutes);
    return 0;
  }

  /** Those that are not slower than the median by more than what a check lets pass. */
  static double[] undisturbed(double[] ofForks) {
    double least = Bootstrap.median(ofForks) * (1 - GateVerdict.TOLERANCE);
    return Arrays.stream(ofForks).filter(figure -> figure >= least).toArray();
  }

  private static double rounded(double figure) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.5g", figure));
  }

  /**
   * Measures and compares.
   *
   * @param strict whether undecided is failed
   * @return 0 if nothing became slower and nothing allocates; 1 if something did; 2 if there is no
   *     baseline to compare with; 3 if the machine was too noisy to tell
   */
  public int check(boolean strict) throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    Map<GateCase, Baseline.Entry> before = new LinkedHashMap<>();
    cases.forEach(c -> baseline.of(machine, c.name()).ifPresent(e -> before.put(c, e)));
    if (before.isEmpty()) {
      out.println(
          "no baseline of these "
              + cases.size()
              + " kernels for "
              + machine.lanes()
              + " lanes in "
              + file
              + " (there: "
              + baseline.lanes()
              + "); make one with --update-baseline");
      return 2;
    }
    out.printf(Locale.ROOT, "%s, %s%n", processor(machine), machine.kernels());
    out.println(runner.describe());
    before.values().stream().distinct().forEach(e -> describe(e, before));
    measure(cases, rounds);
    for (int more : MORE_FORKS) {
      measureMore("again", c -> verdict(c, before.get(c)).suspect(), more);
    }
    return report(cases.stream().map(c -> verdict(c, before.get(c))).toList(), strict);
  }

  private void describe(Baseline.Entry entry, Map<GateCase, Baseline.Entry> before) {
    long count = before.values().stream().filter(e -> e == entry).count();
    out.printf(
        Locale.ROOT,
        "%d of %d kernels: baseline of %s, commit %s%s; a loss of more than %.0f%% fails%n",
        count,
        cases.size(),
        entry.machine().date(),
        entry.machine().commit(),
        entry.isOf(machine) ? "" : ", from another processor (" + processor(entry.machine()) + ")",
        100 * tolerance(entry));
  }

  private double tolerance(Baseline.Entry entry) {
    double usual =
        entry.isOf(machine) ? GateVerdict.TOLERANCE : GateVerdict.TOLERANCE_OTHER_PROCESSOR;
    return asked == null ? usual : asked;
  }

  private static String processor(Machine machine) {
    return machine.cpu() + ", " + machine.caches();
  }

  /** By all forks that there are of it; without an entry there is no baseline. */
  private GateVerdict verdict(GateCase c, Baseline.Entry entry) {
    return entry == null
        ? GateVerdict.of(c, forks.get(c), null, GateVerdict.TOLERANCE)
        : GateVerdict.of(c, forks.get(c), entry.forks(c.name()), tolerance(entry));
  }

  private void measureMore(String why, Predicate<GateCase> which, int times)
      throws IOException, InterruptedException {
    List<GateCase> few = cases.stream().filter(which).toList();
    if (!few.isEmpty()) {
      out.println(why + ": " + String.join("; ", few.stream().map(GateCase::name).toList()));
      measure(few, times);
    }
  }

  private void measure(List<GateCase> which, int times) throws IOException, InterruptedException {
    for (int round = 1; round <= times; round++) {
      for (GateCase c : which) {
        forks.computeIfAbsent(c, key -> new ArrayList<>()).add(fork(c.name()));
      }
      out.printf(Locale.ROOT, "round %d of %d%n", round, times);
      out.flush();
    }
  }

  /** A warm one, if there is one to be had. */
  private Fork fork(String name) throws IOException, InterruptedException {
    Fork fork = runner.run(name);
    for (int retake = 0; retake < RETAKES && !fork.warm(); retake++) {
      out.println("not warmed up, taken again: " + name);
      fork = runner.run(name);
    }
    return fork;
  }

  private int report(List<GateVerdict> verdicts, boolean strict) {
    out.println();
    verdicts.forEach(v -> out.println(v.line()));
    out.println();
    List<GateVerdict> failed = verdicts.stream().filter(GateVerdict::fails).toList();
    List<GateVerdict> undecided = verdicts.stream().filter(GateVerdict::undecided).toList();
    long unknown = verdicts.stream().filter(v -> v.kind() == GateVerdict.Kind.NO_BASELINE).count();
    failed.forEach(v -> out.println("FAILED " + v.reason()));
    undecided.forEach(v -> out.println((strict ? "FAILED " : "UNDECIDED ") + v.reason()));
    if (unknown > 0) {
      out.println("cases without a baseline: --update-baseline adds them");
    }
    int all = verdicts.size();
    long passed = all - failed.size() - undecided.size() - unknown;
    if (passed == all) {
      out.println("passed: " + all + " kernels, none slower, none allocates");
      return 0;
    }
    out.println(
        passed
            + " of "
            + all
            + " kernels passed"
            + count(failed.size(), "failed")
            + count(undecided.size(), "undecided: repeat it where less else runs")
            + count(unknown, "without a baseline"));
    if (!failed.isEmpty() || strict && !undecided.isEmpty()) {
      return 1;
    }
    return unknown > 0 ? 2 : 3;
  }

  private static String count(long count, String what) {
    return count == 0 ? "" : ", " + count + " " + what;
  }
}
