package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.model.ModelFormatException;
import org.jspecify.annotations.Nullable;

/**
 * y = f(((q - zero) B) scale + bias), where q are the rows of x quantized by their range. The sums
 * are exact, what follows is rounded as the nodes of the graph round it.
 */
final class QuantizedWork implements Instruction {
  /** So many floats are scaled and activated while they are in the cache. */
  private static final int BLOCK = 1 << 14;

  private final Op.QuantizedProduct op;
  private final View x;
  private final View y;
  private final @Nullable View rest;
  private final int m;
  private final int n;
  private final int k;
  private final int ld;

  /**
   * Of rows.
   *
   * @param y without gaps
   * @param rest room for the sums of all parts of B but the first; null if there is one
   */
  QuantizedWork(Op.QuantizedProduct op, View x, View y, @Nullable View rest) {
    this.op = op;
    this.x = x;
    this.y = y;
    this.rest = rest;
    k = op.b().k();
    n = op.b().n();
    m = y.count() / n;
    ld = x.rowStride();
  }

  @Override
  public void run(Room room) throws ModelFormatException {
    float[] from = room.floats(x);
    float[] range = room.range;
    Ranges.of(op.node(), from, Room.at(x), ld, m, k, range);
    for (int i = 0; i < m; i++) {
      Ranges.quantize(from, Room.at(x) + i * ld, k, range, room.near, i * k);
    }
    Kernels kernels = room.kernels;
    ExactParts b = op.b();
    for (int part = 0; part < b.parts().length; part++) {
      int start = b.start(part);
      room.a.set(room.near, start, k, m, b.ends()[part] - start);
      if (part == 0) {
        room.window(room.c, y, n, m, n);
      } else {
        room.c.set(room.floats(rest), Room.at(rest) + (part - 1) * m * n, n, m, n);
      }
      kernels.matmulPacked(room.a, b.parts()[part], room.c, Epilogue.NONE, null, null);
    }
    int block = Math.max(1, BLOCK / n);
    for (int i = 0; i < m; i += block) {
      finish(room, i, Math.min(block, m - i));
    }
  }

  private void finish(Room room, int first, int rows) {
    float[] to = room.floats(y);
    // What is quantized has been multiplied.
    float[] row = room.near;
    int shift = Ranges.MIDDLE - (int) room.range[1];
    int[] sums = op.b().sums();
    for (int i = first; i < first + rows; i++) {
      int at = Room.at(y) + i * n;
      System.arraycopy(to, at, row, 0, n);
      if (rest == null) {
        shift(n, row, shift, sums);
      } else {
        join(room.floats(rest), Room.at(rest) + i * n, row, shift, sums);
      }
      scale(n, row, room.range[0], op.scale());
      if (op.bias() != null) {
        add(n, row, op.bias());
      }
      System.arraycopy(row, 0, to, at, n);
    }
    if (op.f() != Activation.IDENTITY) {
      Matrix window = room.c.set(to, Room.at(y) + first * n, n, rows, n);
      room.kernels.activate(op.f(), window, window);
    }
  }

  /** Adds the sums of the other parts, as integers. */
  private void join(float[] others, int from, float[] row, int by, int[] sums) {
    int parts = op.b().parts().length;
    for (int j = 0; j < n; j++) {
      int sum = (int) row[j] + by * sums[j];
      for (int part = 1; part < parts; part++) {
        sum += (int) others[from + (part - 1) * m * n + j];
      }
      row[j] = sum;
    }
  }

  // C2 makes vectors of loops over the same places of several arrays, and of these alone.

  /** Of sums of what is less 128 makes those of what is less the zero point, exact too. */
  private static void shift(int n, float[] row, int by, int[] sums) {
    for (int j = 0; j < n; j++) {
      // An integer has no -0.
      row[j] = row[j] + by * sums[j] + 0f;
    }
  }

  private static void scale(int n, float[] row, float of, float[] columns) {
    for (int j = 0; j < n; j++) {
      row[j] *= of * columns[j];
    }
  }

  private static void add(int n, float[] row, float[] bias) {
    for (int j = 0; j < n; j++) {
      row[j] += bias[j];
    }
  }
}
