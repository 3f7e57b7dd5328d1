package io.lanewise.bench.run;

import io.lanewise.bench.FmaPeak;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a benchmark must not be. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class Traps {
  private static final int STEPS = 100_000;
  private float half = 0.5f;

  @Benchmark
  public void empty() {}

  /** Says what it does, and leaves the result where nobody sees it: the JIT does nothing. */
  @Benchmark
  public void dead(FmaPeak.Rate rate) {
    float x = half;
    for (int i = 0; i < STEPS; i++) {
      x = Math.fma(x, half, 1f);
    }
    rate.flops += 2.0 * STEPS;
  }

  /** The same, and the result is used. */
  @Benchmark
  public float alive(FmaPeak.Rate rate) {
    float x = half;
    for (int i = 0; i < STEPS; i++) {
      x = Math.fma(x, half, 1f);
    }
    rate.flops += 2.0 * STEPS;
    return x;
  }
}
