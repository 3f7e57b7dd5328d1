package io.lanewise.cli;

import io.lanewise.model.Architecture;
import io.lanewise.model.Names;
import io.lanewise.nn.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;

/** Figures as people read them. */
final class Text {
  private Text() {}

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** 64 32:relu 10:softmax, cross-entropy. */
  static String describe(Network network) {
    return Architecture.format(network) + ", " + Names.of(network.loss());
  }

  /** The confusion matrix: a line an actual class, a column a predicted one. */
  static String confusion(int[][] confusion, IntFunction<String> className) {
    int width = 4;
    for (int i = 0; i < confusion.length; i++) {
      width = Math.max(width, className.apply(i).length() + 1);
      for (int count : confusion[i]) {
        width = Math.max(width, Integer.toString(count).length() + 1);
      }
    }
    String cell = "%" + width + "s";
    String corner = "actual \\ predicted";
    StringBuilder text = new StringBuilder(corner);
    for (int j = 0; j < confusion.length; j++) {
      text.append(cell.formatted(className.apply(j)));
    }
    for (int i = 0; i < confusion.length; i++) {
      text.append(("%n%" + corner.length() + "s").formatted(className.apply(i)));
      for (int count : confusion[i]) {
        text.append(cell.formatted(count == 0 ? "." : Integer.toString(count)));
      }
    }
    return text.append(System.lineSeparator()).toString();
  }

  /** The SHA-256 of the parameters, then of the state, as little-endian floats. */
  static String sha256(Network network) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, network.parameters());
      update(digest, network.state());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; ) {
      chunk.clear();
      while (i < values.length && chunk.hasRemaining()) {
        chunk.putFloat(values[i++]);
      }
      digest.update(chunk.array(), 0, chunk.position());
    }
  }
}
