package io.lanewise.nn;

import java.util.Objects;

/** A matrix of a batch, row-major: where the rows of an input or an output are this time. */
final class Values {
  float[] array;
  int off;
  int ld;

  void set(float[] array, int off, int ld) {
    this.array = array;
    this.off = off;
    this.ld = ld;
  }

  /**
   * A window of (rows, columns) must lie inside the array; rows and columns are positive.
   *
   * @return the index after its last element
   */
  static long window(String name, int rows, float[] array, int off, int ld, int columns) {
    Objects.requireNonNull(array, name);
    if (off < 0 || ld < columns) {
      throw new IllegalArgumentException(
          name + ": wanted off >= 0 and ld >= " + columns + ", got " + off + " and " + ld);
    }
    long end = off + (rows - 1L) * ld + columns;
    if (end > array.length) {
      throw new IllegalArgumentException(
          name + ": needs elements up to " + end + ", the array has " + array.length);
    }
    return end;
  }
}
