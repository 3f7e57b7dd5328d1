package io.lanewise.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of Protocol Buffers in the making. Weights stay where they are until the message is
 * written: it is a list of parts of known size.
 */
final class ProtoWriter {
  /** Floats in little-endian order, (rows, columns) written column by column if transposed. */
  private record Floats(float[] values, int off, int rows, int columns, boolean transposed) {
    void writeTo(OutputStream out) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
      int outer = transposed ? columns : rows;
      int inner = transposed ? rows : columns;
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          if (!buffer.hasRemaining()) {
            out.write(buffer.array());
            buffer.clear();
          }
          buffer.putFloat(values[off + (transposed ? j * columns + i : i * columns + j)]);
        }
      }
      out.write(buffer.array(), 0, buffer.position());
    }
  }

  private final List<Object> parts = new ArrayList<>();
  private ByteArrayOutputStream open = new ByteArrayOutputStream();
  private long size;

  /** Returns the bytes it has. */
  long size() {
    return size;
  }

  ProtoWriter number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  ProtoWriter float32(int field, float value) {
    varint((long) field << 3 | ProtoReader.FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int i = 0; i < Integer.BYTES; i++) {
      put(bits >>> 8 * i);
    }
    return this;
  }

  ProtoWriter text(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    delimited(field, bytes.length);
    open.writeBytes(bytes);
    size += bytes.length;
    return this;
  }

  ProtoWriter message(int field, ProtoWriter value) {
    delimited(field, value.size);
    return append(value);
  }

  /** The fields of another message, after those that are there. */
  ProtoWriter append(ProtoWriter fields) {
    fields.close();
    close();
    parts.addAll(fields.parts);
    size += fields.size;
    return this;
  }

  /** The floats of (rows, columns), row by row, or of its transpose. */
  ProtoWriter floats(
      int field, float[] values, int off, int rows, int columns, boolean transposed) {
    long bytes = 4L * rows * columns;
    delimited(field, bytes);
    close();
    parts.add(new Floats(values, off, rows, columns, transposed));
    size += bytes;
    return this;
  }

  private void delimited(int field, long length) {
    varint((long) field << 3 | ProtoReader.BYTES);
    varint(length);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~127L) != 0) {
      put((int) (rest & 127 | 128));
      rest >>>= 7;
    }
    put((int) rest);
  }

  private void put(int b) {
    open.write(b);
    size++;
  }

  private void close() {
    if (open.size() > 0) {
      parts.add(open.toByteArray());
      open = new ByteArrayOutputStream();
    }
  }

  void writeTo(OutputStream out) throws IOException {
    close();
    for (Object part : parts) {
      if (part instanceof Floats floats) {
        floats.writeTo(out);
      } else {
        out.write((byte[]) part);
      }
    }
  }
}
