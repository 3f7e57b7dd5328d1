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

class EpilogueTest {
  @Test
  void theStartIsKeptByWhatFollows() {
    Epilogue activated = Epilogue.BIAS.activation(Activation.RELU);
    assertEquals(Epilogue.Start.BIAS, activated.start());
    assertEquals(Activation.RELU, activated.activation());
    assertNull(activated.derivative());
    Epilogue derivative = activated.derivative(Activation.TANH);
    assertEquals(Epilogue.Start.BIAS, derivative.start());
    // One thing follows, the last that was asked for.
    assertEquals(Activation.IDENTITY, derivative.activation());
    assertEquals(Activation.TANH, derivative.derivative());
    assertEquals(activated, derivative.activation(Activation.RELU));
  }

  @Test
  void badArgumentsAreNamed() {
    Epilogue none = Epilogue.NONE;
    Class<NullPointerException> missing = NullPointerException.class;
    Class<IllegalArgumentException> wrong = IllegalArgumentException.class;
    assertNamed("start", missing, () -> new Epilogue(null, Activation.TANH, null, 1f, 0f));
    assertNamed("activation", missing, () -> none.activation(null));
    assertNamed("derivative", missing, () -> none.derivative(null));
    assertNamed("activation", wrong, () -> none.activation(Activation.SOFTMAX));
    assertNamed("derivative", wrong, () -> none.derivative(Activation.SOFTMAX));
    assertNamed(
        "derivative",
        wrong,
        () -> new Epilogue(Epilogue.Start.ZERO, Activation.TANH, Activation.TANH, 1f, 0f));
    assertNamed(
        "alpha",
        wrong,
        () -> new Epilogue(Epilogue.Start.ACCUMULATE, Activation.IDENTITY, null, 2f, 0f));
  }

  private static void assertNamed(String name, Class<? extends Exception> type, Runnable call) {
    String message = assertThrows(type, call::run).getMessage();
    assertTrue(message.startsWith(name), message);
  }

  @Test
  void nothingFollowsTheFactors() {
    Epilogue scaled = Epilogue.scaled(2f, -1f);
    assertTrue(scaled.isScaled());
    assertEquals(2f, scaled.alpha());
    assertEquals(-1f, scaled.beta());
    assertEquals(Epilogue.Start.ZERO, scaled.start());
    Activation f = Activation.TANH;
    assertNamed("alpha", IllegalArgumentException.class, () -> scaled.activation(f));
    assertNamed("alpha", IllegalArgumentException.class, () -> scaled.derivative(f));
  }

  @Test
  void theFactors1And0AreThePlainProduct() {
    assertSame(Epilogue.NONE, Epilogue.scaled(1f, 0f));
    assertSame(Epilogue.NONE, Epilogue.scaled(1f, -0f));
    assertFalse(Epilogue.BIAS.derivative(Activation.TANH).isScaled());
  }

  /** A product in four parts, cut at row 1 and column 2, has the bits of the whole. */
  @ParameterizedTest
  @EnumSource(Epilogue.Start.class)
  void thePartsOfAProductAreTheWhole(Epilogue.Start start) {
    Matrix a = new Matrix(new float[] {1f, 2f, 3f, 4f, 5f, 6f}, 3, 2);
    Matrix b = new Matrix(new float[] {0.1f, 0.2f, 0.3f, -0.4f, 0.5f, 0.7f}, 2, 3);
    Epilogue from = new Epilogue(start, Activation.IDENTITY, null, 1f, 0f);
    for (Epilogue epilogue :
        new Epilogue[] {from, from.activation(Activation.SELU), from.derivative(Activation.GELU)}) {
      boolean biased = start == Epilogue.Start.BIAS;
      Matrix bias = biased ? Matrix.row(new float[] {9f, 1f, -2f, 3f, 0.5f}, 1, 3) : null;
      float[] values = {9f, 9f, -1f, 2f, 3f, 9f, 0.5f, 0f, -4f, 9f, 1f, 2f, 3f};
      Matrix saved = epilogue.derivative() == null ? null : new Matrix(values, 2, 4, 3, 3);
      Matrix whole = new Matrix(new float[] {1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f}, 3, 3);
      Matrix parts = new Matrix(whole.array().clone(), 3, 3);
      ScalarKernels.INSTANCE.matmul(Transpose.NN, a, b, whole, epilogue, bias, saved);
      for (int[] p : new int[][] {{0, 1, 0, 2}, {0, 1, 2, 1}, {1, 2, 0, 2}, {1, 2, 2, 1}}) {
        ScalarKernels.INSTANCE.matmul(
            Transpose.NN,
            new Matrix().part(a, p[0], p[1], 0, 2),
            new Matrix().part(b, 0, 2, p[2], p[3]),
            new Matrix().part(parts, p[0], p[1], p[2], p[3]),
            epilogue,
            bias == null ? null : new Matrix().part(bias, 0, 1, p[2], p[3]),
            saved == null ? null : new Matrix().part(saved, p[0], p[1], p[2], p[3]));
      }
      assertArrayEquals(whole.array(), parts.array());
    }
  }
}
