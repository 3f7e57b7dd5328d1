package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void everyNanIsOneAndTheSameInTheHash() {
    assertEquals(hash(0x7fc00000), hash(0xffc00001));
    assertNotEquals(hash(0), hash(0x80000000));
  }

  private static String hash(int bits) {
    Network network = Network.builder(1).dense(1, Activation.IDENTITY).build();
    network.parameters()[0] = Float.intBitsToFloat(bits);
    return Text.sha256(network);
  }
}
