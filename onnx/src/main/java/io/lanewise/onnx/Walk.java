package io.lanewise.onnx;

import java.util.Arrays;

/**
 * Goes through a shape in row-major order and knows where it is in two tensors that are broadcast
 * to it.
 */
final class Walk {
  private final int[] dims;
  private final int[] a;
  private final int[] b;
  private final int[] index;
  private final boolean plain;
  private int first;
  private int second;

  Walk(int[] dims, int[] aDims, int[] bDims) {
    this.dims = dims;
    this.a = Shapes.strides(aDims, dims);
    this.b = Shapes.strides(bDims, dims);
    this.index = new int[dims.length];
    this.plain = Arrays.equals(aDims, bDims);
  }

  /** Whether neither is broadcast: both are where the walk is. */
  boolean plain() {
    return plain;
  }

  /** The place in the first tensor. */
  int first() {
    return first;
  }

  /** The place in the second tensor. */
  int second() {
    return second;
  }

  void step() {
    for (int d = dims.length - 1; d >= 0; d--) {
      first += a[d];
      second += b[d];
      if (++index[d] < dims[d]) {
        return;
      }
      index[d] = 0;
      first -= a[d] * dims[d];
      second -= b[d] * dims[d];
    }
  }
}
