package io.lanewise.bench;

import io.lanewise.bench.gate.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code lanewise bench}. Exit codes as of the command line. */
@Command(
    name = "lanewise bench",
    description = "Measures the kernels, and holds them against a baseline.",
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "Which benchmarks, or which cases of the gate: found in their names.")
  private Pattern filter;

  @Option(names = "--check", description = "Fail if a kernel became slower than the baseline.")
  private boolean check;

  @Option(names = "--update-baseline", description = "Measure the baseline anew.")
  private boolean updateBaseline;

  @Option(names = "--baseline", description = "The baseline's file.")
  private Path baseline = BenchHome.path().resolve("baseline.json");

  @Option(names = "--rounds", defaultValue = "3", description = "Forks of each (${DEFAULT-VALUE}).")
  private int rounds;

  private Main() {}

  /** Runs it and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Gate gate = new Gate(filter, rounds, baseline, System.out);
    if (updateBaseline) {
      gate.updateBaseline();
      return 0;
    }
    return gate.check();
  }
}
