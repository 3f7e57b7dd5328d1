package io.lanewise.gate;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** As somebody else writes it: parameters, several modes, a time unit of its own. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StrangerBenchmark {
  @Param({"10", "1000"})
  int size;

  /** Allocates. */
  @Benchmark
  @BenchmarkMode({Mode.Throughput, Mode.AverageTime, Mode.SampleTime, Mode.SingleShotTime})
  public byte[] array() {
    return new byte[size];
  }

  /** Works with one of its parameters. */
  @Benchmark
  public int throwing() {
    if (size == 10) {
      throw new IllegalStateException("it's\nbroken", new IllegalArgumentException("the cause"));
    }
    return size;
  }

  /** Another one. */
  @Benchmark
  public int nothing() {
    return size;
  }
}
