package io.lanewise.bench;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Activations and functions of 64K floats, uniform in (-4, 4), or (0, 8) for the logarithms. An
 * operation is one element, so a score is in elements per ns, that is G elements/s.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ActivationBenchmark.LENGTH)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ActivationBenchmark {
  static final int LENGTH = 65_536;

  /** An activation and its derivative, from a pristine input into another array. */
  @State(Scope.Thread)
  public static class Activations {
    @Param({
      "RELU",
      "LEAKY_RELU",
      "ELU",
      "SELU",
      "SIGMOID",
      "TANH",
      "SOFTPLUS",
      "SILU",
      "GELU",
      "HARD_SIGMOID",
      "HARD_SWISH",
      "SOFTSIGN",
      "CLIPPED_RELU",
      "MISH",
      "GELU_TANH"
    })
    Activation.Kind activation;

    @Param({"scalar", "simd"})
    String kernels;

    Kernels impl;
    Activation f;
    Matrix saved;
    final Matrix z = new Matrix(1, LENGTH);
    final Matrix da = new Matrix(1, LENGTH);
    final Matrix out = new Matrix(1, LENGTH);

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      f = Activation.of(activation);
      fill(z, -4, 4);
      fill(da, -1, 1);
      saved = new Matrix(z.array().clone(), 1, LENGTH);
      if (!f.savesInput()) {
        impl.activate(f, z, saved);
      }
    }
  }

  /** A function that is not an activation. */
  @State(Scope.Thread)
  public static class Functions {
    @Param Function function;

    @Param({"scalar", "simd"})
    String kernels;

    Kernels impl;
    final Matrix x = new Matrix(1, LENGTH);
    final Matrix out = new Matrix(1, LENGTH);

    @Setup
    public void setup() {
      impl = KernelLookup.named(kernels);
      boolean logarithm = function == Function.LOG || function == Function.LOG1P;
      fill(x, logarithm ? 0 : -4, logarithm ? 8 : 4);
    }
  }

  private static void fill(Matrix x, double low, double high) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < LENGTH; i++) {
      x.array()[i] = (float) random.nextDouble(low, high);
    }
  }

  @Benchmark
  public Matrix forward(Activations s) {
    s.impl.activate(s.f, s.z, s.out);
    return s.out;
  }

  @Benchmark
  public Matrix backward(Activations s) {
    s.impl.activateBackward(s.f, s.saved, s.da, s.out);
    return s.out;
  }

  @Benchmark
  public Matrix function(Functions s) {
    s.impl.map(s.function, s.x, s.out);
    return s.out;
  }
}
