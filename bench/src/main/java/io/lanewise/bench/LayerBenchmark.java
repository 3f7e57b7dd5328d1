package io.lanewise.bench;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;
import java.util.SplittableRandom;
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

/**
 * The layers that are no product: norms with their gradients, dropout, residual sums. The column
 * {@code elements} is in elements per ns, that is G elements/s.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LayerBenchmark {
  /** The rate that JMH prints beside that of the calls. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Elements of the matrix. */
    public double elements;
  }

  /** Inputs and gradients, uniform in (-1, 1); outputs are arrays of their own. */
  @State(Scope.Thread)
  public static class Batch {
    @Param({"128x10", "128x64", "128x512"})
    String shape;

    @Param({"scalar", "simd"})
    String kernels;

    LayerKernels impl;
    DropoutMask mask;
    Norm columns;
    Norm rows;
    int m;
    int n;
    float[] x;
    float[] dy;
    float[] out;
    float[] sums;
    float[] moreSums;
    int step;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels).layers();
      mask = DropoutMask.plain(0.5);
      String[] parts = shape.split("x");
      m = Integer.parseInt(parts[0]);
      n = Integer.parseInt(parts[1]);
      SplittableRandom random = new SplittableRandom(1);
      x = MatmulBenchmark.uniform(random, m * n);
      dy = MatmulBenchmark.uniform(random, m * n);
      out = new float[m * n];
      sums = new float[n];
      moreSums = new float[n];
      float[] gamma = MatmulBenchmark.uniform(random, n);
      float[] beta = MatmulBenchmark.uniform(random, n);
      columns = new Norm(gamma, 0, beta, 0, new float[n], 0, new float[n], 0);
      rows = new Norm(gamma, 0, beta, 0, new float[m], 0, new float[m], 0);
      impl.columnMoments(m, n, x, 0, n, columns.mean(), 0, columns.rstd(), 0);
      impl.layerNorm(m, n, x, 0, n, rows, 1e-5f, out, 0, n);
    }
  }

  @Benchmark
  public float[] columnMoments(Batch s, Rate rate) {
    s.impl.columnMoments(s.m, s.n, s.x, 0, s.n, s.sums, 0, s.moreSums, 0);
    rate.elements += s.x.length;
    return s.moreSums;
  }

  @Benchmark
  public float[] normalize(Batch s, Rate rate) {
    s.impl.normalize(
        s.m,
        s.n,
        s.x,
        0,
        s.n,
        s.columns.mean(),
        0,
        s.columns.gamma(),
        0,
        s.columns.beta(),
        0,
        s.out,
        0,
        s.n);
    rate.elements += s.x.length;
    return s.out;
  }

  @Benchmark
  public float[] batchNormBackward(Batch s, Rate rate) {
    s.impl.batchNormBackward(
        s.m, s.n, s.x, 0, s.n, s.columns, s.dy, 0, s.n, s.out, 0, s.n, s.sums, 0, s.moreSums, 0);
    rate.elements += s.x.length;
    return s.out;
  }

  @Benchmark
  public float[] layerNorm(Batch s, Rate rate) {
    s.impl.layerNorm(s.m, s.n, s.x, 0, s.n, s.rows, 1e-5f, s.out, 0, s.n);
    rate.elements += s.x.length;
    return s.out;
  }

  @Benchmark
  public float[] layerNormBackward(Batch s, Rate rate) {
    s.impl.layerNormBackward(
        s.m, s.n, s.x, 0, s.n, s.rows, s.dy, 0, s.n, s.out, 0, s.n, s.sums, 0, s.moreSums, 0);
    rate.elements += s.x.length;
    return s.out;
  }

  /** Each call has words of its own, as each step of a training. */
  @Benchmark
  public float[] dropout(Batch s, Rate rate) {
    s.impl.dropout(s.mask, s.m, s.n, 1, s.step++ & 0xFFFF, 0, s.x, 0, s.n, s.out, 0, s.n);
    rate.elements += s.x.length;
    return s.out;
  }

  @Benchmark
  public float[] add(Batch s, Rate rate) {
    s.impl.add(s.m, s.n, s.x, 0, s.n, s.dy, 0, s.n, s.out, 0, s.n);
    rate.elements += s.x.length;
    return s.out;
  }
}
