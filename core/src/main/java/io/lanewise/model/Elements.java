package io.lanewise.model;

import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the elements of a tensor of a file, 64 KiB at a time. */
final class Elements {
  private static final int CHUNK = 1 << 16;

  private final DType type;
  private final Source source;
  private byte[] bytes = {};
  private ByteBuffer buffer;

  Elements(DType type, Source source) {
    this.type = type;
    this.source = source;
  }

  /** Reads the next elements, as many as a chunk has at most, into the buffer. */
  private int next(long wanted) throws IOException {
    int n = (int) Math.min(wanted, CHUNK / type.bytes());
    int length = n * type.bytes();
    // No larger than the tensor: a file may have thousands of a few bytes.
    if (bytes.length < length) {
      bytes = new byte[length];
      buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    source.read(bytes, length);
    return n;
  }

  /** The next {@code count} elements, one after the other. */
  void floats(long count, float[] to, int off) throws IOException {
    int at = off;
    for (long left = count; left > 0; ) {
      int n = next(left);
      type.floats(buffer, n, to, at, at - off);
      at += n;
      left -= n;
    }
  }

  /** A matrix: element (i, j) goes to {@code off + i * rowStride + j * columnStride}. */
  void floats(int rows, int columns, float[] to, int off, int rowStride, int columnStride)
      throws IOException {
    float[] chunk = new float[(int) Math.min((long) rows * columns, CHUNK / type.bytes())];
    int i = 0;
    int j = 0;
    for (long left = (long) rows * columns; left > 0; ) {
      int n = next(left);
      type.floats(buffer, n, chunk, 0, (long) rows * columns - left);
      for (int e = 0; e < n; ) {
        int run = Math.min(n - e, columns - j);
        int at = off + i * rowStride + j * columnStride;
        for (int c = 0; c < run; c++, at += columnStride) {
          to[at] = chunk[e + c];
        }
        e += run;
        j += run;
        if (j == columns) {
          j = 0;
          i++;
        }
      }
      left -= n;
    }
  }

  /** All of them. */
  void doubles(double[] to) throws IOException {
    for (int at = 0; at < to.length; ) {
      int n = next(to.length - at);
      for (int e = 0; e < n; e++) {
        to[at++] = type.toDouble(buffer, e);
      }
    }
  }

  /** Integers; a float that is no integer is an error. */
  void longs(long[] to) throws IOException {
    for (int at = 0; at < to.length; ) {
      int n = next(to.length - at);
      for (int e = 0; e < n; e++) {
        to[at++] = type.toLong(buffer, e);
      }
    }
  }

  /**
   * An array has at most 2^31 - 9 elements.
   *
   * @param what goes before the message, if there is one
   */
  static int arrayLength(Object what, long count) throws ModelFormatException {
    if (count > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(what + ": " + count + " elements are too many for an array");
    }
    return (int) count;
  }
}
