package io.lanewise.cli;

import io.lanewise.check.internal.TextTable;
import io.lanewise.internal.Names;
import io.lanewise.metrics.Confusion;
import io.lanewise.metrics.Confusion.Average;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;

/** Figures as people read them. */
final class Text {
  private static final int MOST_SHOWN = 100;

  private Text() {}

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** 64 32:relu 10:softmax, cross-entropy. */
  static String describe(Network network) {
    return Architecture.format(network) + ", " + Names.of(network.loss());
  }

  /**
   * The confusion matrix: a line an actual class, a column a predicted one, and one of the rows
   * that have none, if there are any.
   */
  static String confusion(Confusion confusion, IntFunction<String> className) {
    int classes = confusion.classes();
    if (classes > MOST_SHOWN) {
      return format(
          "confusion matrix left out: %,d classes are more than %d%n", classes, MOST_SHOWN);
    }
    double none = 0;
    for (int i = 0; i < classes; i++) {
      none += confusion.noClass(i);
    }
    TextTable table = new TextTable(0);
    String[] line = new String[classes + (none > 0 ? 2 : 1)];
    line[line.length - 1] = "(no class)";
    line[0] = "actual \\ predicted";
    for (int j = 0; j < classes; j++) {
      line[1 + j] = className.apply(j);
    }
    table.add(line.clone());
    for (int i = 0; i < classes; i++) {
      line[0] = className.apply(i);
      for (int j = 0; j < classes; j++) {
        line[1 + j] = count(confusion.count(i, j));
      }
      if (none > 0) {
        line[1 + classes] = count(confusion.noClass(i));
      }
      table.add(line.clone());
    }
    return table.toString();
  }

  /** Whole rows, or their weight. */
  static String count(double count) {
    if (count == 0) {
      return ".";
    }
    return count == Math.rint(count) ? format("%.0f", count) : format("%.2f", count);
  }

  /** A line a class, with its precision, recall and F1, then their means. */
  static String classes(Confusion confusion, IntFunction<String> className) {
    TextTable table = new TextTable(1);
    table.add("class", "precision", "recall", "F1", "rows");
    for (int c = 0; c < confusion.classes(); c++) {
      table.add(
          className.apply(c),
          format("%.4f", confusion.precision(c)),
          format("%.4f", confusion.recall(c)),
          format("%.4f", confusion.f1(c)),
          count(confusion.support(c)));
    }
    for (Average average : new Average[] {Average.MACRO, Average.WEIGHTED}) {
      table.add(
          average.name().toLowerCase(Locale.ROOT) + " mean",
          format("%.4f", confusion.precision(average)),
          format("%.4f", confusion.recall(average)),
          format("%.4f", confusion.f1(average)),
          "");
    }
    return table.toString();
  }

  /** The SHA-256 of a file. */
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The SHA-256 of the parameters, then of the state, as little-endian floats. Every NaN counts as
   * one and the same: which one an operation gives is the processor's affair.
   */
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
        chunk.putInt(Float.floatToIntBits(values[i++]));
      }
      digest.update(chunk.array(), 0, chunk.position());
    }
  }
}
