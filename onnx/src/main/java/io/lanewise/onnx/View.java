package io.lanewise.onnx;

import java.util.Arrays;

/**
 * A value of a compiled graph for inputs of certain shapes: a window of any strides on a buffer.
 *
 * @param dims its shape
 * @param strides how far one step along each dimension goes; 0 where it is repeated
 * @param off where its first element is in the buffer
 */
record View(Buffer buffer, OnnxTensor.Type type, int[] dims, int[] strides, int off) {

  View {
    // A part of an empty value might begin behind its array, where nothing may be copied from.
    off = Shapes.count(dims) == 0 ? 0 : off;
  }

  /** A whole buffer. */
  static View whole(Buffer buffer, OnnxTensor.Type type, int[] dims) {
    return new View(buffer, type, dims, plain(dims), 0);
  }

  /** The strides of a tensor without gaps. */
  static int[] plain(int[] dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, dims[i]);
    }
    return strides;
  }

  int rank() {
    return dims.length;
  }

  int count() {
    return Shapes.count(dims);
  }

  /** Dimension i, counted from the end. */
  int fromEnd(int i) {
    return dims[dims.length - i];
  }

  boolean isConstant() {
    return buffer.place == Buffer.Place.CONSTANT;
  }

  boolean isFloats() {
    return type == OnnxTensor.Type.FLOAT;
  }

  /** Whether its elements lie side by side in their order. */
  boolean isDense() {
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      if (dims[i] == 0) {
        return true;
      }
      if (dims[i] != 1 && strides[i] != stride) {
        return false;
      }
      stride *= dims[i];
    }
    return true;
  }

  /** Whether it lies in an array that values on the way share. */
  boolean isOnTheWay() {
    return buffer.place == Buffer.Place.ARENA || buffer.place == Buffer.Place.INTEGERS;
  }

  /** Whether it is all of a tensor. */
  boolean isWhole() {
    return off == 0
        && isDense()
        && (buffer.tensor == null || buffer.tensor.count() == count())
        && !isOnTheWay();
  }

  /** The same elements in other dimensions. */
  View as(int[] newDims, int[] newStrides, int newOff) {
    return new View(buffer, type, newDims, newStrides, newOff);
  }

  /** Its axes in another order. */
  View permuted(int[] order) {
    int[] newDims = new int[order.length];
    int[] newStrides = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      newDims[i] = dims[order[i]];
      newStrides[i] = strides[order[i]];
    }
    return as(newDims, newStrides, off);
  }

  /** Repeated to a shape that it broadcasts to. */
  View broadcast(int[] to) {
    int[] newStrides = new int[to.length];
    for (int i = 1; i <= dims.length; i++) {
      newStrides[to.length - i] = fromEnd(i) == 1 ? 0 : strides[dims.length - i];
    }
    return as(to, newStrides, off);
  }

  /** In another shape of as many elements; null if that is no window. */
  View reshaped(int[] to) {
    if (isDense()) {
      return as(to, plain(to), off);
    }
    int[] newStrides = new int[to.length];
    int i = 0;
    int j = 0;
    // Some axes of the one shape are as many elements as some of the other.
    while (i < dims.length && j < to.length) {
      int iEnd = i + 1;
      int jEnd = j + 1;
      long old = dims[i];
      long made = to[j];
      while (old != made) {
        if (old < made) {
          old *= dims[iEnd++];
        } else {
          made *= to[jEnd++];
        }
      }
      int stride = merged(i, iEnd);
      if (stride < 0) {
        return null;
      }
      for (int d = jEnd - 1; d >= j; d--) {
        newStrides[d] = stride;
        stride *= to[d];
      }
      i = iEnd;
      j = jEnd;
    }
    for (; i < dims.length; i++) {
      if (dims[i] != 1) {
        return null;
      }
    }
    return as(to, newStrides, off);
  }

  /** The stride of these axes as one; -1 if they are not one. */
  private int merged(int from, int to) {
    int stride = -1;
    long next = 0;
    for (int d = to - 1; d >= from; d--) {
      if (dims[d] == 1) {
        continue;
      }
      if (stride < 0) {
        stride = strides[d];
      } else if (strides[d] != next) {
        return -1;
      }
      if (strides[d] < 0) {
        return -1;
      }
      next = (long) strides[d] * dims[d];
    }
    return Math.max(stride, 0);
  }

  /** The distance of two rows, its last axis being the columns; -1 if they are no matrix. */
  int rowStride() {
    int n = fromEnd(1);
    if (n > 1 && strides[dims.length - 1] != 1) {
      return -1;
    }
    int rows = Shapes.count(dims) == 0 ? 0 : count() / n;
    if (rows <= 1) {
      return Math.max(1, n);
    }
    int stride = merged(0, dims.length - 1);
    return stride < n ? -1 : stride;
  }

  @Override
  public String toString() {
    return type + " " + Shapes.text(dims) + " by " + Arrays.toString(strides);
  }
}
