package io.lanewise.data.numpy;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** What is to be written as a .npy file: a shape and an array of numbers, which is not copied. */
final class NpyArray {
  private final String descr;
  private final long[] shape;
  private final Object values;
  private final int length;

  NpyArray(long[] shape, float[] values) {
    this("<f4", shape, values, Objects.requireNonNull(values, "values").length);
  }

  NpyArray(long[] shape, double[] values) {
    this("<f8", shape, values, Objects.requireNonNull(values, "values").length);
  }

  NpyArray(long[] shape, int[] values) {
    this("<i4", shape, values, Objects.requireNonNull(values, "values").length);
  }

  NpyArray(long[] shape, long[] values) {
    this("<i8", shape, values, Objects.requireNonNull(values, "values").length);
  }

  private NpyArray(String descr, long[] shape, Object values, int length) {
    long count;
    try {
      count = DType.U8.count("shape", Objects.requireNonNull(shape, "shape"));
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
    if (count != length) {
      throw new IllegalArgumentException("shape has " + count + " elements, but values " + length);
    }
    this.descr = descr;
    this.shape = shape.clone();
    this.values = values;
    this.length = length;
  }

  /** The bytes of the file. */
  long size() {
    return NpyHeader.write(descr, shape).length + (long) length * (descr.charAt(2) - '0');
  }

  void writeTo(OutputStream stream) throws IOException {
    stream.write(NpyHeader.write(descr, shape));
    int bytes = descr.charAt(2) - '0';
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < length; at += chunk.capacity() / bytes) {
      int n = Math.min(chunk.capacity() / bytes, length - at);
      if (values instanceof float[] floats) {
        chunk.asFloatBuffer().put(floats, at, n);
      } else if (values instanceof double[] doubles) {
        chunk.asDoubleBuffer().put(doubles, at, n);
      } else if (values instanceof int[] ints) {
        chunk.asIntBuffer().put(ints, at, n);
      } else {
        chunk.asLongBuffer().put((long[]) values, at, n);
      }
      stream.write(chunk.array(), 0, n * bytes);
    }
  }
}
