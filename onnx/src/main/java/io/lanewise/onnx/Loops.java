package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * Goes over the rows of up to three views at once, whatever their strides: axes that are one axis
 * in all of them are taken together. Nothing is allocated while it runs.
 */
abstract class Loops implements Instruction {
  private final View[] views;
  private final int[] dims;
  private final int[][] strides;

  /**
   * Over views of those dimensions.
   *
   * @param outer how many of the axes
   */
  Loops(int outer, View... views) {
    this.views = views;
    int[] all = views[0].dims();
    int[] joined = new int[outer + 1];
    int[][] steps = new int[views.length][outer + 1];
    int n = 0;
    for (int d = 0; d < outer; d++) {
      if (all[d] == 1) {
        continue;
      }
      boolean one = n > 0;
      for (int v = 0; one && v < views.length; v++) {
        one = steps[v][n - 1] == (long) views[v].strides()[d] * all[d];
      }
      n += one ? 0 : 1;
      joined[n - 1] = one ? joined[n - 1] * all[d] : all[d];
      for (int v = 0; v < views.length; v++) {
        steps[v][n - 1] = views[v].strides()[d];
      }
    }
    if (n == 0) {
      joined[n++] = 1;
    }
    dims = java.util.Arrays.copyOf(joined, n);
    strides = steps;
  }

  /** How many there are in a row. */
  final int length() {
    return dims[dims.length - 1];
  }

  /** The step along a row of view v. */
  final int step(int v) {
    return strides[v][dims.length - 1];
  }

  /** Begins; returns whether there is anything to do. */
  void begin(Room room) {}

  /** One row, which begins at these places of the arrays. */
  abstract void row(Room room, int first, int second, int third) throws ModelFormatException;

  @Override
  public final void run(Room room) throws ModelFormatException {
    begin(room);
    int second = views.length > 1 ? Room.at(views[1]) : 0;
    int third = views.length > 2 ? Room.at(views[2]) : 0;
    walk(room, Room.at(views[0]), second, third);
  }

  /** Goes over all rows, which begin at these places of the arrays. */
  final void walk(Room room, int first, int second, int third) throws ModelFormatException {
    int[] at = room.counter;
    int outer = dims.length - 1;
    for (int d = 0; d < outer; d++) {
      at[d] = 0;
    }
    while (true) {
      row(room, first, second, third);
      int d = outer - 1;
      for (; d >= 0; d--) {
        boolean on = ++at[d] < dims[d];
        int steps = on ? 1 : 1 - dims[d];
        first += steps * strides[0][d];
        second += views.length > 1 ? steps * strides[1][d] : 0;
        third += views.length > 2 ? steps * strides[2][d] : 0;
        if (on) {
          break;
        }
        at[d] = 0;
      }
      if (d < 0) {
        return;
      }
    }
  }

  /** Copies a view into the array of a tensor without gaps. */
  static void copy(Room room, View view, Object to) {
    Object from = room.data(view);
    int at = Room.at(view);
    int count = view.count();
    if (view.isDense()) {
      row(count, from, at, 1, to, 0);
      return;
    }
    int rank = view.rank();
    int[] index = room.counter;
    java.util.Arrays.fill(index, 0, rank, 0);
    int n = view.fromEnd(1);
    int step = view.strides()[rank - 1];
    for (int i = 0; i < count; i += n) {
      row(n, from, at, step, to, i);
      for (int d = rank - 2; d >= 0; d--) {
        at += view.strides()[d];
        if (++index[d] < view.dims()[d]) {
          break;
        }
        index[d] = 0;
        at -= view.strides()[d] * view.dims()[d];
      }
    }
  }

  private static void row(int n, Object from, int at, int step, Object to, int i) {
    if (from instanceof float[] x && to instanceof float[] y && step != 1) {
      for (int j = 0; j < n; j++) {
        y[i + j] = x[at + j * step];
      }
    } else if (from instanceof long[] x && to instanceof byte[] y) {
      for (int j = 0; j < n; j++) {
        y[i + j] = (byte) x[at + j * step];
      }
    } else if (from instanceof long[] x && to instanceof int[] y) {
      for (int j = 0; j < n; j++) {
        y[i + j] = (int) x[at + j * step];
      }
    } else if (step == 1) {
      System.arraycopy(from, at, to, i, n);
    } else {
      for (int j = 0; j < n; j++) {
        System.arraycopy(from, at + j * step, to, i + j, 1);
      }
    }
  }
}
