package io.lanewise.onnx;

/** Arithmetic of shapes. */
final class Shapes {
  /** The most dimensions of a tensor. */
  static final int MAX_RANK = 12;

  /** The most elements of a tensor: what an array holds in every JVM. */
  static final int MAX_COUNT = Integer.MAX_VALUE - 8;

  private Shapes() {}

  /** The number of elements of a shape that is known to have no more than {@link #MAX_COUNT}. */
  static int count(int[] dims) {
    int count = 1;
    for (int dim : dims) {
      count *= dim;
    }
    return count;
  }

  /** The number of elements of dims from..to; -1 if an array cannot have so many. */
  static int count(int[] dims, int from, int to) {
    long count = 1;
    boolean empty = false;
    boolean tooMany = false;
    for (int i = from; i < to; i++) {
      empty |= dims[i] == 0;
      count *= Math.max(1, dims[i]);
      tooMany |= count > MAX_COUNT;
      count = tooMany ? 1 : count;
    }
    return empty ? 0 : tooMany ? -1 : (int) count;
  }

  /** The shape in which both broadcast to each other, as in NumPy; null if there is none. */
  static int[] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      int da = i < rank - a.length ? 1 : a[i - (rank - a.length)];
      int db = i < rank - b.length ? 1 : b[i - (rank - b.length)];
      if (da != db && da != 1 && db != 1) {
        return null;
      }
      dims[i] = da == 1 ? db : da;
    }
    return dims;
  }

  /**
   * How far one step along each dimension of {@code to} goes in a tensor of shape {@code dims} that
   * is broadcast to it: 0 where it is repeated.
   */
  static int[] strides(int[] dims, int[] to) {
    int[] strides = new int[to.length];
    int stride = 1;
    for (int i = to.length - 1, j = dims.length - 1; j >= 0; i--, j--) {
      strides[i] = dims[j] == 1 ? 0 : stride;
      stride *= dims[j];
    }
    return strides;
  }

  /** "(3, 4)"; a dimension of -1 is one that is not known. */
  static String text(int[] dims) {
    StringBuilder out = new StringBuilder("(");
    for (int i = 0; i < dims.length; i++) {
      out.append(i == 0 ? "" : ", ").append(dims[i] < 0 ? "?" : Integer.toString(dims[i]));
    }
    return out.append(')').toString();
  }
}
