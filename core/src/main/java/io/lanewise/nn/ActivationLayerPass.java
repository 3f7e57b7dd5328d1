package io.lanewise.nn;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Layer.ActivationLayer;

/** A = f(X); dX = dA f'. */
final class ActivationLayerPass extends LayerPass {
  private final ActivationPass activation;
  private final boolean takenByLoss;

  /**
   * @param takenByLoss whether the loss takes x and gives its gradient
   */
  ActivationLayerPass(
      Kernels kernels,
      ActivationLayer layer,
      Matrix x,
      Matrix dy,
      boolean takenByLoss,
      int maxBatch) {
    super(x, new Matrix(maxBatch, layer.n()), dy);
    this.takenByLoss = takenByLoss;
    derivativeDone = takenByLoss;
    activation = new ActivationPass(kernels, layer.activation(), x, y);
  }

  @Override
  void forward(boolean training) {
    if (takenByLoss) {
      y.set(x);
    } else {
      activation.forward();
    }
  }

  @Override
  void backward() {
    if (!derivativeDone) {
      activation.backward(dy);
    }
  }

  @Override
  Epilogue takeDerivative() {
    if (!activation.fusible()) {
      return Epilogue.NONE;
    }
    derivativeDone = true;
    return activation.derivative();
  }

  @Override
  Matrix saved() {
    return activation.saved();
  }
}
