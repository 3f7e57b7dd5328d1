package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import org.junit.jupiter.api.Test;

class NetworkTest {
  @Test
  void parametersLieLayerByLayerWeightsBeforeBias() {
    Network network =
        Network.builder(5).dense(4, Activation.RELU).dense(3, Activation.SOFTMAX).build();
    assertEquals(5 * 4 + 4 + 4 * 3 + 3, network.parameters().length);
    assertEquals(
        java.util.List.of(
            new Dense(0, 5, 4, Activation.RELU, 0), new Dense(1, 4, 3, Activation.SOFTMAX, 24)),
        network.layers());
    assertEquals(20, ((Dense) network.layers().getFirst()).biasOff());
    assertEquals(36, ((Dense) network.outputLayer()).biasOff());
    assertEquals(12 + 3, network.outputLayer().parameterCount());
    assertEquals(5, network.nIn());
    assertEquals(3, network.nOut());
  }

  @Test
  void theSeedDecidesTheParameters() {
    assertArrayEquals(seeded(1).parameters(), seeded(1).parameters());
    assertTrue(seeded(1).parameters()[0] != seeded(2).parameters()[0]);
    Network copy = seeded(1).copy();
    assertArrayEquals(seeded(1).parameters(), copy.parameters());
    Network original = seeded(1);
    original.copy().parameters()[0] = 99;
    assertTrue(original.parameters()[0] != 99);
  }

  private static Network seeded(long seed) {
    return Network.builder(5).dense(4, Activation.TANH).seed(seed).build();
  }

  @Test
  void theOutputChoosesTheLoss() {
    assertEquals(Loss.CROSS_ENTROPY, of(Activation.SOFTMAX).loss());
    assertEquals(Loss.BINARY_CROSS_ENTROPY, of(Activation.SIGMOID).loss());
    assertEquals(Loss.MEAN_SQUARED_ERROR, of(Activation.IDENTITY).loss());
    assertEquals(Reduction.MEAN_OVER_BATCH, of(Activation.IDENTITY).reduction());
  }

  private static Network of(Activation output) {
    return Network.builder(2).dense(3, output).build();
  }

  @Test
  void refusesWhatIsNoNetwork() {
    assertThrows(IllegalArgumentException.class, () -> Network.builder(0));
    assertThrows(IllegalStateException.class, () -> Network.builder(1).build());
    assertThrows(
        IllegalArgumentException.class, () -> Network.builder(1).dense(0, Activation.RELU));
    assertThrows(NullPointerException.class, () -> Network.builder(1).dense(1, null));
    assertThrows(
        IllegalStateException.class,
        () -> Network.builder(1).dense(1, Activation.SIGMOID).loss(Loss.CROSS_ENTROPY).build());
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Network.builder(1 << 16).dense(1 << 16, Activation.RELU));
    assertTrue(e.getMessage().contains("too many parameters"), e.getMessage());
  }
}
