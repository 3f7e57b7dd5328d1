package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.GradientCheck.Verdict;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each layer, under each activation and loss: 1e-7 in double, 1e-5 in float. */
class LayerGradientTest {
  // Each so many of the hidden activations, outputs and losses: of 18 outputs and 5 losses the last
  // takes each hidden activation once, with every output in turn, and is a part of those before it.
  private static final int STRIDE =
      Boolean.getBoolean("lanewise.full") ? 1 : Boolean.getBoolean("lanewise.long") ? 19 : 95;
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

  /** F is each activation, OUT each output's; a sample of the outputs without lanewise.full. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 8 batchnorm F 6 batchnorm F 3:OUT",
        "5 8 layernorm F 6 layernorm F 3:OUT",
        "5 batchnorm 8:F 3 batchnorm OUT",
        "5 layernorm 8:F 3 layernorm OUT",
        "5 8:F dropout:0.3 6:F dropout:0.2 3:OUT",
        "5 dropout:0.2 8:F alphadropout:0.3 6:F alphadropout:0.1 3:OUT",
        "5 8:F [ 8:F 8 ] 3:OUT",
        "5 8 [ batchnorm F 8 batchnorm F 8 ] 3:OUT",
        "5 8 [ layernorm F 8:F 8 ] [ layernorm F dropout:0.2 8 ] 3:OUT",
        "5 normalization 8:F normalization 6:F 3:OUT",
        "5 F [ batchnorm F 5 ] 3:OUT",
        "5 8:F [ dropout:0.2 8:F [ F 8 ] F ] F layernorm 3:OUT",
        "5 [ [ F 5 ] 5:F ] 3:F [ 3 ] OUT",
        "5 8:F 3:F dropout:0.3"
      })
  void everyLayerActivationAndLossIsExcellent(String layers) {
    int run = 0;
    for (Activation hidden : GradientCheckTest.activations()) {
      for (Loss loss : Loss.values()) {
        for (Activation output : Activation.values()) {
          run++;
          if (run % STRIDE != 0) {
            continue;
          }
          String text = layers.replace("OUT", output.toString()).replaceAll("F", hidden.toString());
          Network network = Architecture.parse(text).loss(loss).seed(run).build();
          RandomLayers.unusual(network);
          GradientCheck check = GradientCheck.of(network).samples(24);
          GradientCheck.Report report =
              run % 2 == 0 ? check.run(X, M, LABELS, SCALAR) : check.run(X, M, Y, SCALAR);
          assertEquals(
              Verdict.EXCELLENT, report.verdict(), () -> text + ", " + loss + "\n" + report);
          assertTrue(report.kernelError(0) < 1e-5, () -> text + ", " + loss + "\n" + report);
        }
      }
    }
  }

  /** A bias before a batch normalization has the gradient 0: what rounding leaves is no bug. */
  @Test
  void aGradientThatShouldCancelIsMeasuredByItsTerms() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            super.doColumnSums(x, sums);
            sums.put(0, 0, sums.get(0, 0) + 0.01f);
          }
        };
    Network network = Architecture.parse("5 8 batchnorm relu 3:softmax").seed(1).build();
    GradientCheck.Report.Tensor bias =
        GradientCheck.of(network)
            .run(X, M, LABELS, List.of(ScalarKernels.INSTANCE, planted))
            .tensor("0.bias");
    assertEquals(Verdict.EXCELLENT, bias.verdict());
    assertTrue(bias.kernelErrors().get(0) < 1e-5, bias::toString);
    assertEquals(Verdict.BUG_LIKELY, bias.kernelVerdict(1));
  }

  /**
   * Any composition. In float the gradient as a whole, which is what a step goes along, has an
   * error of less than 1e-5 of its norm (8e-6 at most in 10,000 such networks, more than 1e-6 in
   * 15). A tensor by itself may be a small part of it whose terms cancel but for a hundredth, as a
   * bias before an all but linear activation and a normalization, and then keeps two digits less.
   */
  @Property(seed = "5", tries = 200, shrinking = ShrinkingMode.OFF)
  void anyCompositionIsExcellent(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String text = RandomLayers.text(random);
    Loss[] losses = Loss.values();
    Network network =
        Architecture.parse(text).loss(losses[random.nextInt(losses.length)]).seed(seed).build();
    RandomLayers.unusual(network);
    float[] x = new float[M * network.nIn()];
    float[] y = new float[M * network.nOut()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) random.nextDouble();
    }
    GradientCheck.Report report = GradientCheck.of(network).samples(16).run(x, M, y, SCALAR);
    String what = text + ", " + network.loss() + "\n";
    assertEquals(Verdict.EXCELLENT, report.verdict(), () -> what + report);
    assertTrue(report.kernelError(0) < 1e-4, () -> what + report);
    double whole = errorOfTheWhole(network, x, y);
    assertTrue(whole < 1e-5, () -> what + whole);
  }

  /** ||g1 - g2|| / (||g1|| + ||g2||) over all parameters, g1 in double, g2 in float. */
  private static double errorOfTheWhole(Network network, float[] x, float[] y) {
    Reference reference = Reference.of(network);
    reference.batch(x, M, y);
    reference.gradient();
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, M);
    workspace.gradient(M, x, 0, network.nIn(), y, 0, network.nOut());
    double difference = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < reference.gradients().length; i++) {
      double g1 = reference.gradients()[i];
      double g2 = workspace.gradients()[i];
      difference += (g1 - g2) * (g1 - g2);
      first += g1 * g1;
      second += g2 * g2;
    }
    double norms = Math.sqrt(first) + Math.sqrt(second);
    return norms == 0 ? 0 : Math.sqrt(difference) / norms;
  }
}
