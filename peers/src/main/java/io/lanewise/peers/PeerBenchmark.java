package io.lanewise.peers;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * A task in the hands of a library, as a JMH benchmark: a process for each. The column {@code
 * operations} is in operations per ns, which is GFLOP/s or G elements/s.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PeerBenchmark {
  @Param("64x64x64 NN")
  String task;

  @Param(Peers.US)
  String peer;

  private double operations;
  private Work work;

  /** What JMH prints beside the time. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Operations of the task. */
    public double operations;
  }

  /** Fails, which JMH reports, where the library cannot be loaded, does not do it, or is wrong. */
  @Setup
  public void setup() throws UnusableException {
    Task t = Kind.task(task);
    work = Peers.load(peer).prepare(t);
    if (work == null) {
      throw new IllegalArgumentException(peer + " does not do " + task);
    }
    Turns.check(t, work);
    operations = t.operations();
  }

  @Benchmark
  public void run(Rate rate) {
    work.run();
    rate.operations += operations;
  }

  /**
   * Runs all tasks and libraries of a kind: the first argument names it, the others are JMH's, such
   * as {@code -p peer=lanewise,mkl -f 5 -rf json -rff peers.json}.
   */
  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    Kind kind = Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
    CommandLineOptions given = new CommandLineOptions(Arrays.copyOfRange(args, 1, args.length));
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given).include(PeerBenchmark.class.getName());
    if (!given.getParameter("peer").hasValue()) {
      options.param("peer", kind.peers.split(","));
    }
    if (!given.getParameter("task").hasValue()) {
      options.param("task", kind.tasks.get().stream().map(Task::name).toArray(String[]::new));
    }
    new Runner(options.build()).run();
  }
}
