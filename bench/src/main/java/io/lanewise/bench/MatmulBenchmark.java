package io.lanewise.bench;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
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
 * The matrix product on one thread: squares, the three products of a dense layer (X W, X'dZ, dZ W')
 * of 784-512-512-10 at batch 128, and one row.
 *
 * <p>The column {@code flops} is in FLOP per ns, that is GFLOP/s: 2 m n k a call. Compare it with
 * {@link FmaPeak} of the same run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class MatmulBenchmark {
  /** m x n x k and the form. */
  @Param({
    "64x64x64 NN",
    "128x128x128 NN",
    "256x256x256 NN",
    "512x512x512 NN",
    "1024x1024x1024 NN",
    "2048x2048x2048 NN",
    "128x512x784 NN",
    "784x512x128 TN",
    "128x784x512 NT",
    "128x512x512 NN",
    "512x512x128 TN",
    "128x512x512 NT",
    "128x10x512 NN",
    "512x10x128 TN",
    "128x512x10 NT",
    "1x512x784 NN",
    "784x512x1 TN",
    "1x784x512 NT"
  })
  String shape;

  @Param({"scalar", "simd"})
  String kernels;

  private Kernels impl;
  private Transpose form;
  private Matrix a;
  private Matrix b;
  private Matrix c;
  private Matrix bias;
  private double flops;

  /** The rate that JMH prints beside that of the calls. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Floating-point operations; an FMA is two. */
    public double flops;
  }

  @Setup
  public void setup() {
    impl = KernelLookup.named(kernels);
    String[] parts = shape.split("[x ]");
    int m = Integer.parseInt(parts[0]);
    int n = Integer.parseInt(parts[1]);
    int k = Integer.parseInt(parts[2]);
    form = Transpose.valueOf(parts[3]);
    SplittableRandom random = new SplittableRandom(1);
    a = form.a() ? uniform(random, k, m) : uniform(random, m, k);
    b = form.b() ? uniform(random, n, k) : uniform(random, k, n);
    c = new Matrix(m, n);
    bias = uniform(random, 1, n);
    flops = 2.0 * m * n * k;
  }

  static Matrix uniform(SplittableRandom random, int rows, int columns) {
    return new Matrix(uniform(random, rows * columns), rows, columns);
  }

  static float[] uniform(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  /** C = op(A) op(B) + bias; C is returned so that it counts as used. */
  @Benchmark
  public Matrix matmul(Rate rate) {
    impl.matmul(form, a, b, c, Epilogue.BIAS, bias, null);
    rate.flops += flops;
    return c;
  }
}
