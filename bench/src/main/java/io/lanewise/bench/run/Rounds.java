package io.lanewise.bench.run;

import io.lanewise.bench.Machine;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks in rounds: each round is one fork of every benchmark with every combination of
 * parameters, in turn. So an hour in which the machine is slow is in all of them alike, and the
 * peak, the scalar kernels and the peers stand beside ours in every round.
 */
public final class Rounds {
  private final Map<BenchmarkParams, List<BenchmarkResult>> forks = new LinkedHashMap<>();
  private final PrintStream out;
  private BenchmarkParams started;

  /** Prepares; a line a fork goes to {@code out}. */
  public Rounds(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs them, and writes after every round what there is: an interrupted run leaves a result.
   *
   * @param options which benchmarks, and how
   * @param rounds how many
   * @param folder where the result, the record of the machine and JMH's log go
   * @return the file of the result
   * @throws IllegalArgumentException if no benchmark matches
   */
  public Path run(ChainedOptionsBuilder options, int rounds, Path folder) throws IOException {
    Options each = options.forks(1).addProfiler(GCProfiler.class).build();
    Machine machine = Machine.here();
    Files.createDirectories(folder);
    String name = machine.date().replace(':', '-');
    Path file = folder.resolve(name + ".json");
    try (PrintStream log =
        new PrintStream(
            new FileOutputStream(folder.resolve(name + ".log").toFile()),
            true,
            StandardCharsets.UTF_8)) {
      for (int round = 1; round <= rounds; round++) {
        out.printf(Locale.ROOT, "round %d of %d%n", round, rounds);
        Collection<RunResult> results = new Runner(each, lines(log)).run();
        for (RunResult result : results) {
          forks
              .computeIfAbsent(result.getParams(), key -> new ArrayList<>())
              .addAll(result.getBenchmarkResults());
        }
        write(file, machine);
      }
    } catch (RunnerException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return file;
  }

  private void write(Path file, Machine machine) throws IOException {
    List<RunResult> merged = new ArrayList<>();
    forks.forEach((params, results) -> merged.add(new RunResult(params, results)));
    ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString()).writeOut(merged);
    Run.write(file, machine);
  }

  /** JMH's own output goes to the log; of each fork one line comes to the terminal. */
  private OutputFormat lines(PrintStream log) {
    OutputFormat toLog = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
    return (OutputFormat)
        Proxy.newProxyInstance(
            OutputFormat.class.getClassLoader(),
            new Class<?>[] {OutputFormat.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("startBenchmark")) {
                started = (BenchmarkParams) arguments[0];
              }
              if (method.getName().equals("endBenchmark")) {
                // A peer that cannot be loaded, or whose result is wrong, has none.
                BenchmarkResult result = (BenchmarkResult) arguments[0];
                String name = name(started);
                out.println(name + (result == null ? ": FAILED, see the log" : line(name, result)));
              }
              try {
                return method.invoke(toLog, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static String name(BenchmarkParams params) {
    StringBuilder name = new StringBuilder();
    name.append(params.getBenchmark().replaceAll(".*\\.(?=.*\\.)", ""));
    params.getParamsKeys().forEach(key -> name.append(' ').append(params.getParam(key)));
    return name.toString();
  }

  private static String line(String name, BenchmarkResult result) {
    Map<String, Score> counters = new LinkedHashMap<>();
    result.getSecondaryResults().forEach((key, rate) -> counters.put(key, score(rate)));
    return ": " + Units.text(name, score(result.getPrimaryResult()), counters);
  }

  private static Score score(Result<?> result) {
    return new Score(result.getScore(), result.getScoreUnit(), null);
  }
}
