package io.lanewise.spark;

import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** Models as the bytes of their file. */
final class ModelBytes {
  private static final String ENDING = ".safetensors";
  private static final int CHUNK = 1 << 14;

  private ModelBytes() {}

  static byte[] of(Network network) {
    return of(new Model(network, Map.of()));
  }

  static byte[] of(Model model) {
    try {
      Path file = Files.createTempFile("lanewise-", ENDING);
      try {
        model.save(file);
        return Files.readAllBytes(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Network network(byte[] bytes) throws IOException {
    return model(bytes).network();
  }

  static Model model(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("lanewise-", ENDING);
    try {
      Files.write(file, bytes);
      return Model.load(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * The SHA-256 of the parameters, then of the state, as little-endian floats, as the command line
   * prints it.
   */
  static String sha256(Network network) {
    MessageDigest digest = digest();
    update(digest, network.parameters());
    update(digest, network.state());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A SHA-256 of nothing yet. */
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      // Every JDK has it.
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; ) {
      chunk.clear();
      int end = Math.min(values.length, i + CHUNK);
      while (i < end) {
        // Every NaN counts as one and the same.
        chunk.putInt(Float.floatToIntBits(values[i++]));
      }
      digest.update(chunk.flip());
    }
  }
}
