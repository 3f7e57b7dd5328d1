package io.lanewise.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small ONNX files: the messages of the format, field by field. */
final class OnnxFile {
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; rest >>> 7 != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
  }

  static byte[] number(int field, long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, field << 3);
    varint(out, value);
    return out.toByteArray();
  }

  static byte[] message(int field, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, field << 3 | 2);
    varint(out, body.size());
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  static byte[] text(int field, String text) {
    return message(field, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An input of that element type and shape, -1 for a dimension that is open. */
  OnnxFile input(String name, int type, int... dims) {
    ByteArrayOutputStream shape = new ByteArrayOutputStream();
    for (int dim : dims) {
      shape.writeBytes(message(1, dim < 0 ? text(2, "n") : number(1, dim)));
    }
    byte[] tensor = message(1, number(1, type), message(2, shape.toByteArray()));
    graph.writeBytes(message(11, text(1, name), message(2, tensor)));
    return this;
  }

  OnnxFile output(String name, int type) {
    graph.writeBytes(message(12, text(1, name), message(2, message(1, number(1, type)))));
    return this;
  }

  OnnxFile floats(String name, int[] dims, float... values) {
    ByteArrayOutputStream shape = new ByteArrayOutputStream();
    for (int dim : dims) {
      shape.writeBytes(number(1, dim));
    }
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    graph.writeBytes(
        message(5, shape.toByteArray(), number(2, 1), text(8, name), message(9, raw.array())));
    return this;
  }

  OnnxFile texts(String name, String... values) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (String value : values) {
      data.writeBytes(text(6, value));
    }
    graph.writeBytes(
        message(5, number(1, values.length), number(2, 8), data.toByteArray(), text(8, name)));
    return this;
  }

  static byte[] attribute(String name, long value) {
    return message(5, text(1, name), number(3, value), number(20, 2));
  }

  /** A node: its operator, its inputs and then its output, and attributes. */
  OnnxFile node(String operator, String names, byte[]... attributes) {
    String[] all = names.split(" ");
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    for (int i = 0; i < all.length; i++) {
      node.writeBytes(text(i == all.length - 1 ? 2 : 1, all[i]));
    }
    boolean ml = operator.startsWith("ml.");
    node.writeBytes(text(4, operator.replace("ml.", "")));
    node.writeBytes(ml ? text(7, "ai.onnx.ml") : new byte[0]);
    for (byte[] attribute : attributes) {
      node.writeBytes(attribute);
    }
    graph.writeBytes(message(1, node.toByteArray()));
    return this;
  }

  /** Writes it, of opset 17. */
  Path write(Path file) throws IOException {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    model.writeBytes(number(1, 8));
    model.writeBytes(message(8, number(2, 17)));
    model.writeBytes(message(8, text(1, "ai.onnx.ml"), number(2, 3)));
    model.writeBytes(message(7, graph.toByteArray()));
    return Files.write(file, model.toByteArray());
  }
}
