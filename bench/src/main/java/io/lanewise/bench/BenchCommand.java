package io.lanewise.bench;

import io.lanewise.bench.gate.KernelGate;
import io.lanewise.bench.report.Report;
import io.lanewise.bench.run.Plan;
import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Rounds;
import io.lanewise.bench.run.Run;
import io.lanewise.gate.GatePlan;
import io.lanewise.gate.GateReport;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code lanewise bench}. Exit codes are those of the command line. */
@Command(
    name = "lanewise bench",
    description = "Measures the kernels: runs benchmarks, guards a baseline, writes a report.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit codes: 0 done; 1 a kernel became slower, allocates or cannot be right;",
      "2 bad usage, or no baseline for this lane width; 3 undecided: the machine is too noisy.",
      "",
      "Examples:",
      "  lanewise bench matmul -p shape=\"512x512x512 NN\" --rounds 5",
      "  lanewise bench matmul --list",
      "  lanewise bench --check",
      "  lanewise bench --report"
    })
public final class BenchCommand implements Callable<Integer> {
  /** What to do instead of running benchmarks. */
  private static final class Mode {
    @Option(
        names = "--check",
        required = true,
        description = "Fail if a kernel became slower than the baseline, or allocates.")
    private boolean check;

    @Option(
        names = "--update-baseline",
        required = true,
        description = "Measure the baseline of this lane width and processor anew.")
    private boolean updateBaseline;

    @Option(
        names = "--report",
        required = true,
        description = "Write an HTML page of the stored runs, or of the files that are named.")
    private boolean report;
  }

  @ArgGroup private Mode mode = new Mode();

  @Parameters(
      paramLabel = "REGEX",
      description =
          "Which benchmarks, or cases of the gate, found in their names; the files of a report.")
  private List<String> arguments = List.of();

  @Option(names = "-p", paramLabel = "NAME=A,B", description = "Values of a benchmark's parameter.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description =
          "Forks of each benchmark, in turn (${DEFAULT-VALUE}); a baseline takes 3 times as many.")
  private int rounds;

  @Option(names = "--warmup", paramLabel = "N", description = "Iterations of warm-up.")
  private Integer warmup;

  @Option(names = "--iterations", paramLabel = "N", description = "Iterations that count.")
  private Integer iterations;

  @Option(names = "--time", paramLabel = "SECONDS", description = "Length of an iteration.")
  private Double seconds;

  @Option(
      names = "--out",
      description = "The folder of the results, bench/results; or the report's file.")
  private Path out;

  @Option(names = "--baseline", description = "The baseline's file, bench/baseline.json.")
  private Path baseline = BenchHome.path().resolve("baseline.json");

  @Option(
      names = "--tolerance",
      paramLabel = "FRACTION",
      description =
          "The loss that --check lets pass: 0.05, and 0.3 against another processor's baseline.")
  private Double tolerance;

  @Option(names = "--strict", description = "With --check: undecided fails, exit code 1.")
  private boolean strict;

  @Option(
      names = "--list",
      description = "Only list what would run, and how long it takes; of the gate with --check.")
  private boolean list;

  @Option(
      names = "--rulers",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Runs the FMA peak and the bandwidths beside the benchmarks; without them nothing says"
              + " what the machine can do, and the report has no roofline. Default: true.")
  private boolean rulers;

  private BenchCommand() {}

  /** Runs it and exits. */
  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new BenchCommand());
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setParameterExceptionHandler(
        (e, all) -> {
          commandLine
              .getErr()
              .println("lanewise bench: " + e.getMessage() + "; see lanewise bench --help");
          return 2;
        });
    commandLine.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          String what = e instanceof NoSuchFileException ? ": no such file or folder" : "";
          command.getErr().println("lanewise bench: " + e.getMessage() + what);
          return e instanceof IllegalArgumentException || e instanceof IOException ? 2 : 1;
        });
    System.exit(commandLine.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rounds < 1) {
      throw new IllegalArgumentException("--rounds must be >= 1, got " + rounds);
    }
    if (tolerance != null && !(mode.check && tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "--tolerance goes with --check and must be in (0, 1), got " + tolerance);
    }
    if (strict && !mode.check) {
      throw new IllegalArgumentException("--strict goes with --check");
    }
    if (mode.report) {
      if (list) {
        throw new IllegalArgumentException("--list does not go with --report, which runs nothing");
      }
      return report();
    }
    if (mode.check || mode.updateBaseline) {
      return gate();
    }
    return benchmarks();
  }

  /** A check is kept beside the runs, for the history of the report. */
  private int gate() throws IOException, InterruptedException {
    GatePlan plan = new GatePlan(filter(), rounds, tolerance, strict);
    if (list) {
      KernelGate.list(plan, System.out);
      return 0;
    }
    if (mode.updateBaseline) {
      return KernelGate.updateBaseline(plan, baseline, System.out);
    }
    GateReport report = KernelGate.check(plan, baseline, System.out);
    if (!report.verdicts().isEmpty()) {
      report.keep(results());
    }
    return report.exit();
  }

  private Pattern filter() {
    try {
      return Pattern.compile(String.join("|", arguments));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a regular expression: " + e.getMessage(), e);
    }
  }

  private Path results() {
    return BenchHome.path().resolve("results");
  }

  private int benchmarks() throws IOException {
    ChainedOptionsBuilder options = new OptionsBuilder().include(filter().pattern());
    if (rulers) {
      Plan.RULERS.forEach(options::include);
    }
    parameters.forEach((name, values) -> options.param(name, values.split(",")));
    if (warmup != null) {
      options.warmupIterations(warmup);
    }
    if (iterations != null) {
      options.measurementIterations(iterations);
    }
    if (seconds != null) {
      TimeValue time = TimeValue.milliseconds(Math.max(1, Math.round(1000 * seconds)));
      options.warmupTime(time).measurementTime(time);
    }
    Plan plan = Plan.of(filter().pattern(), rulers, parameters, options.build());
    if (list) {
      plan.list(System.out);
    }
    System.out.println(plan.describe(rounds));
    if (list) {
      return 0;
    }
    Path folder = out == null ? results() : out;
    Path file = new Rounds(System.out).run(options, rounds, folder);
    System.out.println("wrote " + file);
    List<Result> impossible = Run.read(file).impossible();
    impossible.forEach(
        r ->
            System.out.printf(
                Locale.ROOT,
                "IMPOSSIBLE %s %s: %.1f GFLOP/s is more than the peak; its work was not done%n",
                r.name(),
                r.task(),
                r.gflops()));
    return impossible.isEmpty() ? 0 : 1;
  }

  private int report() throws IOException {
    List<Path> files =
        arguments.isEmpty() ? Run.in(results()) : arguments.stream().map(Path::of).toList();
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "no results in " + results() + ": run lanewise bench first, or name files");
    }
    List<Run> runs = new ArrayList<>();
    for (Path file : files) {
      runs.add(Run.read(file));
    }
    Path page = out == null ? results().resolve("report.html") : out;
    new Report(runs, arguments.isEmpty() ? Run.gates(results()) : List.of()).write(page);
    System.out.println("wrote " + page);
    return 0;
  }
}
