package io.lanewise.nn;

import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;

/** A = f(X); dX = dA f'. */
final class ActivationLayerPass extends LayerPass {
  private final ActivationPass activation;
  private final boolean takenByLoss;

  /**
   * @param x without gaps
   * @param takenByLoss whether the loss takes x and gives its gradient
   */
  ActivationLayerPass(
      Kernels kernels,
      ActivationLayer layer,
      Values x,
      float[] dy,
      boolean takenByLoss,
      int maxBatch) {
    super(x, new Values(), dy);
    this.takenByLoss = takenByLoss;
    derivativeDone = takenByLoss;
    int n = layer.n();
    float[] a = new float[Math.multiplyExact(maxBatch, n)];
    y.set(a, 0, n);
    activation = new ActivationPass(kernels, layer.activation(), n, x.array, a);
  }

  @Override
  void forward(int m, boolean training) {
    if (takenByLoss) {
      y.set(x.array, x.off, x.ld);
    } else {
      activation.forward(m, x.array);
    }
  }

  @Override
  void backward(int m) {
    if (!derivativeDone) {
      activation.backward(m, dy);
    }
  }

  @Override
  Fusion takeDerivative() {
    if (!activation.fusible()) {
      return Fusion.NONE;
    }
    derivativeDone = true;
    return activation.derivative();
  }
}
