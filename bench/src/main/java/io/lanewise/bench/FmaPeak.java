package io.lanewise.bench;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The peak of one core: fused multiply-adds on registers only, in vectors of the preferred species.
 * What {@link MatmulBenchmark} reaches is to be read as a fraction of this, from the same run.
 *
 * <p>The column {@code flops} is in FLOP per ns, that is GFLOP/s. Ten chains cover a latency of
 * five cycles on two ports and fit 16 registers with their two operands.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FmaPeak {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 100_000;
  private static final int CHAINS = 10;

  // Not constants to the JIT. x -> x/2 + 1 stays in range.
  private float half = 0.5f;
  private float one = 1f;

  /** The rate that JMH prints beside that of the calls. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Floating-point operations; an FMA is two. */
    public double flops;
  }

  /** Ten independent chains. */
  @Benchmark
  public float fma(Rate rate) {
    FloatVector x = FloatVector.broadcast(F, half);
    FloatVector y = FloatVector.broadcast(F, one);
    FloatVector c0 = FloatVector.broadcast(F, 0f);
    FloatVector c1 = FloatVector.broadcast(F, 1f);
    FloatVector c2 = FloatVector.broadcast(F, 2f);
    FloatVector c3 = FloatVector.broadcast(F, 3f);
    FloatVector c4 = FloatVector.broadcast(F, 4f);
    FloatVector c5 = FloatVector.broadcast(F, 5f);
    FloatVector c6 = FloatVector.broadcast(F, 6f);
    FloatVector c7 = FloatVector.broadcast(F, 7f);
    FloatVector c8 = FloatVector.broadcast(F, 8f);
    FloatVector c9 = FloatVector.broadcast(F, 9f);
    for (int i = 0; i < STEPS; i++) {
      c0 = c0.fma(x, y);
      c1 = c1.fma(x, y);
      c2 = c2.fma(x, y);
      c3 = c3.fma(x, y);
      c4 = c4.fma(x, y);
      c5 = c5.fma(x, y);
      c6 = c6.fma(x, y);
      c7 = c7.fma(x, y);
      c8 = c8.fma(x, y);
      c9 = c9.fma(x, y);
    }
    rate.flops += 2.0 * CHAINS * F.length() * STEPS;
    return c0.add(c1)
        .add(c2)
        .add(c3)
        .add(c4)
        .add(c5)
        .add(c6)
        .add(c7)
        .add(c8)
        .add(c9)
        .reduceLanes(VectorOperators.ADD);
  }
}
