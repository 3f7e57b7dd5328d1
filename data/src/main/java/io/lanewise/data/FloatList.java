package io.lanewise.data;

import java.util.Arrays;

/** Floats that become more. */
final class FloatList {
  private float[] values = new float[1024];
  private int size;

  void add(float value) throws DataException {
    if (size == values.length) {
      if (size > Integer.MAX_VALUE / 2 - 8) {
        throw new DataException("more than 2^30 values");
      }
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  float get(long index) {
    return values[(int) index];
  }

  float[] toArray() {
    return size == values.length ? values : Arrays.copyOf(values, size);
  }
}
