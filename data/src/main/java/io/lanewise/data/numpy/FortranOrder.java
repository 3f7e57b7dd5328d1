package io.lanewise.data.numpy;

/** Walks through an array in Fortran order, the first index fastest: the places in C order. */
final class FortranOrder {
  private final int[] shape;
  private final int[] strides;
  private final int[] index;
  private int next;

  /** Takes a shape that an array can hold, with no dimension of 0. */
  FortranOrder(long[] shape) {
    int rank = shape.length;
    this.shape = new int[rank];
    strides = new int[rank];
    index = new int[rank];
    int stride = 1;
    for (int d = rank - 1; d >= 0; d--) {
      this.shape[d] = (int) shape[d];
      strides[d] = stride;
      stride *= this.shape[d];
    }
  }

  int next() {
    int current = next;
    for (int d = 0; d < shape.length; d++) {
      next += strides[d];
      if (++index[d] < shape[d]) {
        break;
      }
      next -= index[d] * strides[d];
      index[d] = 0;
    }
    return current;
  }
}
