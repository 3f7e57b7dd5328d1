package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.metrics.Confusion;
import io.lanewise.metrics.Confusion.Average;
import io.lanewise.model.Architecture;
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
  static String confusion(Confusion confusion, IntFunction<String> className) {
    int classes = confusion.classes();
    int width = 4;
    for (int i = 0; i < classes; i++) {
      width = Math.max(width, className.apply(i).length() + 1);
      for (int j = 0; j < classes; j++) {
        width = Math.max(width, count(confusion.count(i, j)).length() + 1);
      }
    }
    String cell = "%" + width + "s";
    String corner = "actual \\ predicted";
    StringBuilder text = new StringBuilder(corner);
    for (int j = 0; j < classes; j++) {
      text.append(cell.formatted(className.apply(j)));
    }
    for (int i = 0; i < classes; i++) {
      text.append(("%n%" + corner.length() + "s").formatted(className.apply(i)));
      for (int j = 0; j < classes; j++) {
        text.append(cell.formatted(count(confusion.count(i, j))));
      }
    }
    return text.append(System.lineSeparator()).toString();
  }

  /** Whole rows, or their weight. */
  private static String count(double count) {
    if (count == 0) {
      return ".";
    }
    return count == Math.rint(count) ? format("%.0f", count) : format("%.2f", count);
  }

  /** A line a class, with its precision, recall and F1, then their means. */
  static String classes(Confusion confusion, IntFunction<String> className) {
    int width = 12;
    for (int c = 0; c < confusion.classes(); c++) {
      width = Math.max(width, className.apply(c).length());
    }
    String line = "%-" + width + "s  %9.4f  %9.4f  %9.4f  %s%n";
    StringBuilder text = new StringBuilder();
    text.append(
        format(
            "%-" + width + "s  %9s  %9s  %9s  %s%n", "class", "precision", "recall", "F1", "rows"));
    for (int c = 0; c < confusion.classes(); c++) {
      double precision = confusion.precision(c);
      String rows = count(confusion.support(c));
      text.append(
          format(line, className.apply(c), precision, confusion.recall(c), confusion.f1(c), rows));
    }
    for (Average average : new Average[] {Average.MACRO, Average.WEIGHTED}) {
      String name = average.name().toLowerCase(Locale.ROOT) + " mean";
      double precision = confusion.precision(average);
      text.append(
          format(line, name, precision, confusion.recall(average), confusion.f1(average), ""));
    }
    return text.toString();
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
