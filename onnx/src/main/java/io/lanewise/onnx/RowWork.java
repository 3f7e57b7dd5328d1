package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import org.jspecify.annotations.Nullable;

/** Instructions of matrices: products, softmax and normalizations of rows. */
final class RowWork {
  /** So many rows of a sum are normalized while they are in the cache. */
  private static final int BLOCK = 64;

  private RowWork() {}

  /** y = f(a B + bias), y without gaps. */
  static Instruction product(View a, PackedMatrix b, @Nullable Matrix bias, Activation f, View y) {
    Epilogue epilogue = (bias == null ? Epilogue.NONE : Epilogue.BIAS).activation(f);
    int m = y.count() / b.n();
    int ld = a.rowStride();
    return room ->
        room.kernels.matmulPacked(
            room.window(room.a, a, ld, m, b.k()),
            b,
            room.window(room.c, y, b.n(), m, b.n()),
            epilogue,
            bias,
            null);
  }

  /** Products of the matrices that the last two axes are; the others are those of all three. */
  static final class Products extends Loops {
    private final View a;
    private final View b;
    private final View y;
    private final Transpose form;
    private final int m;
    private final int n;
    private final int k;

    Products(View a, View b, View y) {
      super(y.rank() - 2, y, a, b);
      this.a = a;
      this.b = b;
      this.y = y;
      m = y.fromEnd(2);
      n = y.fromEnd(1);
      k = a.fromEnd(1);
      boolean ta = isTransposed(a);
      boolean tb = isTransposed(b);
      form = ta ? (tb ? Transpose.TT : Transpose.TN) : tb ? Transpose.NT : Transpose.NN;
    }

    /** Whether its last two axes are a window, as it is or transposed. */
    static boolean isWindow(View x) {
      return ld(x, false) >= 0 || ld(x, true) >= 0;
    }

    private static boolean isTransposed(View x) {
      return ld(x, false) < 0;
    }

    private static int ld(View x, boolean transposed) {
      int rows = x.fromEnd(transposed ? 1 : 2);
      int columns = x.fromEnd(transposed ? 2 : 1);
      int rowStep = x.strides()[x.rank() - (transposed ? 1 : 2)];
      int step = x.strides()[x.rank() - (transposed ? 2 : 1)];
      if (columns > 1 && step != 1) {
        return -1;
      }
      int least = Math.max(1, columns);
      return rows <= 1 ? least : rowStep >= least ? rowStep : -1;
    }

    @Override
    void row(Room room, int yAt, int aAt, int bAt) {
      float[] left = room.floats(a);
      float[] right = room.floats(b);
      float[] to = room.floats(y);
      int ldA = ld(a, form.a());
      int ldB = ld(b, form.b());
      int ldY = ld(y, false);
      for (int i = 0; i < length(); i++) {
        room.a.set(left, aAt + i * step(1), ldA, form.a() ? k : m, form.a() ? m : k);
        room.b.set(right, bAt + i * step(2), ldB, form.b() ? n : k, form.b() ? k : n);
        room.c.set(to, yAt + i * step(0), ldY, m, n);
        room.kernels.matmul(form, room.a, room.b, room.c);
      }
    }
  }

  /** y = the softmax of the rows of f(x, scalar) + mask. */
  static final class Softmax extends Loops {
    private final View y;
    private final View x;
    private final @Nullable View mask;
    private final boolean divide;
    private final float scalar;
    private final int n;
    private final int ld;

    /**
     * Of rows along the last axis of y, which has no gaps, as x.
     *
     * @param mask null if there is none; else broadcast to y, its rows without gaps or repeated
     */
    Softmax(View y, View x, @Nullable View mask, boolean divide, float scalar) {
      super(y.rank() - 1, y, x, mask == null ? x : mask);
      this.y = y;
      this.x = x;
      this.mask = mask;
      this.divide = divide;
      this.scalar = scalar;
      n = y.fromEnd(1);
      ld = n;
    }

    @Override
    void row(Room room, int yAt, int xAt, int maskAt) {
      float[] from = room.floats(x);
      float[] to = room.floats(y);
      if (mask == null && scalar == 1) {
        room.a.set(from, xAt, Math.max(step(1), n), length(), n);
        room.kernels.softmax(room.a, room.c.set(to, yAt, Math.max(step(0), n), length(), n));
        return;
      }
      for (int i = 0; i < length(); i++) {
        int a = xAt + i * step(1);
        int b = yAt + i * step(0);
        scaled(from, a, to, b);
        if (mask != null) {
          masked(to, b, room.floats(mask), maskAt + i * step(2));
        }
      }
      room.c.set(to, yAt, Math.max(step(0), ld), length(), n);
      room.kernels.softmax(room.c, room.c);
    }

    private void scaled(float[] from, int a, float[] to, int b) {
      float s = scalar;
      if (divide) {
        for (int j = 0; j < n; j++) {
          to[b + j] = from[a + j] / s;
        }
      } else {
        for (int j = 0; j < n; j++) {
          to[b + j] = from[a + j] * s;
        }
      }
    }

    private void masked(float[] to, int b, float[] by, int at) {
      if (mask.strides()[mask.rank() - 1] == 0) {
        float m = by[at];
        for (int j = 0; j < n; j++) {
          to[b + j] += m;
        }
      } else {
        for (int j = 0; j < n; j++) {
          to[b + j] += by[at + j];
        }
      }
    }
  }

  /**
   * y = the layer norm of the rows of x, or of x + beside.
   *
   * @param x without gaps, as beside and y
   * @param statistics room for two floats a row
   */
  static Instruction norm(
      View x, @Nullable View beside, Matrix gamma, Matrix beta, float e, View statistics, View y) {
    int n = y.fromEnd(1);
    int m = y.count() / n;
    return room -> {
      Kernels kernels = room.kernels;
      room.norm.gamma().set(gamma);
      room.norm.beta().set(beta);
      float[] of = room.floats(statistics);
      int at = Room.at(statistics);
      int block = beside == null ? m : BLOCK;
      for (int i = 0; i < m; i += block) {
        int rows = Math.min(block, m - i);
        room.norm.mean().set(of, at, 1, rows, 1);
        room.norm.rstd().set(of, at + rows, 1, rows, 1);
        Matrix from = room.a.set(room.floats(x), Room.at(x) + i * n, n, rows, n);
        Matrix to = room.c.set(room.floats(y), Room.at(y) + i * n, n, rows, n);
        if (beside != null) {
          room.b.set(room.floats(beside), Room.at(beside) + i * n, n, rows, n);
          kernels.add(from, room.b, to);
          from = to;
        }
        kernels.layerNorm(from, room.norm, e, to);
      }
    };
  }
}
