package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;

/**
 * An activation, a = f(z), and its derivative: what dense layers and {@link Layer.ActivationLayer}
 * share.
 */
final class ActivationPass {
  private final Kernels kernels;
  private final Activation f;
  private final Matrix z;
  private final Matrix a;

  /**
   * @param z (m, n); may be a itself where f' is computed from a
   */
  ActivationPass(Kernels kernels, Activation f, Matrix z, Matrix a) {
    this.kernels = kernels;
    this.f = f;
    this.z = z;
    this.a = a;
  }

  void forward() {
    apply(kernels, f, z, a);
  }

  /** a = f(z) for any f. */
  static void apply(Kernels kernels, Activation f, Matrix z, Matrix a) {
    if (f == Activation.SOFTMAX) {
      kernels.softmax(z, a);
    } else if (f == Activation.LOG_SOFTMAX) {
      kernels.logSoftmax(z, a);
    } else {
      kernels.activate(f, z, a);
    }
  }

  /** dy holds the gradient of a; makes it that of z. */
  void backward(Matrix dy) {
    if (f == Activation.SOFTMAX) {
      kernels.softmaxBackward(a, dy, dy);
    } else if (f == Activation.LOG_SOFTMAX) {
      kernels.logSoftmaxBackward(a, dy, dy);
    } else if (f != Activation.IDENTITY) {
      kernels.activateBackward(f, saved(), dy, dy);
    }
  }

  boolean fusible() {
    return f.elementwise() && f != Activation.IDENTITY;
  }

  Epilogue derivative() {
    return Epilogue.NONE.derivative(f);
  }

  Matrix saved() {
    return f.savesInput() ? z : a;
  }
}
