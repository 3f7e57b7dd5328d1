package io.lanewise.bench;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.Update;
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
 * What is not a matrix product and not a function of each element: softmax and the losses with
 * their gradients, sums of columns, and the optimizers' updates.
 *
 * <p>The column {@code elements} is in elements per ns, that is G elements/s. {@code copy} is what
 * the caches give for one load and one store of each.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowBenchmark {
  /** The rate that JMH prints beside that of the calls. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Elements of the matrix, or parameters. */
    public double elements;
  }

  /** Logits, uniform in (-4, 4), and targets that are probabilities of 0 and 1. */
  @State(Scope.Thread)
  public static class Batch {
    @Param({"128x10", "6554x10", "128x64", "64x1024"})
    String shape;

    @Param({"scalar", "simd"})
    String kernels;

    Kernels impl;
    int m;
    int n;
    int[] labels;
    float[] z;
    float[] y;
    float[] p;
    float[] out;
    float[] sums;
    float[] rowLoss;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      String[] parts = shape.split("x");
      m = Integer.parseInt(parts[0]);
      n = Integer.parseInt(parts[1]);
      SplittableRandom random = new SplittableRandom(1);
      z = new float[m * n];
      for (int i = 0; i < z.length; i++) {
        z[i] = (float) random.nextDouble(-4, 4);
      }
      p = new float[m * n];
      impl.softmax(m, n, z, 0, n, p, 0, n);
      labels = new int[m];
      y = new float[m * n];
      for (int i = 0; i < m; i++) {
        labels[i] = random.nextInt(n);
        y[i * n + labels[i]] = 1f;
      }
      out = new float[m * n];
      sums = new float[n];
      rowLoss = new float[m];
    }
  }

  /** A loss of float targets. */
  @State(Scope.Thread)
  public static class Loss {
    @Param LossKernel loss;

    LossFunction function;

    @Setup
    public void setup() {
      function = LossFunction.of(loss);
    }
  }

  /** Parameters, gradients and moments: 64K in L2, and those of 784-512-512-10. */
  @State(Scope.Thread)
  public static class Parameters {
    @Param({"65536", "669706"})
    int length;

    @Param({"scalar", "simd"})
    String kernels;

    Kernels impl;
    float[] p;
    float[] g;
    float[] m1;
    float[] m2;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      SplittableRandom random = new SplittableRandom(1);
      p = MatmulBenchmark.uniform(random, length);
      g = MatmulBenchmark.uniform(random, length);
      m1 = new float[length];
      m2 = new float[length];
    }
  }

  /** A rule of an optimizer, at a rate so small that the parameters stay in range. */
  @State(Scope.Thread)
  public static class Rule {
    @Param Update.Rule rule;

    /** How the gradients are prepared: not at all, or also clipped to values and penalized. */
    @Param({"plain", "clipped"})
    String gradients;

    Update update;

    @Setup
    public void setup() {
      update =
          new Update(rule)
              .rate(0x1p-40f)
              .momentum(0.9f)
              .weight1(0.1f)
              .beta2(0.999f)
              .weight2(0.001f)
              .rootScale(1f)
              .epsilon(1e-8f)
              .decay(0.01f);
      if (gradients.equals("clipped")) {
        update.gradientScale(0.5f).limit(0.25f).l1(1e-4f).weightDecay(1e-4f);
      }
    }
  }

  @Benchmark
  public float[] softmax(Batch s, Rate rate) {
    s.impl.softmax(s.m, s.n, s.z, 0, s.n, s.out, 0, s.n);
    rate.elements += s.z.length;
    return s.out;
  }

  @Benchmark
  public float[] softmaxBackward(Batch s, Rate rate) {
    s.impl.softmaxBackward(s.m, s.n, s.p, 0, s.n, s.z, 0, s.n, s.out, 0, s.n);
    rate.elements += s.z.length;
    return s.out;
  }

  @Benchmark
  public float[] crossEntropy(Batch s, Rate rate) {
    s.impl.crossEntropy(s.m, s.n, s.z, 0, s.n, s.labels, 0, 1f / s.m, s.out, 0, s.n, s.rowLoss, 0);
    rate.elements += s.z.length;
    return s.out;
  }

  @Benchmark
  public float[] loss(Batch s, Loss l, Rate rate) {
    s.impl.loss(
        l.function, s.m, s.n, s.z, 0, s.n, s.y, 0, s.n, 1f / s.m, s.out, 0, s.n, s.rowLoss, 0);
    rate.elements += s.z.length;
    return s.out;
  }

  @Benchmark
  public float[] columnSums(Batch s, Rate rate) {
    s.impl.columnSums(s.m, s.n, s.z, 0, s.n, s.sums, 0);
    rate.elements += s.z.length;
    return s.sums;
  }

  @Benchmark
  public float[] copy(Parameters s, Rate rate) {
    System.arraycopy(s.g, 0, s.m1, 0, s.length);
    rate.elements += s.length;
    return s.m1;
  }

  @Benchmark
  public float[] update(Parameters s, Rule r, Rate rate) {
    s.impl.updates().update(r.update, s.length, s.p, 0, s.g, 0, s.m1, 0, s.m2, 0);
    rate.elements += s.length;
    return s.p;
  }

  @Benchmark
  public double sumOfSquares(Parameters s, Rate rate) {
    rate.elements += s.length;
    return s.impl.updates().sumOfSquares(s.length, s.g, 0);
  }
}
