package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FusionTest {
  private final float[] bias = {9f, 1f, -2f, 3f, 0.5f};
  private final float[] saved = {9f, 9f, -1f, 2f, 3f, 9f, 0.5f, 0f, -4f, 9f, 1f, 2f, 3f};

  @Test
  void theStartIsKeptByWhatFollows() {
    Fusion fusion = Fusion.bias(bias, 1).activation(Activation.RELU);
    assertEquals(Fusion.Start.BIAS, fusion.start());
    assertSame(bias, fusion.biasArray());
    assertEquals(1, fusion.biasOff());
    assertEquals(Activation.RELU, fusion.activation());
    assertNull(fusion.derivative());
    Fusion derivative = fusion.derivative(Activation.TANH, saved, 2, 4);
    assertEquals(Fusion.Start.BIAS, derivative.start());
    // One thing follows, the last that was asked for.
    assertEquals(Activation.IDENTITY, derivative.activation());
    assertEquals(Activation.TANH, derivative.derivative());
    assertEquals(Activation.RELU, derivative.activation(Activation.RELU).activation());
    assertNull(derivative.activation(Activation.RELU).derivative());
  }

  @Test
  void badArgumentsAreNamed() {
    assertNamed("bias", NullPointerException.class, () -> Fusion.bias(null, 0));
    assertNamed("activation", NullPointerException.class, () -> Fusion.NONE.activation(null));
    assertNamed(
        "derivative", NullPointerException.class, () -> Fusion.NONE.derivative(null, saved, 0, 1));
    assertNamed(
        "saved",
        NullPointerException.class,
        () -> Fusion.NONE.derivative(Activation.TANH, null, 0, 1));
    assertNamed(
        "activation",
        IllegalArgumentException.class,
        () -> Fusion.NONE.activation(Activation.SOFTMAX));
    assertNamed(
        "derivative",
        IllegalArgumentException.class,
        () -> Fusion.NONE.derivative(Activation.SOFTMAX, saved, 0, 1));
  }

  private static void assertNamed(String name, Class<? extends Exception> type, Runnable call) {
    String message = assertThrows(type, call::run).getMessage();
    assertTrue(message.startsWith(name), message);
  }

  @Test
  void nothingFollowsTheFactors() {
    Fusion scaled = Fusion.scaled(2f, -1f);
    assertTrue(scaled.isScaled());
    assertEquals(2f, scaled.alpha());
    assertEquals(-1f, scaled.beta());
    assertEquals(Fusion.Start.ZERO, scaled.start());
    Activation f = Activation.TANH;
    assertNamed("activation", IllegalArgumentException.class, () -> scaled.activation(f));
    assertNamed(
        "derivative", IllegalArgumentException.class, () -> scaled.derivative(f, saved, 0, 1));
    assertSame(scaled, scaled.at(3, 4));
  }

  @Test
  void theFactors1And0AreThePlainProduct() {
    assertSame(Fusion.NONE, Fusion.scaled(1f, 0f));
    assertSame(Fusion.NONE, Fusion.scaled(1f, -0f));
    assertFalse(Fusion.bias(bias, 1).derivative(Activation.TANH, saved, 2, 4).at(1, 1).isScaled());
  }

  @Test
  void whatDoesNotMoveIsNotCopied() {
    assertSame(Fusion.NONE, Fusion.NONE.at(3, 4));
    assertSame(Fusion.ACCUMULATE, Fusion.ACCUMULATE.at(3, 4));
    Fusion fromBias = Fusion.bias(bias, 1);
    assertSame(fromBias, fromBias.at(3, 0));
  }

  /** A product in two parts, cut at (i, j), has the bits of the whole. */
  @ParameterizedTest
  @EnumSource(Fusion.Start.class)
  void thePartsOfAProductAreTheWhole(Fusion.Start start) {
    int m = 3;
    int n = 3;
    float[] a = {1f, 2f, 3f, 4f, 5f, 6f};
    float[] b = {0.1f, 0.2f, 0.3f, -0.4f, 0.5f, 0.7f};
    Fusion from =
        switch (start) {
          case ZERO -> Fusion.NONE;
          case BIAS -> Fusion.bias(bias, 1);
          case ACCUMULATE -> Fusion.ACCUMULATE;
        };
    for (Fusion fusion :
        new Fusion[] {
          from, from.activation(Activation.SELU), from.derivative(Activation.GELU, saved, 2, 4)
        }) {
      float[] whole = {1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f};
      float[] parts = whole.clone();
      ScalarKernels.INSTANCE.matmul(Form.NN, m, n, 2, a, 0, 2, b, 0, n, whole, 0, n, fusion);
      int i = 1;
      int j = 2;
      part(0, 0, i, j, a, b, parts, fusion);
      part(0, j, i, n - j, a, b, parts, fusion);
      part(i, 0, m - i, j, a, b, parts, fusion);
      part(i, j, m - i, n - j, a, b, parts, fusion);
      assertArrayEquals(whole, parts);
    }
  }

  private static void part(
      int i, int j, int m, int n, float[] a, float[] b, float[] c, Fusion fusion) {
    Fusion there = fusion.at(i, j);
    ScalarKernels.INSTANCE.matmul(Form.NN, m, n, 2, a, 2 * i, 2, b, j, 3, c, 3 * i + j, 3, there);
  }
}
