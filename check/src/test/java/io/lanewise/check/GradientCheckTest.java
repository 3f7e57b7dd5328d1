package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.GradientCheck.Verdict;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Initializer;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GradientCheckTest {
  private static final int M = 8;
  private static final int N_IN = 5;
  private static final int N_OUT = 3;
  private static final float[] X = new float[M * N_IN];
  private static final float[] Y = new float[M * N_OUT];
  private static final int[] LABELS = {0, 2, 1, 2, 1, 1, 0, 2};
  private static final List<Kernels> SCALAR = List.of(ScalarKernels.INSTANCE);

  static {
    RandomStream random = new RandomStream(3, RandomStream.Purpose.DATA);
    for (int i = 0; i < X.length; i++) {
      X[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < Y.length; i++) {
      Y[i] = (float) random.nextDouble();
    }
  }

  /**
   * One of each, and parameters that are not the default. Log-softmax is checked as an output; in
   * front of two normalizations of three values each, gradients in float may be further from those
   * in double than these tests allow.
   */
  static List<Activation> activations() {
    List<Activation> all = new ArrayList<>(ElementBattery.ACTIVATIONS);
    all.add(Activation.SOFTMAX);
    return all;
  }

  /** Hidden and output activations and losses, the initializers and reductions in turn. */
  @ParameterizedTest
  @MethodSource("activations")
  void everyActivationLossAndInitializerIsExcellent(Activation hidden) {
    Initializer[] initializers = Initializer.values();
    Reduction[] reductions = Reduction.values();
    int run = hidden.kind().ordinal();
    for (Activation output : Activation.values()) {
      for (Loss loss : Loss.values()) {
        Initializer initializer = initializers[run / 2 % initializers.length];
        Reduction reduction = reductions[run / 5 % reductions.length];
        Network network =
            Network.builder(N_IN)
                .dense(8, hidden, initializer)
                .dense(6, hidden, initializer)
                .dense(N_OUT, output, initializer)
                .loss(loss)
                .reduction(reduction)
                .seed(hidden.kind().ordinal())
                .build();
        GradientCheck check = GradientCheck.of(network);
        GradientCheck.Report report =
            run++ % 2 == 0 ? check.run(X, M, LABELS, SCALAR) : check.run(X, M, Y, SCALAR);
        String what = output + " " + loss + " " + initializer + " " + reduction;
        assertEquals(Verdict.EXCELLENT, report.verdict(), () -> what + "\n" + report);
        assertTrue(report.kernelError(0) < 1e-5, () -> what + "\n" + report);
      }
    }
  }

  /** An operation of the kernels that the network does not call is not excellent. */
  @Test
  void whatItCalledOfTheKernelsIsSaid() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doDropout(
              DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
            throw new AssertionError("never called");
          }
        };
    Network network = Network.builder(4).dense(2, Activation.SOFTMAX).build();
    GradientCheck.Report report =
        GradientCheck.of(network).run(new float[12], 3, new int[3], List.of(planted));
    KernelCalls calls = report.calls().get(0);
    assertEquals(List.of("dropout"), calls.ownMissed());
    assertTrue(calls.missed().contains("update"), calls::toString);
    assertTrue(report.toString().contains("WARNING: the dropout of planted"), report::toString);
    assertTrue(
        calls.calls().stream().anyMatch(c -> c.operation().equals("crossEntropy")),
        calls::toString);
    assertEquals(
        List.of(), GradientCheck.of(network).run(new float[12], 3, new int[3], List.of()).calls());
  }

  @Test
  void labelsAndOneHotTargetsGiveTheSameReport() {
    float[] oneHot = new float[M * N_OUT];
    for (int i = 0; i < M; i++) {
      oneHot[i * N_OUT + LABELS[i]] = 1;
    }
    GradientCheck check = GradientCheck.of(network(Activation.TANH));
    assertEquals(
        check.run(X, M, LABELS, List.of()).tensors(), check.run(X, M, oneHot, List.of()).tensors());
  }

  @Test
  void aDeadTensorIsZero() {
    Network network = network(Activation.RELU);
    Dense first = (Dense) network.layers().get(0);
    Arrays.fill(network.parameters(), first.biasOff(), first.biasOff() + first.nOut(), -100f);
    GradientCheck.Report report = GradientCheck.of(network).run(X, M, LABELS, SCALAR);
    for (String name : List.of("0.weight", "0.bias", "input")) {
      assertEquals(0, report.tensor(name).error(), name);
      assertEquals(0, report.tensor(name).kernelErrors().get(0), name);
      assertEquals(0, report.tensor(name).kinks(), name);
    }
    assertEquals(Verdict.EXCELLENT, report.verdict());
  }

  /** All weights 0: each z is the bias, 0, so each step of a bias crosses the kink. */
  @ParameterizedTest
  @EnumSource(names = {"RELU", "LEAKY_RELU", "SELU", "ELU"})
  void kinksAreLeftOutAndCounted(Activation.Kind kind) {
    Activation f = Activation.of(kind);
    Network network = Network.builder(2).dense(3, f).dense(2, Activation.SOFTMAX).zeros().build();
    network.parameters()[((Dense) network.layers().get(0)).biasOff() + 1] = 0.5f;
    GradientCheck.Report report =
        GradientCheck.of(network).run(new float[] {1, 0}, 1, new int[] {1}, SCALAR);
    assertEquals(2, report.tensor("0.bias").kinks());
    assertEquals(1, report.tensor("0.bias").checked());
    // Steps of the second input's weights move nothing: that input is 0.
    assertEquals(2, report.tensor("0.weight").kinks());
    assertEquals(4, report.tensor("0.weight").checked());
    assertEquals(0, report.tensor("2.weight").kinks());
    assertEquals(Verdict.EXCELLENT, report.verdict());
  }

  @Test
  void aLargeTensorIsSampledBySeed() {
    Network network =
        Network.builder(60).dense(30, Activation.TANH).dense(4, Activation.SOFTMAX).build();
    float[] x = new float[2 * 60];
    Arrays.fill(x, 0.25f);
    int[] labels = {1, 3};
    GradientCheck check = GradientCheck.of(network).samples(50);
    GradientCheck.Report report = check.run(x, 2, labels, SCALAR);
    assertEquals(50, report.tensor("0.weight").checked());
    assertEquals(30, report.tensor("0.bias").checked());
    assertEquals(50, report.tensor("input").checked());
    assertEquals(Verdict.EXCELLENT, report.verdict());
    assertEquals(report, check.run(x, 2, labels, SCALAR));
    double other = check.seed(1).run(x, 2, labels, SCALAR).tensor("0.weight").error();
    assertTrue(other != report.tensor("0.weight").error());
  }

  /** A square second layer, so that a transposed dW fits. */
  private static Network network(Activation hidden) {
    return Network.builder(N_IN)
        .dense(6, hidden)
        .dense(6, hidden)
        .dense(N_OUT, Activation.SOFTMAX)
        .seed(7)
        .build();
  }

  static Stream<Kernels> plantedKernels() {
    return Stream.of(
        new DelegatingKernels() {
          @Override
          public String name() {
            return "derivative of another activation";
          }

          @Override
          protected void doMatmul(
              Transpose form,
              Matrix a,
              Matrix b,
              Matrix c,
              Epilogue epilogue,
              Matrix bias,
              Matrix saved) {
            Epilogue wrong =
                epilogue.derivative() == null
                    ? epilogue
                    : Epilogue.NONE.derivative(Activation.SOFTPLUS);
            super.doMatmul(form, a, b, c, wrong, bias, saved);
          }
        },
        new DelegatingKernels() {
          @Override
          public String name() {
            return "1/m dropped";
          }

          @Override
          protected void doCrossEntropy(
              Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
            super.doCrossEntropy(z, labels, labelsOff, 1f, dz, rowLoss);
          }

          @Override
          protected void doLoss(
              LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
            super.doLoss(loss, z, y, 1f, dz, rowLoss);
          }
        },
        new DelegatingKernels() {
          @Override
          public String name() {
            return "dW transposed";
          }

          @Override
          protected void doMatmul(
              Transpose form,
              Matrix a,
              Matrix b,
              Matrix c,
              Epilogue epilogue,
              Matrix bias,
              Matrix saved) {
            super.doMatmul(form, a, b, c, epilogue, bias, saved);
            boolean square = c.rows() == c.columns();
            for (int i = 0; i < c.rows() && form == Transpose.TN && square; i++) {
              for (int j = 0; j < i; j++) {
                float swap = c.get(i, j);
                c.put(i, j, c.get(j, i));
                c.put(j, i, swap);
              }
            }
          }
        },
        new DelegatingKernels() {
          @Override
          public String name() {
            return "bias forgotten";
          }

          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            Arrays.fill(sums.array(), sums.off(), sums.off() + sums.columns(), 0f);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("plantedKernels")
  void aBugInTheKernelsIsLikely(Kernels planted) {
    List<Kernels> kernels = List.of(ScalarKernels.INSTANCE, planted);
    for (GradientCheck.Report report :
        List.of(
            GradientCheck.of(network(Activation.TANH)).run(X, M, LABELS, kernels),
            GradientCheck.of(network(Activation.TANH)).run(X, M, Y, kernels))) {
      assertEquals(Verdict.BUG_LIKELY, report.kernelVerdict(1), planted.name());
      assertEquals(Verdict.BUG_LIKELY, report.worst());
      assertTrue(report.kernelError(0) < 1e-5, report::toString);
      assertEquals(Verdict.EXCELLENT, report.verdict());
      assertTrue(report.toString().contains("Bug likely"));
    }
  }

  static Stream<Reference> plantedReferences() {
    Network network = network(Activation.TANH);
    return Stream.of(
        new Reference(network) {
          @Override
          double derivative(Activation f, double z) {
            return super.derivative(f, z) * 1.01;
          }
        },
        new Reference(network) {
          @Override
          double lossFactor(double factor) {
            return 1;
          }
        },
        new Reference(network) {
          @Override
          double lossFactor(double factor) {
            return factor / M;
          }
        },
        new Reference(network) {
          @Override
          void weightGradient(Dense layer, double[] x, double[] dz, double[] gradients) {
            super.weightGradient(layer, x, dz, gradients);
            if (layer.nIn() == layer.nOut()) {
              int n = layer.nIn();
              double[] dw = Arrays.copyOfRange(gradients, layer.weightOff(), layer.biasOff());
              for (int i = 0; i < n * n; i++) {
                gradients[layer.weightOff() + i] = dw[i % n * n + i / n];
              }
            }
          }
        },
        new Reference(network) {
          @Override
          void biasGradient(Dense layer, double[] dz, double[] gradients) {}
        });
  }

  @ParameterizedTest
  @MethodSource("plantedReferences")
  void aBugInTheReferenceIsLikely(Reference planted) {
    GradientCheck.Report report = GradientCheck.of(planted).run(X, M, LABELS, List.of());
    assertEquals(Verdict.BUG_LIKELY, report.verdict(), report::toString);
  }

  @Test
  void verdictsBeginAtTheirThresholds() {
    assertEquals(Verdict.EXCELLENT, Verdict.of(0));
    assertEquals(Verdict.EXCELLENT, Verdict.of(Math.nextDown(1e-7)));
    assertEquals(Verdict.GOOD, Verdict.of(1e-7));
    assertEquals(Verdict.SUSPICIOUS, Verdict.of(1e-5));
    assertEquals(Verdict.BUG_LIKELY, Verdict.of(1e-3));
    assertEquals(Verdict.BUG_LIKELY, Verdict.of(Double.NaN));
  }

  @Test
  void nanInTheParametersIsABug() {
    Network network = network(Activation.TANH);
    network.parameters()[0] = Float.NaN;
    GradientCheck.Report report = GradientCheck.of(network).run(X, M, LABELS, SCALAR);
    assertEquals(Verdict.BUG_LIKELY, report.verdict(), report::toString);
    assertEquals(Verdict.BUG_LIKELY, report.kernelVerdict(0));
  }

  @Test
  void theTableHasALineForEachTensor() {
    GradientCheck.Report report =
        GradientCheck.of(network(Activation.RELU)).run(X, M, LABELS, SCALAR);
    List<String> lines = report.toString().lines().takeWhile(line -> !line.isEmpty()).toList();
    assertEquals(1 + 7 + 1, lines.size());
    assertTrue(lines.get(0).matches("tensor +shape +checked +kinks +double +scalar"), lines.get(0));
    assertTrue(lines.get(1).startsWith("0.weight  5x6"), lines.get(1));
    assertTrue(lines.get(7).startsWith("input     8x5"), lines.get(7));
  }

  @Test
  void namesABadArgument() {
    GradientCheck check = GradientCheck.of(network(Activation.TANH));
    assertThrows(IllegalArgumentException.class, () -> check.epsilon(0));
    assertThrows(IllegalArgumentException.class, () -> check.epsilon(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> check.samples(0));
    assertThrows(NullPointerException.class, () -> check.run(X, M, LABELS, null));
    assertThrows(IllegalArgumentException.class, () -> check.run(X, M, new int[1], SCALAR));
  }
}
