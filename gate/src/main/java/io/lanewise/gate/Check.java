package io.lanewise.gate;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A run of the gate: rounds of forks, each case once a round, held against a baseline or against
 * forks of another class path that alternate with them. What looks slower, or spreads so much that
 * it could be, is measured more and judged by all forks.
 */
public final class Check {
  /** How many forks a suspect gets in a second and in a third look. */
  private static final int[] MORE_FORKS = {5, 8};

  /** How often what a neighbour disturbed is measured again for a baseline, or a cold fork. */
  private static final int RETAKES = 2;

  /** How many names a message has room for. */
  private static final int NAMES = 10;

  private final GatePlan plan;
  private final PrintStream out;
  private final Side head;
  private final List<String> subjects;
  private final Map<String, String> subjectOf = new LinkedHashMap<>();
  private final Set<String> broken = new LinkedHashSet<>();

  /**
   * Prepares it.
   *
   * @throws IllegalArgumentException if the filter finds no case
   */
  Check(Source source, GatePlan plan, PrintStream out) throws IOException, InterruptedException {
    this.head = new Side(source);
    this.plan = plan;
    this.out = out;
    List<String> all = source.subjects();
    this.subjects = all.stream().filter(name -> plan.filter().matcher(name).find()).toList();
    if (subjects.isEmpty()) {
      throw new IllegalArgumentException(
          "no case matches '" + plan.filter() + "'; there are " + some(all));
    }
  }

  private static String some(List<String> names) {
    return names.size() <= NAMES
        ? names.toString()
        : names.size() + ", such as " + names.subList(0, NAMES) + "; --list prints all";
  }

  /**
   * Prepares one of the cases of a program.
   *
   * @param program whose {@code main} calls {@link Gate#main}
   * @throws IllegalArgumentException if the filter finds no case
   */
  public static Check of(String program, List<GateCase> cases, GatePlan plan, PrintStream out)
      throws IOException, InterruptedException {
    return new Check(new ForkSource(program, cases, ""), plan, out);
  }

  static <T> T given(String argument, T value) {
    if (value == null) {
      throw new IllegalArgumentException(argument + " must not be null");
    }
    return value;
  }

  /** Prints the cases, and how long a check of them takes. */
  public void list() {
    subjects.forEach(out::println);
    double minutes = subjects.size() * plan.rounds() * head.source.seconds() / 60;
    String time =
        Double.isNaN(minutes)
            ? "each with all its parameters and modes"
            : String.format(
                Locale.ROOT,
                "about %.1f minutes on a core of its own, more for what is suspect;"
                    + " a baseline 3 times as long, two sides twice",
                minutes);
    out.printf(Locale.ROOT, "%d cases, %d rounds: %s%n", subjects.size(), plan.rounds(), time);
  }

  /**
   * Measures and writes the figures into the baseline, from three times the rounds of a check, more
   * where a neighbour disturbed many forks. What he disturbed is left out.
   *
   * @param machine what this is, see {@link Host#here}
   * @return 0, 1 if a case does not run, or 3 if one was not warm in any fork; these keep what they
   *     had
   */
  public int updateBaseline(Path file, Map<String, Object> machine)
      throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    if (!Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new IOException(file + ": there is no folder " + file.toAbsolutePath().getParent());
    }
    measure(subjects, 3 * plan.rounds(), null);
    for (int retake = 0; retake < RETAKES; retake++) {
      Predicate<String> few = name -> undisturbed(medians(name)).length < 2 * plan.rounds();
      measureMore("disturbed", few, plan.rounds(), null);
    }
    List<String> cold = new ArrayList<>();
    Map<String, double[]> medians = new TreeMap<>();
    Map<String, Double> bytes = new TreeMap<>();
    List<String> failed = new ArrayList<>();
    for (String name : head.forks.keySet()) {
      if (head.failure(name) != null) {
        failed.add(name + ": " + head.failure(name));
        continue;
      }
      double[] ofForks = undisturbed(medians(name));
      if (ofForks.length == 0) {
        cold.add(name);
        continue;
      }
      medians.put(name, ofForks);
      Rules rules = head.source.rules(name);
      out.printf(Locale.ROOT, "%-36s %s%n", name, rules.format().apply(Bootstrap.median(ofForks)));
      Fork.Bytes allocated = head.bytes(name);
      if (Double.isNaN(rules.limit()) && allocated != null) {
        bytes.put(name, allocated.median() > 0 ? exact(head, name).median() : 0);
      }
    }
    if (!medians.isEmpty()) {
      Set<String> known = Set.copyOf(head.source.subjects());
      baseline.update(file, machine, medians, bytes, known);
      out.println("wrote " + file + " for " + Baseline.describe(machine));
    }
    if (!cold.isEmpty()) {
      out.println("not warmed up, so left as it was: " + String.join("; ", cold));
    }
    failed.forEach(name -> out.println("does not run, so left as it was: " + name));
    return !failed.isEmpty() ? 1 : cold.isEmpty() ? 0 : 3;
  }

  private double[] medians(String name) {
    return Arrays.stream(head.warm(name)).mapToDouble(f -> rounded(Bootstrap.median(f))).toArray();
  }

  /** Those that are not slower than the median by more than what a check lets pass. */
  static double[] undisturbed(double[] ofForks) {
    double least = Bootstrap.median(ofForks) * (1 - Verdict.TOLERANCE);
    return Arrays.stream(ofForks).filter(figure -> figure >= least).toArray();
  }

  private static double rounded(double figure) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.5g", figure));
  }

  /**
   * Measures and compares with a baseline.
   *
   * @param machine what this is, see {@link Host#here}
   */
  public GateReport against(Path file, Map<String, Object> machine)
      throws IOException, InterruptedException {
    Baseline baseline = Baseline.read(file);
    Map<String, Baseline.Entry> before = new LinkedHashMap<>();
    subjects.forEach(name -> baseline.of(machine, name).ifPresent(e -> before.put(name, e)));
    if (before.isEmpty()) {
      String none =
          String.format(
              Locale.ROOT,
              "no baseline of these %d cases for %s in %s (there: %s);"
                  + " make one with --update-baseline",
              subjects.size(),
              Baseline.describe(machine),
              file,
              baseline.machines());
      out.println(none);
      return GateReport.nothing(none);
    }
    out.println(Baseline.describe(machine));
    out.println(head.source.describe());
    before.values().stream().distinct().forEach(e -> describe(e, before, machine));
    look(null, name -> verdict(name, before.get(name), machine));
    return report("against a baseline", machine, name -> verdict(name, before.get(name), machine));
  }

  /** Measures and compares with another source, whose forks alternate with those of this one. */
  GateReport against(Source other) throws IOException, InterruptedException {
    Side base = new Side(other);
    double tolerance = plan.tolerance() == null ? Verdict.TOLERANCE_SIDE_BY_SIDE : plan.tolerance();
    Map<String, Object> machine = Host.here();
    out.println(Baseline.describe(machine));
    out.println("base: " + other.describe());
    out.println("head: " + head.source.describe());
    out.printf(Locale.ROOT, "a loss of more than %.0f%% fails%n", 100 * tolerance);
    out.printf(Locale.ROOT, "%d cases, %d rounds of both sides%n", subjects.size(), plan.rounds());
    look(base, name -> verdict(name, base, tolerance));
    Set<String> gone = new LinkedHashSet<>(base.forks.keySet());
    gone.removeAll(head.forks.keySet());
    other.subjects().stream()
        .filter(name -> plan.filter().matcher(name).find() && !subjects.contains(name))
        .forEach(gone::add);
    gone.forEach(name -> out.println("only in the base: " + name));
    return report("base and head in turn", machine, name -> verdict(name, base, tolerance));
  }

  private interface Judge {
    Verdict of(String name);
  }

  private void look(Side base, Judge judge) throws IOException, InterruptedException {
    measure(subjects, plan.rounds(), base);
    for (int more : MORE_FORKS) {
      measureMore("again", name -> judge.of(name).suspect(), more, base);
    }
    for (String name : head.forks.keySet()) {
      Fork.Bytes bytes = head.bytes(name);
      Verdict.Kind kind = judge.of(name).kind();
      if (bytes != null
          && bytes.median() > 0
          && kind != Verdict.Kind.COLD
          && kind != Verdict.Kind.BROKEN) {
        exact(head, name);
        if (base != null && base.forks.containsKey(name)) {
          exact(base, name);
        }
      }
    }
  }

  private Fork.Bytes exact(Side side, String name) throws IOException, InterruptedException {
    Fork.Bytes exact = side.source.allocation(name);
    if (exact != null) {
      side.exact.put(name, exact);
    }
    return side.bytes(name);
  }

  private GateReport report(String how, Map<String, Object> machine, Judge judge) {
    List<Verdict> verdicts = head.forks.keySet().stream().map(judge::of).toList();
    GateReport report = new GateReport(how, machine, verdicts);
    out.print(report.text());
    return report;
  }

  private void describe(
      Baseline.Entry entry, Map<String, Baseline.Entry> before, Map<String, Object> machine) {
    long count = before.values().stream().filter(e -> e == entry).count();
    out.printf(
        Locale.ROOT,
        "%d of %d cases: baseline of %s, commit %s%s; a loss of more than %.0f%% fails%n",
        count,
        subjects.size(),
        entry.machine().get("date"),
        entry.machine().get("commit"),
        entry.isOf(machine)
            ? ""
            : ", from another processor (" + Baseline.describe(entry.machine()) + ")",
        100 * tolerance(entry, machine));
  }

  private double tolerance(Baseline.Entry entry, Map<String, Object> machine) {
    double usual =
        entry == null || entry.isOf(machine)
            ? Verdict.TOLERANCE
            : Verdict.TOLERANCE_OTHER_PROCESSOR;
    return plan.tolerance() == null ? usual : plan.tolerance();
  }

  private Verdict verdict(String name, Baseline.Entry entry, Map<String, Object> machine) {
    if (head.failure(name) != null) {
      return Verdict.broken(name, head.failure(name), plan.strict());
    }
    return Verdict.of(
        name,
        head.source.rules(name),
        sides(name, entry == null ? null : entry.forks(name), false),
        head.bytes(name),
        entry == null ? null : entry.allocated(name),
        Verdict.Kind.NO_BASELINE,
        tolerance(entry, machine),
        plan.strict());
  }

  private Verdict verdict(String name, Side base, double tolerance) {
    if (head.failure(name) != null) {
      return Verdict.broken(name, head.failure(name), plan.strict());
    }
    // A run that ended before it had named its cases is one of the subject.
    String ofSubject = base.failure(subjectOf.get(name));
    String failed = base.failure(name) == null ? ofSubject : base.failure(name);
    double[][] before = base.warm(name);
    Verdict verdict =
        Verdict.of(
            name,
            head.source.rules(name),
            sides(name, before.length == 0 ? null : before, true),
            head.bytes(name),
            base.bytes(name),
            base.of(name).isEmpty() || failed != null ? Verdict.Kind.NEW : Verdict.Kind.COLD,
            tolerance,
            plan.strict());
    return verdict.kind() == Verdict.Kind.NEW ? verdict.notInTheBase(failed) : verdict;
  }

  /**
   * By all forks that there are of it.
   *
   * @param counted whether few forks decide nothing; the build's check takes one, with a tolerance
   *     that one decides
   */
  private Verdict.Sides sides(String name, double[][] before, boolean counted) {
    double[][] figures = head.warm(name);
    return new Verdict.Sides(
        Bootstrap.median(figures),
        figures.length,
        head.of(name).size() - figures.length,
        before == null ? Double.NaN : Bootstrap.median(before),
        before == null || figures.length == 0
            ? null
            : Bootstrap.ratio(figures, before, Bootstrap.CONFIDENCE),
        counted ? Math.min(figures.length, before == null ? 0 : before.length) : Integer.MAX_VALUE);
  }

  private void measureMore(String why, Predicate<String> which, int times, Side base)
      throws IOException, InterruptedException {
    List<String> few = head.forks.keySet().stream().filter(which).toList();
    if (!few.isEmpty()) {
      out.println(why + ": " + String.join("; ", few));
      List<String> again = few.stream().map(subjectOf::get).distinct().toList();
      measure(again, times, base);
    }
  }

  private void measure(List<String> which, int times, Side base)
      throws IOException, InterruptedException {
    for (int round = 1; round <= times; round++) {
      long start = System.nanoTime();
      for (String subject : which) {
        if (broken.contains(subject)) {
          continue;
        }
        if (base == null) {
          fork(head, subject);
        } else {
          // Each is first as often as the other.
          fork(round % 2 == 1 ? base : head, subject);
          fork(round % 2 == 1 ? head : base, subject);
        }
      }
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      out.printf(Locale.ROOT, "round %d of %d, %d s%n", round, times, seconds);
      out.flush();
    }
  }

  /** A warm one, if there is one to be had. */
  private void fork(Side side, String subject) throws IOException, InterruptedException {
    Map<String, Fork> forks = side.source.run(subject);
    for (int retake = 0; retake < RETAKES && !allWarm(forks); retake++) {
      out.println("not warmed up, taken again: " + subject);
      forks = side.source.run(subject);
    }
    if (side == head && !forks.isEmpty() && forks.values().stream().allMatch(Check::failed)) {
      broken.add(subject);
    }
    forks.forEach(
        (name, fork) -> {
          subjectOf.put(name, subject);
          if (failed(fork) && side.failure(name) == null) {
            out.println(name + (side == head ? "" : " of the base") + ": " + fork.failure());
          }
          side.forks.computeIfAbsent(name, key -> new ArrayList<>()).add(fork);
        });
  }

  private static boolean allWarm(Map<String, Fork> forks) {
    return forks.values().stream().allMatch(fork -> fork.warm() || failed(fork));
  }

  private static boolean failed(Fork fork) {
    return fork.failure() != null;
  }
}
