package io.lanewise.bench.gate;

import io.lanewise.bench.Bootstrap;
import io.lanewise.bench.Machine;
import io.lanewise.bench.gate.ForkRunner.Fork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  /** How often what a neighbour disturbed is measured again for a baseline. */
  private static final int RETAKES = 2;

  private final List<GateCase> cases;
  private final int rounds;
  private final Path file;
  private final Double asked;
  private final PrintStream out;
  private final Machine machine = Machine.here();
  private final ForkRunner runner = new ForkRunner();
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
   */
  public int updateBaseline() throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    measure(cases, 3 * rounds);
    for (int retake = 0; retake < RETAKES; retake++) {
      measureMore("disturbed", c -> undisturbed(medians(c)).length < 2 * rounds, rounds);
    }
    Map<String, double[]> medians = new TreeMap<>();
    for (GateCase c : cases) {
      double[] ofForks = undisturbed(medians(c));
      medians.put(c.name(), ofForks);
      out.printf(
          Locale.ROOT,
          "%-36s %s%n",
          c.name(),
          c.unit().format(Bootstrap.median(ofForks), c.reference()));
    }
    baseline.update(file, machine, medians);
    out.println("wrote " + file + " for " + machine.lanes() + " lanes, " + machine.cpu());
    return 0;
  }

  private double[] medians(GateCase c) {
    return forks.get(c).stream().mapToDouble(f -> rounded(Bootstrap.median(f.figures()))).toArray();
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
   * @return 0 if nothing became slower and nothing allocates, 1 if something did, 2 if there is no
   *     baseline to compare with
   */
  public int check() throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    Optional<Baseline.Entry> found = baseline.of(machine);
    if (found.isEmpty()) {
      out.println(
          "no baseline for "
              + machine.lanes()
              + " lanes in "
              + file
              + " (there: "
              + baseline.lanes()
              + "); make one with --update-baseline");
      return 2;
    }
    Baseline.Entry entry = found.get();
    boolean same = entry.isOf(machine);
    double usual = same ? GateVerdict.TOLERANCE : GateVerdict.TOLERANCE_OTHER_PROCESSOR;
    double tolerance = asked == null ? usual : asked;
    out.printf(Locale.ROOT, "%s, %s%n", processor(machine), machine.kernels());
    out.println(runner.describe());
    out.printf(
        Locale.ROOT,
        "baseline of %s, commit %s%s; a loss of more than %.0f%% fails%n",
        entry.machine().date(),
        entry.machine().commit(),
        same ? "" : ", from another processor (" + processor(entry.machine()) + ")",
        100 * tolerance);
    measure(cases, rounds);
    for (int more : MORE_FORKS) {
      measureMore("again", c -> verdict(c, entry, tolerance).suspect(), more);
    }
    return report(cases.stream().map(c -> verdict(c, entry, tolerance)).toList());
  }

  private static String processor(Machine machine) {
    return machine.cpu() + ", " + machine.caches();
  }

  /** By all forks that there are of it. */
  private GateVerdict verdict(GateCase c, Baseline.Entry entry, double tolerance) {
    return GateVerdict.of(c, forks.get(c), entry.forks(c.name()), tolerance);
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
        forks.computeIfAbsent(c, key -> new ArrayList<>()).add(runner.run(c.name()));
      }
      out.printf(Locale.ROOT, "round %d of %d%n", round, times);
      out.flush();
    }
  }

  private int report(List<GateVerdict> verdicts) {
    out.println();
    verdicts.forEach(v -> out.println(v.line()));
    out.println();
    List<GateVerdict> failed = verdicts.stream().filter(GateVerdict::fails).toList();
    failed.forEach(v -> out.println("FAILED " + v.reason()));
    boolean unknown = verdicts.stream().anyMatch(v -> v.kind() == GateVerdict.Kind.NO_BASELINE);
    if (unknown) {
      out.println("cases without a baseline: --update-baseline adds them");
    }
    if (failed.isEmpty() && !unknown) {
      out.println("passed: " + verdicts.size() + " kernels, none slower, none allocates");
    }
    return !failed.isEmpty() ? 1 : unknown ? 2 : 0;
  }
}
