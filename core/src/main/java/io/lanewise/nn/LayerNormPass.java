package io.lanewise.nn;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.nn.Layer.LayerNorm;

/** y = gamma (x - mean) rstd + beta, mean and rstd of each row. */
final class LayerNormPass extends LayerPass {
  private final Kernels kernels;
  private final LayerNorm layer;
  private final Norm norm;
  private final Matrix dgamma;
  private final Matrix dbeta;

  /**
   * @param gradients null where there will be no backward
   */
  LayerNormPass(
      Kernels kernels,
      Network network,
      LayerNorm layer,
      Matrix x,
      Matrix dy,
      float[] gradients,
      int maxBatch) {
    super(x, new Matrix(maxBatch, layer.n()), dy);
    this.kernels = kernels;
    this.layer = layer;
    int n = layer.n();
    norm =
        new Norm(
            Matrix.row(network.parameters(), layer.gammaOff(), n),
            Matrix.row(network.parameters(), layer.betaOff(), n),
            new Matrix(maxBatch, 1),
            new Matrix(maxBatch, 1));
    dgamma = gradients == null ? null : Matrix.row(gradients, layer.gammaOff(), n);
    dbeta = gradients == null ? null : Matrix.row(gradients, layer.betaOff(), n);
  }

  @Override
  void begin(int m) {
    super.begin(m);
    norm.mean().setRows(m);
    norm.rstd().setRows(m);
  }

  @Override
  void forward(boolean training) {
    kernels.layerNorm(x, norm, layer.epsilon(), y);
  }

  @Override
  void backward() {
    kernels.layerNormBackward(x, norm, dy, dy, dgamma, dbeta);
  }
}
