package io.lanewise.check;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;

/** The scalar kernels, for tests that override one operation with a bug; not for threads. */
class DelegatingKernels extends ForwardingKernels {
  static final Kernels SCALAR = ScalarKernels.INSTANCE;

  DelegatingKernels() {
    super(SCALAR);
  }

  @Override
  public String name() {
    return "planted";
  }

  @Override
  public String describe() {
    return name();
  }

  /** By the other, so that a bug of a product is one of packed weights as well. */
  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Matrix rows = new Matrix(b.elements(), from, Math.max(1, b.n()), b.k(), c.columns());
    doMatmul(Transpose.NN, a, rows, c, epilogue, bias, saved);
  }
}
