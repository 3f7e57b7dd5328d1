package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;

/** Decides by its shape how a product is computed, and ends it as its epilogue says. */
final class Products {
  private Products() {}

  /** See {@link Kernels#matmul}; by {@link EarlyProducts} where it has one. */
  static void matmul(
      boolean early,
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved) {
    Scratch scratch = Scratch.take();
    boolean column = c.columns() == 1 && epilogue.start() == Start.ZERO;
    if (epilogue.isScaled() || column) {
      scratch.scaled.matmul(form, a, b, c, epilogue.alpha(), epilogue.beta());
    } else if (early) {
      scratch.early().product(form, a, b, null, 0, c, epilogue.start(), bias);
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
    return new PackedMatrix(packer, b.rows(), b.columns(), panels, Blocking.FEWEST_ROWS);
  }

  /** See {@link Kernels#matmulPacked}: columns of a B in {@link Packing#panels}. */
  static void matmulPacked(
      boolean early,
      Matrix a,
      PackedMatrix b,
      int column,
      Matrix c,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved) {
    Scratch scratch = Scratch.take();
    if (early) {
      scratch.early().product(Transpose.NN, a, null, b, column, c, epilogue.start(), bias);
    } else {
      scratch.gemm.matmulPacked(a, b, column, c, epilogue.start(), bias);
    }
    scratch.give();
    finish(c, epilogue, saved);
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
