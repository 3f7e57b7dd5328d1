package io.lanewise.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns the bytes of elements into numbers, 64 KiB at a time. What does not fit into a float is
 * rounded to the nearest, ties to even, as NumPy and PyTorch do.
 */
final class Elements {
  /** Takes what it wants. */
  interface Reader {
    void read(Elements elements) throws IOException;
  }

  private static final int CHUNK = 1 << 16;

  private final DType type;
  private final ByteOrder order;
  private final Source source;
  private byte[] bytes = {};
  private ByteBuffer buffer;

  Elements(DType type, ByteOrder order, Source source) {
    this.type = type;
    this.order = order;
    this.source = source;
  }

  /** Reads the next elements, as many as a chunk has at most, into the buffer. */
  private int next(long wanted) throws IOException {
    int n = (int) Math.min(wanted, CHUNK / type.bytes());
    int length = n * type.bytes();
    // No larger than the tensor: a file may have thousands of a few bytes.
    if (bytes.length < length) {
      bytes = new byte[length];
      buffer = ByteBuffer.wrap(bytes).order(order);
    }
    source.read(bytes, length);
    return n;
  }

  /** The next {@code count} elements, one after the other. */
  void floats(long count, float[] to, int off) throws IOException {
    int at = off;
    for (long left = count; left > 0; ) {
      int n = next(left);
      toFloats(n, to, at);
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
      toFloats(n, chunk, 0);
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

  /** All of them, each to its place. */
  void floats(float[] to, FortranOrder order) throws IOException {
    float[] chunk = new float[Math.min(to.length, CHUNK / type.bytes())];
    for (int left = to.length; left > 0; ) {
      int n = next(left);
      toFloats(n, chunk, 0);
      for (int e = 0; e < n; e++) {
        to[order.next()] = chunk[e];
      }
      left -= n;
    }
  }

  /** All of them; without an order one after the other, here and in what follows. */
  void doubles(double[] to, FortranOrder order) throws IOException {
    int at = 0;
    for (int left = to.length; left > 0; ) {
      int n = next(left);
      for (int e = 0; e < n; e++) {
        to[order == null ? at++ : order.next()] = toDouble(e);
      }
      left -= n;
    }
  }

  /** Integers; a float that is no integer is an error. */
  void longs(long[] to, FortranOrder order) throws IOException {
    int at = 0;
    for (int left = to.length; left > 0; ) {
      int n = next(left);
      for (int e = 0; e < n; e++) {
        to[order == null ? at++ : order.next()] = toLong(e);
      }
      left -= n;
    }
  }

  /** Integers that fit into an int; else an error. */
  void ints(int[] to, FortranOrder order) throws IOException {
    int at = 0;
    for (int left = to.length; left > 0; ) {
      int n = next(left);
      for (int e = 0; e < n; e++) {
        long value = toLong(e);
        if (value != (int) value) {
          throw new ModelFormatException("the value " + value + " does not fit into an int");
        }
        to[order == null ? at++ : order.next()] = (int) value;
      }
      left -= n;
    }
  }

  private void toFloats(int n, float[] to, int off) {
    switch (type) {
      case F32 -> buffer.asFloatBuffer().get(to, off, n);
      case F16 -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = Float.float16ToFloat(buffer.getShort(2 * e));
        }
      }
      case BF16 -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = Float.intBitsToFloat(buffer.getShort(2 * e) << 16);
        }
      }
      case F64 -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = (float) buffer.getDouble(8 * e);
        }
      }
      case U8 -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = bytes[e] & 0xff;
        }
      }
      case BOOL -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = bytes[e] == 0 ? 0 : 1;
        }
      }
      case U64 -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = unsignedToFloat(buffer.getLong(8 * e));
        }
      }
      default -> {
        for (int e = 0; e < n; e++) {
          to[off + e] = (float) integer(e);
        }
      }
    }
  }

  private double toDouble(int e) {
    return switch (type) {
      case F64 -> buffer.getDouble(8 * e);
      case F32 -> buffer.getFloat(4 * e);
      case F16 -> Float.float16ToFloat(buffer.getShort(2 * e));
      case BF16 -> Float.intBitsToFloat(buffer.getShort(2 * e) << 16);
      case U64 -> unsignedToDouble(buffer.getLong(8 * e));
      default -> (double) integer(e);
    };
  }

  private long toLong(int e) throws ModelFormatException {
    if (type.isFloat()) {
      double value = toDouble(e);
      if (value != Math.rint(value) || Math.abs(value) >= 0x1p63) {
        throw new ModelFormatException("the value " + value + " is not a 64-bit integer");
      }
      return (long) value;
    }
    long value = integer(e);
    if (type == DType.U64 && value < 0) {
      throw new ModelFormatException(
          "the value " + Long.toUnsignedString(value) + " does not fit into a signed integer");
    }
    return value;
  }

  private long integer(int e) {
    return switch (type) {
      case I64, U64 -> buffer.getLong(8 * e);
      case I32 -> buffer.getInt(4 * e);
      case U32 -> buffer.getInt(4 * e) & 0xffffffffL;
      case I16 -> buffer.getShort(2 * e);
      case U16 -> buffer.getShort(2 * e) & 0xffffL;
      case I8 -> bytes[e];
      case U8 -> bytes[e] & 0xffL;
      case BOOL -> bytes[e] == 0 ? 0 : 1;
      default -> throw new IllegalStateException(type + " is no integer");
    };
  }

  // Half of it with the lost bit kept in the last one rounds as the whole would.
  private static float unsignedToFloat(long value) {
    return value >= 0 ? (float) value : 2f * (float) (value >>> 1 | value & 1);
  }

  private static double unsignedToDouble(long value) {
    return value >= 0 ? (double) value : 2.0 * (double) (value >>> 1 | value & 1);
  }

  /**
   * Multiplies out a shape.
   *
   * @return the number of elements
   * @throws ModelFormatException if a dimension is negative, or the elements or their bytes are
   *     more than 2^63 - 1
   */
  static long count(String what, long[] shape, DType type) throws ModelFormatException {
    try {
      long count = 1;
      for (long dimension : shape) {
        if (dimension < 0) {
          throw new ModelFormatException(what + ": a dimension of " + dimension);
        }
        count = Math.multiplyExact(count, dimension);
      }
      Math.multiplyExact(count, type.bytes());
      return count;
    } catch (ArithmeticException e) {
      throw new ModelFormatException(what + ": the product of its shape overflows");
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
