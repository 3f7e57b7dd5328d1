package io.lanewise.bench;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
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

    Kernels impl;
    DropoutMask mask;
    Norm columns;
    Norm rows;
    int elements;
    Matrix x;
    Matrix dy;
    Matrix out;
    Matrix sums;
    Matrix moreSums;
    int step;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      mask = DropoutMask.plain(0.5);
      String[] parts = shape.split("x");
      int m = Integer.parseInt(parts[0]);
      int n = Integer.parseInt(parts[1]);
      elements = m * n;
      SplittableRandom random = new SplittableRandom(1);
      x = MatmulBenchmark.uniform(random, m, n);
      dy = MatmulBenchmark.uniform(random, m, n);
      out = new Matrix(m, n);
      sums = new Matrix(1, n);
      moreSums = new Matrix(1, n);
      Matrix gamma = MatmulBenchmark.uniform(random, 1, n);
      Matrix beta = MatmulBenchmark.uniform(random, 1, n);
      columns = new Norm(gamma, beta, new Matrix(1, n), new Matrix(1, n));
      rows = new Norm(gamma, beta, new Matrix(m, 1), new Matrix(m, 1));
      impl.columnMoments(x, columns.mean(), columns.rstd());
      impl.layerNorm(x, rows, 1e-5f, out);
    }
  }

  @Benchmark
  public Matrix columnMoments(Batch s, Rate rate) {
    s.impl.columnMoments(s.x, s.sums, s.moreSums);
    rate.elements += s.elements;
    return s.moreSums;
  }

  @Benchmark
  public Matrix normalize(Batch s, Rate rate) {
    s.impl.normalize(s.x, s.columns.mean(), s.columns.gamma(), s.columns.beta(), s.out);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix batchNormBackward(Batch s, Rate rate) {
    s.impl.batchNormBackward(s.x, s.columns, s.dy, s.out, s.sums, s.moreSums);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix layerNorm(Batch s, Rate rate) {
    s.impl.layerNorm(s.x, s.rows, 1e-5f, s.out);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix layerNormBackward(Batch s, Rate rate) {
    s.impl.layerNormBackward(s.x, s.rows, s.dy, s.out, s.sums, s.moreSums);
    rate.elements += s.elements;
    return s.out;
  }

  /** Each call has words of its own, as each step of a training. */
  @Benchmark
  public Matrix dropout(Batch s, Rate rate) {
    s.impl.dropout(s.mask, 1, s.step++ & 0xFFFF, 0, s.x, s.out);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix add(Batch s, Rate rate) {
    s.impl.add(s.x, s.dy, s.out);
    rate.elements += s.elements;
    return s.out;
  }
}
