package io.lanewise.bench;

import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one core can read, and read and write, by the size of the data: the slopes of the roofline.
 *
 * <p>The column {@code bytes} is in bytes per ns, that is GB/s. A store counts once, though it may
 * first read the line.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class Bandwidth {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int STRIDE = 8 * F.length();

  /** The bytes that a call goes over, all arrays together. */
  @Param({"16", "32", "256", "512", "1024", "1536", "4096", "16384", "65536", "262144"})
  int kib;

  private float[] a;
  private float[] b;
  private float[] c;
  private float[] all;
  private float factor = 0.5f;

  /** The rate that JMH prints beside that of the calls. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Bytes loaded and stored. */
    public double bytes;
  }

  /** Whole strides only. */
  @Setup
  public void setup() {
    int floats = kib * (1024 / Float.BYTES);
    SplittableRandom random = new SplittableRandom(1);
    int third = floats / 3 / STRIDE * STRIDE;
    all = MatmulBenchmark.uniform(random, floats / STRIDE * STRIDE);
    a = new float[third];
    b = MatmulBenchmark.uniform(random, third);
    c = MatmulBenchmark.uniform(random, third);
  }

  /** The sum of an array. */
  @Benchmark
  public float read(Rate rate) {
    rate.bytes += (double) all.length * Float.BYTES;
    return sum(all);
  }

  /** Two loads and a store. */
  @Benchmark
  public float[] triad(Rate rate) {
    rate.bytes += 3.0 * a.length * Float.BYTES;
    triad(a, b, c, factor);
    return a;
  }

  /**
   * Adds a whole number of strides of 8 vectors, in eight chains, so that the loads are the limit.
   */
  public static float sum(float[] x) {
    int l = F.length();
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int i = 0; i <= x.length - STRIDE; i += STRIDE) {
      s0 = s0.add(FloatVector.fromArray(F, x, i));
      s1 = s1.add(FloatVector.fromArray(F, x, i + l));
      s2 = s2.add(FloatVector.fromArray(F, x, i + 2 * l));
      s3 = s3.add(FloatVector.fromArray(F, x, i + 3 * l));
      s4 = s4.add(FloatVector.fromArray(F, x, i + 4 * l));
      s5 = s5.add(FloatVector.fromArray(F, x, i + 5 * l));
      s6 = s6.add(FloatVector.fromArray(F, x, i + 6 * l));
      s7 = s7.add(FloatVector.fromArray(F, x, i + 7 * l));
    }
    FloatVector low = s0.add(s1).add(s2.add(s3));
    FloatVector high = s4.add(s5).add(s6.add(s7));
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }

  /** a = b + factor c, a whole number of vectors. */
  public static void triad(float[] a, float[] b, float[] c, float factor) {
    FloatVector f = FloatVector.broadcast(F, factor);
    for (int i = 0; i <= a.length - F.length(); i += F.length()) {
      FloatVector vb = FloatVector.fromArray(F, b, i);
      FloatVector.fromArray(F, c, i).fma(f, vb).intoArray(a, i);
    }
  }
}
