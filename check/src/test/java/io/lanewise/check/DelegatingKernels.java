package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;

/** The scalar kernels, for tests that override one operation with a bug. */
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
}
