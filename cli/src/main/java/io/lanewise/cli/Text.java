package io.lanewise.cli;

import io.lanewise.model.Names;
import io.lanewise.nn.Dense;
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

  /** 64-32-10, relu softmax, cross-entropy. */
  static String describe(Network network) {
    StringBuilder shape = new StringBuilder().append(network.nIn());
    StringBuilder activations = new StringBuilder();
    for (Dense layer : network.layers()) {
      shape.append('-').append(layer.nOut());
      activations.append(' ').append(Names.of(layer.activation()));
    }
    return shape + "," + activations + ", " + Names.of(network.loss());
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

  /** The SHA-256 of the parameters as little-endian floats. */
  static String sha256(Network network) {
    float[] parameters = network.parameters();
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < parameters.length; ) {
        chunk.clear();
        while (i < parameters.length && chunk.hasRemaining()) {
          chunk.putFloat(parameters[i++]);
        }
        digest.update(chunk.array(), 0, chunk.position());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
