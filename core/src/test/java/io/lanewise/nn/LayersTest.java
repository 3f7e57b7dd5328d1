package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  private static final int M = 8;

  private static Network network(String layers) {
    Network network = Architecture.parse(layers).seed(3).build();
    // No norm, bias or shift that leaves a value as it is.
    SplittableRandom random = new SplittableRandom(2);
    for (float[] values : List.of(network.parameters(), network.state())) {
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) random.nextDouble(-0.2, 0.2);
      }
    }
    return network;
  }

  private static float[] floats(int length) {
    SplittableRandom random = new SplittableRandom(length);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  /** From a window of a larger array, after a gradient and with a stride. */
  @Test
  void aBatchIsTheSameBitsWhereverItLies() {
    for (String text :
        List.of(
            "5 relu 4:tanh 3:softmax",
            "5 dropout:0.5 gelu 3:sigmoid",
            "5 [ silu 5 ] 3",
            "5 [ dropout:0.5 5 ] batchnorm 3",
            "5 normalization layernorm 3")) {
      Network network = network(text);
      float[] x = floats(M * 5);
      float[] wide = new float[3 + M * 7];
      for (int i = 0; i < M; i++) {
        System.arraycopy(x, i * 5, wide, 3 + i * 7, 5);
      }
      Workspace plain = new Workspace(network, SCALAR, M);
      Workspace other = new Workspace(network, SCALAR, M + 1);
      float[] y = new float[M * 3];
      float[] y2 = new float[M * 3];
      float[] dx = new float[M * 5];
      float[] dx2 = new float[2 + M * 6];
      float[] targets = new float[M * 3];
      for (int round = 0; round < 2; round++) {
        double loss = plain.gradient(M, x, 0, 5, targets, 0, 3);
        assertEquals(loss, other.gradient(M, wide, 3, 7, targets, 0, 3), text);
        assertArrayEquals(plain.gradients(), other.gradients(), text);
        plain.inputGradient(M, dx, 0, 5);
        other.inputGradient(M, dx2, 2, 6);
        // Twice gives the same.
        other.inputGradient(M, dx2, 2, 6);
        for (int i = 0; i < M; i++) {
          assertArrayEquals(
              Arrays.copyOfRange(dx, i * 5, i * 5 + 5),
              Arrays.copyOfRange(dx2, 2 + i * 6, 7 + i * 6),
              text);
        }
        plain.predict(M, x, 0, 5, y, 0, 3);
        other.predict(M, wide, 3, 7, y2, 0, 3);
        assertArrayEquals(y, y2, text);
      }
    }
  }

  @Test
  void masksDependOnTheRowsNumberAndNotOnTheBatch() {
    Network network = network("6 dropout:0.4 8:selu alphadropout:0.3 dropout:0.3 3");
    float[] x = floats(M * 6);
    float[] targets = new float[M * 3];
    Workspace whole = new Workspace(network, SCALAR, M);
    Workspace piece = new Workspace(network, SCALAR, M);
    whole.masks(9, 4, 10);
    whole.gradient(M, x, 0, 6, targets, 0, 3);
    for (int from : new int[] {0, 3}) {
      int m = from == 0 ? 3 : 5;
      piece.masks(9, 4, 10 + from);
      piece.gradient(m, x, from * 6, 6, targets, 0, 3);
      for (Layer layer : network.layers()) {
        int n = layer.nOut();
        assertArrayEquals(
            Arrays.copyOfRange(whole.outputs(layer.index()), from * n, (from + m) * n),
            Arrays.copyOf(piece.outputs(layer.index()), m * n));
      }
    }
    float[] before = whole.outputs(0).clone();
    for (long[] other : new long[][] {{8, 4, 10}, {9, 5, 10}, {9, 4, 11}}) {
      whole.masks(other[0], other[1], (int) other[2]);
      whole.gradient(M, x, 0, 6, targets, 0, 3);
      assertTrue(!Arrays.equals(before, whole.outputs(0)), Arrays.toString(other));
    }
  }

  @Test
  void dropoutKeepsItsShareAndIsTheIdentityOutsideTraining() {
    Network network = Network.builder(200).dropout(0.3).dense(2, Activation.SOFTMAX).build();
    float[] x = new float[50 * 200];
    Arrays.fill(x, 1f);
    Workspace workspace = new Workspace(network, SCALAR, 50);
    workspace.gradient(50, x, 0, 200, new int[50], 0);
    int dropped = 0;
    for (float y : workspace.outputs(0)) {
      assertTrue(y == 0 || y == (float) (1 / (1 - (double) 0.3f)));
      dropped += y == 0 ? 1 : 0;
    }
    // 10,000 of 0.3: three standard deviations are 137.
    assertEquals(3000, dropped, 137);
    workspace.forward(50, x, 0, 200);
    assertArrayEquals(x, workspace.outputs(0));
  }

  @Test
  void aResidualBlockByHand() {
    Network network =
        Network.builder(2)
            .residual(block -> block.dense(2, Activation.RELU).dense(2))
            .dense(1)
            .zeros()
            .build();
    // relu(x [1 -1; 0 2]) [1 0; 1 1] + x, then the sum of both.
    float[] p = {1, -1, 0, 2, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0};
    System.arraycopy(p, 0, network.parameters(), 0, p.length);
    float[] y = network.predict(new float[] {3, 2}, 1, SCALAR);
    // relu(3, 1) = (3, 1), (4, 1), + (3, 2) = (7, 3).
    assertArrayEquals(new float[] {10}, y);
    Workspace workspace = new Workspace(network, SCALAR, 1);
    workspace.gradient(1, new float[] {3, 2}, 0, 2, new float[] {9.5f}, 0, 1);
    float[] dx = new float[2];
    workspace.inputGradient(1, dx, 0, 2);
    // dy = 1: (1, 1) through the block is (1, 2), then (-1, 4); + (1, 1).
    assertArrayEquals(new float[] {0, 5}, dx);
  }

  @Test
  void aGradientOfOneRowCannotBeNormalized() {
    Network network = network("5 8 batchnorm 3:softmax");
    Workspace workspace = new Workspace(network, SCALAR, M);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> workspace.gradient(1, floats(5), 0, 5, new int[1], 0));
    assertTrue(e.getMessage().startsWith("m must be >= 2"), e.getMessage());
    assertThrows(IllegalStateException.class, workspace::updateStatistics);
    assertThrows(IllegalArgumentException.class, () -> workspace.masks(0, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> workspace.masks(0, -1, 0));
    // A prediction and a loss of one row can.
    workspace.loss(1, floats(5), 0, 5, new int[1], 0);
  }

  @Test
  void theBuilderMergesAnActivationOnlyIntoWhatIsItsOwn() {
    assertEquals("5 4:relu 3", format(Network.builder(5).dense(4).activation(Activation.RELU)));
    assertEquals(
        "5 4:tanh relu 3",
        format(Network.builder(5).dense(4, Activation.TANH).activation(Activation.RELU)));
    assertEquals(
        "5 4 [ relu 4:tanh ] gelu 3",
        format(
            Network.builder(5)
                .dense(4)
                .residual(
                    block -> block.activation(Activation.RELU).dense(4).activation(Activation.TANH))
                .activation(Activation.GELU)));
    assertEquals("5 4 3", format(Network.builder(5).dense(4).activation(Activation.IDENTITY)));
  }

  private static String format(NetworkBuilder builder) {
    return Architecture.format(builder.dense(3).build());
  }

  @Test
  void theInitializerSuitsTheActivationThatFollows() {
    Network one = Network.builder(9).dense(4).batchNorm().activation(Activation.RELU).build();
    Network two = Network.builder(9).dense(4, Activation.IDENTITY, Initializer.HE_NORMAL).build();
    assertArrayEquals(Arrays.copyOf(two.parameters(), 36), Arrays.copyOf(one.parameters(), 36));
    Network three = Network.builder(9).dense(4).initializer(Initializer.HE_NORMAL).build();
    assertArrayEquals(two.parameters(), three.parameters());
  }

  @Test
  void namesABadArgument() {
    NetworkBuilder builder = Network.builder(4);
    assertMessage("rate must", () -> builder.dropout(1));
    assertMessage("rate must", () -> builder.dropout(-0.1));
    assertMessage("rate must", () -> builder.alphaDropout(Double.NaN));
    assertMessage("epsilon must", () -> builder.layerNorm(0));
    assertMessage("epsilon must", () -> builder.batchNorm(0.1, Double.POSITIVE_INFINITY));
    assertMessage("momentum must", () -> builder.batchNorm(0, 1e-5));
    assertMessage("momentum must", () -> builder.batchNorm(1.1, 1e-5));
    assertMessage("shift must have 4", () -> builder.normalization(new float[3], new float[4]));
    float[] nan = {1, 1, Float.NaN, 1};
    assertMessage("scale[2] must", () -> builder.normalization(new float[4], nan));
    assertMessage("a residual block needs", () -> Network.builder(4).residual(b -> {}));
    assertMessage("a residual block needs", () -> Network.builder(4).residual(b -> b.dropout(0.5)));
    assertMessage(
        "a residual block must make as many values a row as it takes, 4, this one makes 5",
        () -> Network.builder(4).residual(b -> b.dense(5)));
    assertThrows(IllegalStateException.class, () -> Network.builder(4).batchNorm().build());
    assertThrows(
        IllegalStateException.class, () -> Network.builder(4).residual(b -> b.dense(4).build()));
  }

  private static void assertMessage(String start, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }
}
