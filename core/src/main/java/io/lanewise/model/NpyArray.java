package io.lanewise.model;

import java.io.IOException;
import java.io.OutputStream;
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
      count = Elements.count("shape", Objects.requireNonNull(shape, "shape"), DType.U8);
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
    Output out = new Output(stream);
    if (values instanceof float[] floats) {
      for (float value : floats) {
        out.putFloat(value);
      }
    } else if (values instanceof double[] doubles) {
      for (double value : doubles) {
        out.putDouble(value);
      }
    } else if (values instanceof int[] ints) {
      for (int value : ints) {
        out.putInt(value);
      }
    } else {
      for (long value : (long[]) values) {
        out.putLong(value);
      }
    }
    out.flush();
  }
}
