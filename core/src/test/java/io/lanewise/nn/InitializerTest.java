package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitializerTest {
  private static double deviation(Initializer initializer, int nIn, int nOut) {
    return switch (initializer) {
      case HE_NORMAL, HE_UNIFORM -> Math.sqrt(2.0 / nIn);
      case XAVIER_NORMAL, XAVIER_UNIFORM -> Math.sqrt(2.0 / (nIn + nOut));
      case LECUN_NORMAL, LECUN_UNIFORM -> Math.sqrt(1.0 / nIn);
    };
  }

  /** Five deviations of the estimates over n weights; a normal's fourth moment is the larger. */
  @ParameterizedTest
  @EnumSource
  void weightsHaveMeanZeroAndTheDeviationOfTheFormula(Initializer initializer) {
    int nIn = 200;
    int nOut = 300;
    Network network =
        Network.builder(nIn).dense(nOut, Activation.TANH, initializer).seed(11).build();
    int n = nIn * nOut;
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double w = network.parameters()[i];
      sum += w;
      squares += w * w;
      largest = Math.max(largest, Math.abs(w));
    }
    double expected = deviation(initializer, nIn, nOut);
    assertEquals(expected, initializer.deviation(nIn, nOut), 1e-15);
    assertEquals(0, sum / n, 5 * expected / Math.sqrt(n));
    assertEquals(1, squares / n / (expected * expected), 5 * Math.sqrt(2.0 / n));
    double limit = Math.sqrt(3) * expected;
    if (initializer.name().endsWith("UNIFORM")) {
      assertTrue(largest <= limit * (1 + 1e-7) && largest > 0.99 * limit, "largest " + largest);
    } else {
      assertTrue(largest > 3.5 * expected, "largest " + largest);
    }
    for (int j = 0; j < nOut; j++) {
      assertEquals(0f, network.parameters()[n + j]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFirstWeightsAreFrozen(Initializer initializer) {
    int[] expected =
        switch (initializer) {
          case HE_NORMAL -> new int[] {0x3F5F79D7, 0x3EDD836A, 0xC005BAFF};
          case HE_UNIFORM -> new int[] {0x3E8DAAD8, 0xBF85CE81, 0x3F98EAAE};
          case XAVIER_NORMAL -> new int[] {0x3F28EE93, 0x3EA772C7, 0xBFCA2E73};
          case XAVIER_UNIFORM -> new int[] {0x3E562E51, 0xBF4A4BF1, 0x3F673037};
          case LECUN_NORMAL -> new int[] {0x3F1E0577, 0x3E9CA232, 0xBFBD1F98};
          case LECUN_UNIFORM -> new int[] {0x3E485910, 0xBF3D3B2F, 0x3F5841C4};
        };
    Network network = Network.builder(4).dense(3, Activation.TANH, initializer).seed(42).build();
    int[] actual = new int[3];
    for (int i = 0; i < 3; i++) {
      actual[i] = Float.floatToIntBits(network.parameters()[i]);
    }
    assertArrayEquals(expected, actual);
  }

  @Test
  void theActivationChoosesTheInitializer() {
    assertEquals(Initializer.HE_NORMAL, Initializer.of(Activation.RELU));
    assertEquals(Initializer.LECUN_NORMAL, Initializer.of(Activation.SELU));
    assertEquals(Initializer.XAVIER_UNIFORM, Initializer.of(Activation.SIGMOID));
    assertEquals(Initializer.XAVIER_UNIFORM, Initializer.of(Activation.TANH));
    float[] chosen = Network.builder(9).dense(4, Activation.SELU).seed(1).build().parameters();
    float[] named =
        Network.builder(9)
            .dense(4, Activation.SELU, Initializer.LECUN_NORMAL)
            .seed(1)
            .build()
            .parameters();
    assertArrayEquals(named, chosen);
  }
}
