package io.lanewise.peers;

import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;

/** Lanewise itself. */
final class Lanewise implements Peer {
  private final Kernels kernels;

  Lanewise(String name) {
    kernels = KernelLookup.named(name);
  }

  @Override
  public String version() {
    return kernels.describe() + ", threads: 1";
  }

  @Override
  public Work prepare(Task task) {
    return task instanceof Product ? new Call((Product) task) : null;
  }

  private final class Call implements Work {
    private final Product p;
    private final float[] c;
    private final Fusion fusion;

    Call(Product p) {
      this.p = p;
      c = new float[p.m * p.n];
      fusion = Fusion.bias(p.bias, 0);
    }

    @Override
    public void run() {
      kernels.matmul(p.form, p.m, p.n, p.k, p.a, 0, p.lda, p.b, 0, p.ldb, c, 0, p.n, fusion);
    }

    @Override
    public float[] result() {
      return c;
    }
  }
}
