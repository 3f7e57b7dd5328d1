package io.lanewise.data.numpy;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the elements of an array, 64 KiB at a time, each to its place. */
final class NpyElements {
  /** Takes what it wants. */
  interface Reader {
    void read(NpyElements elements) throws IOException;
  }

  private static final int CHUNK = 1 << 16;

  private final NpyHeader header;
  private final DType type;
  private NpyBytes source;
  private byte[] bytes = {};
  private ByteBuffer buffer;

  NpyElements(NpyHeader header, NpyBytes source) {
    this.header = header;
    this.type = header.type();
    this.source = source;
  }

  /** Goes on somewhere else. */
  void from(NpyBytes other) {
    source = other;
  }

  /** Reads the next elements, as many as a chunk has at most, into the buffer. */
  private int next(int wanted) throws IOException {
    int n = Math.min(wanted, CHUNK / header.elementBytes());
    int length = n * header.elementBytes();
    // No larger than the array: a file may have thousands of a few bytes.
    if (bytes.length < length) {
      bytes = new byte[length];
      buffer = ByteBuffer.wrap(bytes).order(header.order());
    }
    source.read(bytes, length);
    return n;
  }

  /** The next {@code count} elements, one after the other, of which the first has that index. */
  void floats(int count, float[] to, int off, long first) throws IOException {
    for (int at = 0; at < count; ) {
      int n = next(count - at);
      type.floats(buffer, n, to, off + at, first + at);
      at += n;
    }
  }

  /** All of them; without an order one after the other, here and in what follows. */
  void floats(float[] to, FortranOrder order) throws IOException {
    if (order == null) {
      floats(to.length, to, 0, 0);
      return;
    }
    float[] chunk = new float[Math.min(to.length, CHUNK / type.bytes())];
    for (int left = to.length; left > 0; ) {
      int n = next(left);
      type.floats(buffer, n, chunk, 0, to.length - left);
      for (int e = 0; e < n; e++) {
        to[order.next()] = chunk[e];
      }
      left -= n;
    }
  }

  void doubles(double[] to, FortranOrder order) throws IOException {
    for (int at = 0; at < to.length; ) {
      int n = next(to.length - at);
      for (int e = 0; e < n; e++, at++) {
        to[order == null ? at : order.next()] = type.toDouble(buffer, e);
      }
    }
  }

  /** The next elements as texts; numbers are decimal. */
  void texts(int count, String[] to, int off) throws IOException {
    for (int at = 0; at < count; ) {
      int n = next(count - at);
      for (int e = 0; e < n; e++, at++) {
        to[off + at] =
            header.text() > 0
                ? text(e)
                : type.isFloat()
                    ? Double.toString(type.toDouble(buffer, e))
                    : Long.toString(type.toLong(buffer, e));
      }
    }
  }

  /** A text without the zeros that fill it up. */
  private String text(int e) throws ModelFormatException {
    int width = header.text();
    int length = width;
    while (length > 0 && type.toLong(buffer, e * width + length - 1) == 0) {
      length--;
    }
    try {
      if (type == DType.U8) {
        ByteBuffer part = ByteBuffer.wrap(bytes, e * width, length);
        return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
      }
      StringBuilder text = new StringBuilder(length);
      for (int c = 0; c < length; c++) {
        text.appendCodePoint((int) type.toLong(buffer, e * width + c));
      }
      return text.toString();
    } catch (CharacterCodingException | IllegalArgumentException x) {
      throw new ModelFormatException(
          "a text has characters that are none" + (type == DType.U8 ? " of UTF-8" : ""));
    }
  }

  /** Integers; a float that is no integer is an error. */
  void longs(long[] to, FortranOrder order) throws IOException {
    for (int at = 0; at < to.length; ) {
      int n = next(to.length - at);
      for (int e = 0; e < n; e++, at++) {
        to[order == null ? at : order.next()] = type.toLong(buffer, e);
      }
    }
  }

  /** Integers that fit into an int; else an error. */
  void ints(int[] to, FortranOrder order) throws IOException {
    for (int at = 0; at < to.length; ) {
      int n = next(to.length - at);
      for (int e = 0; e < n; e++, at++) {
        long value = type.toLong(buffer, e);
        if (value != (int) value) {
          throw new ModelFormatException("the value " + value + " does not fit into an int");
        }
        to[order == null ? at : order.next()] = (int) value;
      }
    }
  }
}
