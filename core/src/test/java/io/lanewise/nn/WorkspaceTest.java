package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Loss.Reduction;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkspaceTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  private static final int M = 5;
  private static final int N_IN = 6;
  private static final float[] X = new float[M * N_IN];
  private static final int[] LABELS = {2, 0, 1, 1, 2};

  static {
    RandomStream random = new RandomStream(6, RandomStream.Purpose.DATA);
    for (int i = 0; i < X.length; i++) {
      X[i] = (float) random.nextGaussian();
    }
  }

  private static Network network(Activation hidden, Activation output, Loss loss) {
    return Network.builder(N_IN).dense(7, hidden).dense(3, output).loss(loss).seed(2).build();
  }

  private static float[] oneHot() {
    float[] y = new float[M * 3];
    for (int i = 0; i < M; i++) {
      y[i * 3 + LABELS[i]] = 1;
    }
    return y;
  }

  @ParameterizedTest
  @EnumSource
  void aRowHasTheSameBitsAloneAndInABatch(Activation.Kind kind) {
    Activation hidden = Activation.of(kind);
    for (Activation output : Activation.values()) {
      Network network = network(hidden, output, Loss.MEAN_SQUARED_ERROR);
      float[] batch = network.predict(X, M, SCALAR);
      for (int i = 0; i < M; i++) {
        float[] row = Arrays.copyOfRange(X, i * N_IN, (i + 1) * N_IN);
        float[] alone = network.predict(row, 1, SCALAR);
        assertArrayEquals(Arrays.copyOfRange(batch, i * 3, i * 3 + 3), alone);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void labelsAreOneHotTargetsBitForBit(Loss loss) {
    for (Activation output : Activation.values()) {
      Network network = network(Activation.TANH, output, loss);
      Workspace byLabel = new Workspace(network, SCALAR, M);
      Workspace byTarget = new Workspace(network, SCALAR, M);
      double first = byLabel.gradient(M, X, 0, N_IN, LABELS, 0);
      double second = byTarget.gradient(M, X, 0, N_IN, oneHot(), 0, 3);
      assertArrayEquals(byTarget.gradients(), byLabel.gradients(), output.toString());
      assertEquals(second, first, output.toString());
      assertEquals(first, byLabel.loss(M, X, 0, N_IN, LABELS, 0));
      assertEquals(second, byTarget.loss(M, X, 0, N_IN, oneHot(), 0, 3));
    }
  }

  @Test
  void predictionsAreTheFusedOutputOfTheScores() {
    Network softmax = network(Activation.RELU, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    Workspace workspace = new Workspace(softmax, SCALAR, M);
    workspace.forward(M, X, 0, N_IN);
    Matrix expected = new Matrix(M, 3);
    SCALAR.softmax(new Matrix(workspace.scores(), M, 3), expected);
    assertArrayEquals(expected.array(), softmax.predict(X, M, SCALAR));

    Network sigmoid = network(Activation.RELU, Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY);
    workspace = new Workspace(sigmoid, SCALAR, M);
    workspace.forward(M, X, 0, N_IN);
    SCALAR.activate(Activation.SIGMOID, new Matrix(workspace.scores(), M, 3), expected);
    assertArrayEquals(expected.array(), sigmoid.predict(X, M, SCALAR));
  }

  @Test
  void aSingleOutputTakesLabelsZeroAndOne() {
    Network network = Network.builder(N_IN).dense(1, Activation.SIGMOID).seed(3).build();
    assertEquals(Loss.BINARY_CROSS_ENTROPY, network.loss());
    Workspace byLabel = new Workspace(network, SCALAR, M);
    Workspace byTarget = new Workspace(network, SCALAR, M);
    int[] labels = {0, 1, 1, 0, 1};
    float[] targets = {0, 1, 1, 0, 1};
    assertEquals(
        byTarget.gradient(M, X, 0, N_IN, targets, 0, 1),
        byLabel.gradient(M, X, 0, N_IN, labels, 0));
    assertArrayEquals(byTarget.gradients(), byLabel.gradients());
    labels[3] = 2;
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> byLabel.gradient(M, X, 0, N_IN, labels, 0));
    assertEquals("labels[3] must be in 0..1, got 2", e.getMessage());
  }

  @Test
  void namesABadArgument() {
    Network network = network(Activation.RELU, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    Workspace workspace = new Workspace(network, SCALAR, M);
    assertMessage("maxBatch", () -> new Workspace(network, SCALAR, 0));
    assertMessage("m must", () -> workspace.forward(0, X, 0, N_IN));
    assertMessage("m must", () -> workspace.forward(M + 1, X, 0, N_IN));
    assertMessage("m must", () -> workspace.inputGradient(M + 1, X, 0, N_IN));
    assertMessage("x", () -> workspace.forward(M, X, 1, N_IN));
    assertMessage("labels", () -> workspace.loss(M, X, 0, N_IN, new int[] {0, 0, 3, 0, 0}, 0));
    assertMessage("y", () -> workspace.loss(M, X, 0, N_IN, new float[M * 3 - 1], 0, 3));
  }

  private static void assertMessage(String start, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void thePiecesOfABatchSumToTheWhole(Reduction reduction) {
    Network network =
        Network.builder(N_IN)
            .dense(7, Activation.TANH)
            .dense(3, Activation.SOFTMAX)
            .reduction(reduction)
            .seed(2)
            .build();
    Workspace whole = new Workspace(network, SCALAR, M);
    double loss = whole.gradient(M, X, 0, N_IN, LABELS, 0);
    Workspace pieces = new Workspace(network, SCALAR, 3);
    pieces.divideBy(whole.divisor(M, Targets.ofLabels(LABELS), 0));
    double sum = pieces.gradient(3, X, 0, N_IN, LABELS, 0);
    float[] gradients = pieces.gradients().clone();
    sum += pieces.gradient(2, X, 3 * N_IN, N_IN, LABELS, 3);
    assertEquals(loss, sum, 1e-6);
    for (int i = 0; i < gradients.length; i++) {
      assertEquals(whole.gradients()[i], gradients[i] + pieces.gradients()[i], 1e-5);
    }
    assertThrows(IllegalArgumentException.class, () -> pieces.divideBy(-1));
  }
}
