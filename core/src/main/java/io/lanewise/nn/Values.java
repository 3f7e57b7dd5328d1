package io.lanewise.nn;

/** A matrix of a batch, row-major: where the rows of an input or an output are this time. */
final class Values {
  float[] array;
  int off;
  int ld;

  /** Not yet anywhere. */
  Values() {}

  /** At the beginning of an array, without gaps. */
  Values(float[] array, int columns) {
    set(array, 0, columns);
  }

  void set(float[] array, int off, int ld) {
    this.array = array;
    this.off = off;
    this.ld = ld;
  }
}
