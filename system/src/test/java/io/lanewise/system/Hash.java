package io.lanewise.system;

import io.lanewise.nn.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a training ends with, in one number. */
final class Hash {
  private Hash() {}

  /** The SHA-256 of the parameters, then of the state, as little-endian floats with one NaN. */
  static String of(Network network) {
    float[] parameters = network.parameters();
    float[] state = network.state();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * (parameters.length + state.length));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (float[] values : new float[][] {parameters, state}) {
      for (float value : values) {
        bytes.putInt(Float.floatToIntBits(value));
      }
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
