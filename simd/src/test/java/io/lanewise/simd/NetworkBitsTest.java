package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.KernelDiff;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training step through every layer has the same bits, on lanes and on threads. */
class NetworkBitsTest {
  private static final int M = 130;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "37 70 batchnorm relu 33 batchnorm tanh 10:softmax",
        "37 70 layernorm gelu 33 layernorm silu 10:softmax",
        "37 dropout:0.1 70:selu alphadropout:0.2 33:elu dropout:0.5 10:softmax",
        "37 normalization 70 [ batchnorm relu 70 dropout:0.3 70 ] [ layernorm silu 70 ] 10:softmax",
        "37 [ [ tanh 37 ] 37:relu ] leaky-relu 10 batchnorm softmax",
        "37 layernorm 70:relu dropout:0.2 10 layernorm sigmoid"
      })
  void aStepIsTheSameOnScalarLanesAndThreads(String layers) {
    assertSteps(layers, new SplittableRandom(3), 1, 1);
  }

  /** Also where sums, squares or differences of norms are beyond the range of float. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "37 batchnorm 33:relu 10:softmax",
        "37 layernorm 33:relu 10:softmax",
        "37 70 batchnorm relu 33 layernorm tanh 10:softmax",
        "37 [ layernorm silu 37 ] batchnorm 10:softmax"
      })
  void soItIsOfHugeFeatures(String layers) {
    assertSteps(layers, new SplittableRandom(4), 1e19, 1e30);
    assertSteps(layers, new SplittableRandom(5), 3e38, 1);
  }

  /** One of ten features is of a size, and one of another. */
  private static void assertSteps(String layers, SplittableRandom random, double a, double b) {
    Network network = Architecture.parse(layers).seed(2).build();
    float[] x = new float[M * 37];
    for (int i = 0; i < x.length; i++) {
      double size = i % 37 % 10 == 0 ? a : i % 37 % 10 == 1 ? b : 1;
      x[i] = (float) (random.nextDouble(-1, 1) * size);
    }
    int[] labels = random.ints(M, 0, 10).toArray();
    Kernels simd = KernelLookup.named("simd");
    try (Threads threads = new Threads(3)) {
      assertSame(KernelDiff.run(network, x, M, labels, ScalarKernels.INSTANCE, simd));
      assertSame(
          KernelDiff.run(network, x, M, labels, ScalarKernels.INSTANCE, threads.kernels(simd)));
    }
  }

  private static void assertSame(KernelDiff.Report report) {
    assertTrue(report.identical(), report::toString);
  }
}
