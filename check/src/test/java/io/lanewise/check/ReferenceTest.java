package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceTest {
  /** 2 inputs, 2 ReLU units, 1 output, MSE of 2 rows; every number below was worked out by hand. */
  @Test
  void agreesWithAHandComputedNetwork() {
    Network network =
        Network.builder(2)
            .dense(2, Activation.RELU)
            .dense(1, Activation.IDENTITY)
            .loss(Loss.MEAN_SQUARED_ERROR)
            .zeros()
            .build();
    // W0 = [1 -1; 2 1], b0 = [0.5 0]; W1 = [2; 3], b1 = [-1].
    float[] p = {1, -1, 2, 1, 0.5f, 0, 2, 3, -1};
    System.arraycopy(p, 0, network.parameters(), 0, p.length);
    Reference reference = Reference.of(network);
    // Row 0: z = [5.5 1], out 13, target 12. Row 1: z = [-0.5 -2], dead, out -1, target 1.
    reference.batch(new float[] {1, 2, 1, -1}, 2, new float[] {12, 1});
    assertEquals((1 + 4) / 2.0, reference.gradient());
    assertArrayEquals(new double[] {5.5, 1, -0.5, -2}, reference.preActivations(0));
    assertArrayEquals(new double[] {13, -1}, reference.outputs(1));
    // dz1 = 2/m (out - y) = [1, -2]
    assertArrayEquals(new double[] {1, -2}, reference.deltas(1));
    // A zero may have either sign here.
    assertArrayEquals(new double[] {2, 3, 0, 0}, reference.deltas(0), 0.0);
    assertArrayEquals(new double[] {2, 3, 4, 6, 2, 3, 5.5, 1, -1}, reference.gradients());
    assertArrayEquals(new double[] {2 - 3, 4 + 3, 0, 0}, reference.inputGradient(), 0.0);
  }

  @Test
  void crossEntropyOfEqualLogitsIsTheLogarithmOfTheirNumber() {
    Network network = Network.builder(1).dense(4, Activation.SOFTMAX).zeros().build();
    Reference reference = Reference.of(network);
    reference.batch(new float[] {3}, 1, new int[] {2});
    assertEquals(StrictMath.log(4), reference.gradient(), 1e-15);
    assertArrayEquals(new double[] {0.25, 0.25, -0.75, 0.25}, reference.deltas(0), 1e-15);
  }

  @Test
  void lossesOfHugeLogitsAreFinite() {
    for (Activation output : new Activation[] {Activation.SOFTMAX, Activation.SIGMOID}) {
      for (Loss loss : Loss.values()) {
        Network network = Network.builder(1).dense(3, output).loss(loss).zeros().build();
        Reference reference = Reference.of(network);
        System.arraycopy(new double[] {1000, -1000, 0}, 0, reference.parameters(), 0, 3);
        reference.batch(new float[] {1}, 1, new int[] {1});
        double value = reference.gradient();
        String what = output + " " + loss + " " + value;
        assertTrue(Double.isFinite(value) || what.startsWith("SOFTMAX BINARY"), what);
      }
    }
  }

  @Test
  void agreesWithTheWorkspaceInForwardAndDeltas() {
    Network network =
        Network.builder(7)
            .dense(9, Activation.GELU)
            .dense(6, Activation.SOFTMAX)
            .dense(5, Activation.TANH)
            .loss(Loss.MEAN_SQUARED_ERROR)
            .reduction(Reduction.MEAN_OVER_ELEMENTS)
            .seed(4)
            .build();
    int m = 6;
    float[] x = gaussian(1, m * 7);
    float[] y = gaussian(2, m * 5);
    Reference reference = Reference.of(network);
    reference.batch(x, m, y);
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, m);
    double loss = reference.gradient();
    assertEquals(loss, workspace.gradient(m, x, 0, 7, y, 0, 5), 1e-6 * loss);
    for (int l = 0; l < 3; l++) {
      assertClose(reference.outputs(l), workspace.outputs(l), "a of layer " + l);
      assertClose(reference.deltas(l), workspace.deltas(l), "dz of layer " + l);
    }
    assertClose(reference.gradients(), workspace.gradients(), "gradients");
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheWorkspaceInTheInputGradient(Activation.Kind kind) {
    Activation hidden = Activation.of(kind);
    int m = 5;
    int nIn = 6;
    int[] labels = {2, 0, 1, 1, 2};
    float[] x = gaussian(6, m * nIn);
    Network network =
        Network.builder(nIn).dense(7, hidden).dense(3, Activation.SOFTMAX).seed(2).build();
    Reference reference = Reference.of(network);
    reference.batch(x, m, labels);
    reference.gradient();
    double max = Arrays.stream(reference.inputGradient()).map(Math::abs).max().orElseThrow();
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, m + 3);
    workspace.gradient(m, x, 0, nIn, labels, 0);
    // Into the middle of a larger array, the rest of which must survive.
    float[] dx = new float[2 + m * (nIn + 1)];
    Arrays.fill(dx, 9f);
    workspace.inputGradient(m, dx, 2, nIn + 1);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < nIn; j++) {
        double expected = reference.inputGradient()[i * nIn + j];
        assertEquals(expected, dx[2 + i * (nIn + 1) + j], 2e-6 * max);
      }
      assertEquals(9f, dx[2 + i * (nIn + 1) + nIn]);
    }
  }

  private static float[] gaussian(long seed, int length) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.DATA);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** Products of at most 9 terms and functions of a few ulp: 1e-6 of the largest is ample. */
  private static void assertClose(double[] expected, float[] actual, String what) {
    double max = 0;
    for (double value : expected) {
      max = Math.max(max, Math.abs(value));
    }
    assertTrue(max > 0, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 2e-6 * max, what + " at " + i);
    }
  }

  @Test
  void namesABadArgument() {
    Network network = Network.builder(2).dense(3, Activation.SOFTMAX).build();
    Reference reference = Reference.of(network);
    assertThrows(IllegalStateException.class, reference::loss);
    assertMessage("x must have", () -> reference.batch(new float[3], 2, new int[2]));
    assertMessage("labels must have", () -> reference.batch(new float[4], 2, new int[1]));
    assertMessage("targets must have", () -> reference.batch(new float[4], 2, new float[5]));
    assertMessage("labels[1]", () -> reference.batch(new float[4], 2, new int[] {0, 3}));
    assertMessage("m must be", () -> reference.batch(new float[4], 0, new int[2]));
  }

  private static void assertMessage(String start, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }
}
