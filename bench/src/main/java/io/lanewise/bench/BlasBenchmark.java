package io.lanewise.bench;

import io.lanewise.kernel.Blas;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Transpose;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * The products of BLAS on one thread. The column {@code flops} is in GFLOP/s; half of it times 4 is
 * GB/s of A for sgemv. alpha 1 and beta 0 are the plain product.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class BlasBenchmark {
  /** The factors. */
  @State(Scope.Thread)
  public static class Factors {
    /** alpha and beta. */
    @Param({"1 0", "0.5 0", "0.5 1"})
    String factors;

    private float alpha;
    private float beta;

    /** Reads them. */
    @Setup
    public void setup() {
      alpha = Float.parseFloat(factors.split(" ")[0]);
      beta = Float.parseFloat(factors.split(" ")[1]);
    }
  }

  /** The operands of sgemm. */
  @State(Scope.Thread)
  public static class Matrices {
    /** m x n x k. */
    @Param({"512x512x512", "1024x1024x1024", "128x512x784"})
    String shape;

    private int m;
    private int n;
    private int k;
    private float[] a;
    private float[] b;
    private float[] c;

    /** Draws them. */
    @Setup
    public void setup() {
      String[] parts = shape.split("x");
      m = Integer.parseInt(parts[0]);
      n = Integer.parseInt(parts[1]);
      k = Integer.parseInt(parts[2]);
      SplittableRandom random = new SplittableRandom(1);
      a = MatmulBenchmark.uniform(random, m * k);
      b = MatmulBenchmark.uniform(random, k * n);
      c = new float[m * n];
    }
  }

  /** The operands of sgemv. */
  @State(Scope.Thread)
  public static class Vectors {
    /** The shape of A. */
    @Param({"784x512", "512x784"})
    String shape;

    /** Whether it is A'. */
    @Param({"false", "true"})
    boolean transposed;

    private int m;
    private int n;
    private float[] a;
    private float[] x;
    private float[] y;

    /** Draws them. */
    @Setup
    public void setup() {
      m = Integer.parseInt(shape.split("x")[0]);
      n = Integer.parseInt(shape.split("x")[1]);
      SplittableRandom random = new SplittableRandom(1);
      a = MatmulBenchmark.uniform(random, m * n);
      x = MatmulBenchmark.uniform(random, Math.max(m, n));
      y = new float[Math.max(m, n)];
    }
  }

  private final Blas blas = Blas.of(KernelLookup.named("simd"));

  /** C = alpha A B + beta C. */
  @Benchmark
  public float[] sgemm(Matrices s, Factors f, MatmulBenchmark.Rate rate) {
    blas.sgemm(Transpose.NN, s.m, s.n, s.k, f.alpha, s.a, 0, s.k, s.b, 0, s.n, f.beta, s.c, 0, s.n);
    rate.flops += 2.0 * s.m * s.n * s.k;
    return s.c;
  }

  /** y = alpha op(A) x + beta y. */
  @Benchmark
  public float[] sgemv(Vectors s, Factors f, MatmulBenchmark.Rate rate) {
    blas.sgemv(s.transposed, s.m, s.n, f.alpha, s.a, 0, s.n, s.x, 0, 1, f.beta, s.y, 0, 1);
    rate.flops += 2.0 * s.m * s.n;
    return s.y;
  }
}
