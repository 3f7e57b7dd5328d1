package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.GradientCheck.Verdict;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradients of every loss under every option, with labels and with rows of targets, with
 * weights and without, under every reduction; behind some output activations, or all of them with
 * {@code -Dlanewise.full=true}.
 */
class LossGradientTest {
  private static final boolean FULL = Boolean.getBoolean("lanewise.full");
  private static final List<Activation> OUTPUTS =
      FULL
          ? List.of(Activation.values())
          : List.of(Activation.IDENTITY, Activation.SOFTMAX, Activation.SIGMOID, Activation.TANH);
  private static final int M = 7;
  private static final int N_IN = 3;
  private static final int N_OUT = 3;
  private static final int[] LABELS = {0, 2, -100, 1, 1, -100, 2};
  private static final float[] WEIGHTS = {1, 0.5f, 2, 0, 3, 1, 0.25f};
  private static final float[] X = new float[M * N_IN];
  private static final float[] Y = new float[M * N_OUT];

  static {
    RandomStream random = new RandomStream(4, RandomStream.Purpose.DATA);
    for (int i = 0; i < X.length; i++) {
      X[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < Y.length; i++) {
      Y[i] = (float) random.nextDouble();
    }
  }

  static Stream<Arguments> losses() {
    Loss.Options none = Loss.Options.DEFAULT;
    Loss.Options classes = none.classWeights(0.5f, 2, 1.25f);
    Loss.Options positive = none.positiveWeights(3, 0.25f, 1);
    return Stream.of(
        Arguments.of(Loss.CROSS_ENTROPY, none),
        Arguments.of(Loss.CROSS_ENTROPY, classes),
        Arguments.of(Loss.CROSS_ENTROPY, none.labelSmoothing(0.2f)),
        Arguments.of(Loss.CROSS_ENTROPY, classes.labelSmoothing(0.2f)),
        Arguments.of(Loss.BINARY_CROSS_ENTROPY, none),
        Arguments.of(Loss.BINARY_CROSS_ENTROPY, positive),
        Arguments.of(Loss.BINARY_CROSS_ENTROPY, none.labelSmoothing(0.2f)),
        Arguments.of(Loss.BINARY_CROSS_ENTROPY, positive.labelSmoothing(0.2f)),
        Arguments.of(Loss.MEAN_SQUARED_ERROR, none),
        Arguments.of(Loss.ABSOLUTE_ERROR, none),
        Arguments.of(Loss.HUBER, none),
        Arguments.of(Loss.HUBER, none.huberDelta(0.3f)));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void isExcellent(Loss loss, Loss.Options options) {
    Targets labels = Targets.ofLabels(LABELS);
    Targets rows = Targets.ofRows(Y, N_OUT);
    List<Targets> targets = List.of(labels, labels.weighted(WEIGHTS), rows, rows.weighted(WEIGHTS));
    for (Activation output : OUTPUTS) {
      if (output == Activation.SOFTMAX && options.positiveWeights().length > 0) {
        continue;
      }
      for (Targets each : targets) {
        for (Reduction reduction : Reduction.values()) {
          Network network =
              Network.builder(N_IN)
                  .dense(4, Activation.TANH)
                  .dense(N_OUT, output)
                  .loss(loss)
                  .lossOptions(options)
                  .reduction(reduction)
                  .seed(5)
                  .build();
          List<Kernels> scalar = List.of(ScalarKernels.INSTANCE);
          GradientCheck.Report report = GradientCheck.of(network).run(X, M, each, scalar);
          String what = output + " " + reduction;
          assertEquals(Verdict.EXCELLENT, report.verdict(), () -> what + "\n" + report);
          assertTrue(report.kernelError(0) < 1e-5, () -> what + "\n" + report);
        }
      }
    }
  }
}
