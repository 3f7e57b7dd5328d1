package io.lanewise.bench;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
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
    int elements;
    float scale;
    int[] labels;
    Matrix z;
    Matrix y;
    Matrix p;
    Matrix out;
    Matrix sums;
    Matrix rowLoss;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      String[] parts = shape.split("x");
      int m = Integer.parseInt(parts[0]);
      int n = Integer.parseInt(parts[1]);
      elements = m * n;
      scale = 1f / m;
      SplittableRandom random = new SplittableRandom(1);
      z = new Matrix(m, n);
      for (int i = 0; i < elements; i++) {
        z.array()[i] = (float) random.nextDouble(-4, 4);
      }
      p = new Matrix(m, n);
      impl.softmax(z, p);
      labels = new int[m];
      y = new Matrix(m, n);
      for (int i = 0; i < m; i++) {
        labels[i] = random.nextInt(n);
        y.array()[i * n + labels[i]] = 1f;
      }
      out = new Matrix(m, n);
      sums = new Matrix(1, n);
      rowLoss = new Matrix(m, 1);
    }
  }

  /** A loss of float targets. */
  @State(Scope.Thread)
  public static class Loss {
    @Param LossFunction.Kind loss;

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
    Matrix p;
    Matrix g;
    Matrix m1;
    Matrix m2;

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      SplittableRandom random = new SplittableRandom(1);
      p = MatmulBenchmark.uniform(random, 1, length);
      g = MatmulBenchmark.uniform(random, 1, length);
      m1 = new Matrix(1, length);
      m2 = new Matrix(1, length);
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
      update = new Update(rule);
      update.step = -0x1p-40f;
      update.momentum = 0.9f;
      update.weight1 = 0.1f;
      update.beta2 = 0.999f;
      update.weight2 = 0.001f;
      update.rootScale = 1f;
      update.epsilon = 1e-8f;
      update.decay = 0.01f;
      if (gradients.equals("clipped")) {
        update.gradientScale = 0.5f;
        update.limit = 0.25f;
        update.l1 = 1e-4f;
        update.weightDecay = 1e-4f;
      }
    }
  }

  @Benchmark
  public Matrix softmax(Batch s, Rate rate) {
    s.impl.softmax(s.z, s.out);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix softmaxBackward(Batch s, Rate rate) {
    s.impl.softmaxBackward(s.p, s.z, s.out);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix crossEntropy(Batch s, Rate rate) {
    s.impl.crossEntropy(s.z, s.labels, 0, s.scale, s.out, s.rowLoss);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix loss(Batch s, Loss l, Rate rate) {
    s.impl.loss(l.function, s.z, s.y, s.scale, s.out, s.rowLoss);
    rate.elements += s.elements;
    return s.out;
  }

  @Benchmark
  public Matrix columnSums(Batch s, Rate rate) {
    s.impl.columnSums(s.z, s.sums);
    rate.elements += s.elements;
    return s.sums;
  }

  @Benchmark
  public Matrix copy(Parameters s, Rate rate) {
    System.arraycopy(s.g.array(), 0, s.m1.array(), 0, s.length);
    rate.elements += s.length;
    return s.m1;
  }

  @Benchmark
  public Matrix update(Parameters s, Rule r, Rate rate) {
    int states = r.rule.states();
    s.impl.update(r.update, s.p, s.g, states > 0 ? s.m1 : null, states > 1 ? s.m2 : null);
    rate.elements += s.length;
    return s.p;
  }

  @Benchmark
  public double sumOfSquares(Parameters s, Rate rate) {
    rate.elements += s.length;
    return s.impl.sumOfSquares(s.g);
  }
}
