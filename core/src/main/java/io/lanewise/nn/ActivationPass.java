package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;

/**
 * An activation, a = f(z), and its derivative: what dense layers and {@link ActivationLayer} share.
 */
final class ActivationPass {
  private final Kernels kernels;
  private final Activation f;
  private final int n;
  private final float[] z;
  private final float[] a;

  /**
   * @param z (maxBatch, n), without gaps; may be a itself where f' is computed from a
   */
  ActivationPass(Kernels kernels, Activation f, int n, float[] z, float[] a) {
    this.kernels = kernels;
    this.f = f;
    this.n = n;
    this.z = z;
    this.a = a;
  }

  void forward(int m, float[] z) {
    if (f == Activation.SOFTMAX) {
      kernels.softmax(m, n, z, 0, n, a, 0, n);
    } else {
      kernels.activate(f, m * n, z, 0, a, 0);
    }
  }

  /** dy holds the gradient of a; makes it that of z. */
  void backward(int m, float[] dy) {
    if (f == Activation.SOFTMAX) {
      kernels.softmaxBackward(m, n, a, 0, n, dy, 0, n, dy, 0, n);
    } else if (f != Activation.IDENTITY) {
      kernels.activateBackward(f, m * n, saved(), 0, dy, 0, dy, 0);
    }
  }

  boolean fusible() {
    return f.elementwise() && f != Activation.IDENTITY;
  }

  Fusion derivative() {
    return Fusion.NONE.derivative(f, saved(), 0, n);
  }

  private float[] saved() {
    return f.savesInput() ? z : a;
  }
}
