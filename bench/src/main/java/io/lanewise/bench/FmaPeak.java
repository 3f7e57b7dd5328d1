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
 * What a kernel reaches is to be read as a fraction of this, from the same run.
 *
 * <p>The column {@code flops} is in FLOP per ns, that is GFLOP/s. Ten chains cover a latency of
 * five cycles on two ports and fit 16 registers with their two operands. {@code chain} is one
 * chain, bound by the latency alone: where that is 4 cycles and there are two ports, {@code fma}
 * has 8 times its rate, and less would mean that this is not the peak.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class FmaPeak {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 100_000;
  private static final int CHAINS = 10;

  // Not constants to the JIT. A chain grows to where adding a half changes nothing: it stays in
  // range.
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
    rate.flops += flops(STEPS);
    return chains(half, one, STEPS);
  }

  /** One chain. */
  @Benchmark
  public float chain(Rate rate) {
    FloatVector x = FloatVector.broadcast(F, half);
    FloatVector y = FloatVector.broadcast(F, one);
    FloatVector c = FloatVector.broadcast(F, 0f);
    for (int i = 0; i < STEPS; i++) {
      c = x.fma(y, c);
    }
    rate.flops += flops(STEPS) / CHAINS;
    return c.reduceLanes(VectorOperators.ADD);
  }

  /** Returns the floating-point operations of {@link #chains}. */
  public static double flops(int steps) {
    return 2.0 * CHAINS * F.length() * steps;
  }

  /**
   * Ten chains of c = x y + c. Not c = c x + y: the instruction writes over what is added, so C2
   * would copy y before each one. And the step of the loop is not a constant: C2 would unroll eight
   * steps and put those of a chain one behind the other, more than a processor looks ahead.
   *
   * @param x and y, which the JIT must not know; y is 1, and the step of the loop too
   */
  public static float chains(float x, float y, int steps) {
    FloatVector vx = FloatVector.broadcast(F, x);
    FloatVector vy = FloatVector.broadcast(F, y);
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
    int step = (int) y;
    for (int i = 0; i < steps; i += step) {
      c0 = vx.fma(vy, c0);
      c1 = vx.fma(vy, c1);
      c2 = vx.fma(vy, c2);
      c3 = vx.fma(vy, c3);
      c4 = vx.fma(vy, c4);
      c5 = vx.fma(vy, c5);
      c6 = vx.fma(vy, c6);
      c7 = vx.fma(vy, c7);
      c8 = vx.fma(vy, c8);
      c9 = vx.fma(vy, c9);
    }
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
