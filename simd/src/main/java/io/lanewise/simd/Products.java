package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Decides by its shape how a product is computed, and ends it as its epilogue says. */
final class Products {
  // What warms up: m, n and k.
  private static final int[][] SHAPES = {
    {264, 440, 600},
    {1, 440, 600},
    {1, 256, 130},
    {1, 90, 17},
    {3, 90, 17},
    {13, 176, 18},
    {13, 176, 17},
    {8, 10, 18},
    {13, 10, 17},
    {2, 10, 17}
  };

  // For each that is computed so many are dry.
  private static final int DRY = 200;

  // At least so many rounds, then until one is so many times faster, or none was for so long.
  private static final int ROUNDS = 75;
  private static final int COMPILED = 3000;
  private static final int STALE = 400;

  private Products() {}

  /** See {@link Kernels#matmul}. */
  static void matmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Scratch scratch = Scratch.take();
    boolean column = c.columns() == 1 && epilogue.start() == Start.ZERO;
    if (epilogue.isScaled() || column) {
      scratch.scaled.matmul(form, a, b, c, epilogue.alpha(), epilogue.beta());
    } else {
      chains(scratch, form, a, b, c, epilogue.start(), bias);
    }
    scratch.give();
    finish(c, epilogue, saved);
  }

  /** The product without what follows it. */
  static void chains(
      Scratch scratch, Transpose form, Matrix a, Matrix b, Matrix c, Start start, Matrix bias) {
    int m = c.rows();
    int k = form.a() ? a.rows() : a.columns();
    if (m == 1 && form.b()) {
      if (start == Start.BIAS) {
        System.arraycopy(bias.array(), bias.off(), c.array(), c.off(), c.columns());
      }
      Gemv.matmul(b, a, form.a() ? a.ld() : 1, start == Start.ZERO, c);
    } else if (!form.b() && k > 0 && (m < Blocking.FEW_ROWS || k <= Blocking.SHORT_K)) {
      Strips.rows(scratch, form, a, b, c, start, bias);
    } else if (form == Transpose.TN
        && c.columns() <= Blocking.FEW_COLUMNS
        && m >= 2 * Blocking.NR) {
      scratch.gemm.swapped(a, b, c, start, bias);
    } else {
      scratch.gemm.matmul(form, a, b, c, start, bias);
    }
  }

  /** See {@link Kernels#pack}. */
  static PackedMatrix pack(Kernels packer, Matrix b) {
    float[] panels = Packing.panels(b);
    return new PackedMatrix(packer, b.rows(), b.columns(), panels, Blocking.HERE.fewestRows());
  }

  /** See {@link Kernels#matmulPacked}: columns of a B in {@link Packing#panels}. */
  static void matmulPacked(
      Matrix a,
      PackedMatrix b,
      int column,
      Matrix c,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved) {
    Scratch scratch = Scratch.take();
    scratch.gemm.matmulPacked(a, b, column, c, epilogue.start(), bias);
    scratch.give();
    finish(c, epilogue, saved);
  }

  /**
   * See {@link Kernels#warmUp}. Until C2 has compiled a tile its vectors are objects, and it asks
   * for thousands of calls first: so nearly all are dry ({@link Gemm#dry}), and a few are products,
   * for the profile of what is within. The shapes take each branch both ways: what C2 has not seen
   * it leaves out, and throws its code away when a later shape goes there.
   */
  static void warmUp(Duration most) {
    long begin = System.nanoTime();
    long nanos = TimeUnit.NANOSECONDS.convert(most);
    float[] x = new float[600 * 440];
    for (int i = 0; i < x.length; i++) {
      // A column of zeros, where a single row that leaves zeros out gives up.
      x[i] = i % 3 == 0 || i % 256 == 250 ? 0f : 0.1f;
    }
    float[] sparse = new float[600];
    for (int p = 0; p < sparse.length; p += 8) {
      sparse[p] = 1f;
    }
    float[] y = new float[264 * 440];
    Matrix a = new Matrix();
    Matrix c = new Matrix();
    PackedMatrix[] b = new PackedMatrix[SHAPES.length];
    for (int s = 0; s < b.length; s++) {
      b[s] = pack(SimdKernels.INSTANCE, a.set(x, 0, SHAPES[s][1], SHAPES[s][2], SHAPES[s][1]));
    }
    long slowest = 0;
    long best = Long.MAX_VALUE;
    int stale = 0;
    for (int round = 0; stale < STALE; round++) {
      // Of its own: nobody else gets a dry one, and its buffers grow.
      Scratch scratch = new Scratch();
      scratch.gemm.dry = true;
      long before = 0;
      for (int i = 0; i <= DRY; i++) {
        before = System.nanoTime();
        if (before - begin >= nanos || Thread.currentThread().isInterrupted()) {
          return;
        }
        // The first two are large, for what the loops around the tiles decide alone.
        for (int s = i % 32 < 2 && i < DRY ? 0 : 2; s < b.length; s++) {
          int m = SHAPES[s][0];
          boolean hasZeros = m == 1 && (i < DRY ? i : round / 2) % 2 == 0;
          a.set(hasZeros ? sparse : x, 0, b[s].k(), m, b[s].k());
          c.set(y, 0, b[s].n(), m, b[s].n());
          if (i < DRY) {
            Start start = i % 2 == 0 ? Start.ZERO : Start.ACCUMULATE;
            scratch.gemm.matmulPacked(a, b[s], 0, c, start, null);
          } else {
            SimdKernels.INSTANCE.matmulPacked(a, b[s], c, Epilogue.NONE, null, null);
          }
        }
      }
      long took = System.nanoTime() - before;
      slowest = Math.max(slowest, took);
      stale = took < 0.9 * best ? 0 : stale + 1;
      best = Math.min(best, took);
      if (round >= ROUNDS && took < slowest / COMPILED) {
        return;
      }
      // For the compiler to have a processor.
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** What follows the chains. */
  private static void finish(Matrix matrix, Epilogue epilogue, Matrix saved) {
    Activation f = epilogue.activation();
    Activation derivative = epilogue.derivative();
    boolean activated = f != Activation.IDENTITY;
    if (!activated && derivative == null) {
      return;
    }
    boolean oneRow = matrix.isDense() && (activated || saved.isDense());
    int rows = oneRow ? 1 : matrix.rows();
    int length = matrix.columns() * (oneRow ? matrix.rows() : 1);
    float[] c = matrix.array();
    for (int i = 0; i < rows; i++) {
      int row = matrix.at(i);
      if (activated) {
        Elementwise.activate(f, length, c, row, c, row);
      } else {
        Elementwise.backward(derivative, length, saved.array(), saved.at(i), c, row, c, row);
      }
    }
  }
}
