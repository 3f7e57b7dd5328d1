package io.lanewise.nn;

import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;

/** y = gamma (x - mean) rstd + beta, mean and rstd of each row. */
final class LayerNormPass extends LayerPass {
  private final LayerKernels kernels;
  private final LayerNorm layer;
  private final float[] gradients;
  private final Norm norm;

  LayerNormPass(
      LayerKernels kernels,
      Network network,
      LayerNorm layer,
      Values x,
      float[] dy,
      float[] gradients,
      int maxBatch) {
    super(x, new Values(), dy);
    this.kernels = kernels;
    this.layer = layer;
    this.gradients = gradients;
    float[] parameters = network.parameters();
    float[] mean = new float[maxBatch];
    float[] rstd = new float[maxBatch];
    norm = new Norm(parameters, layer.gammaOff(), parameters, layer.betaOff(), mean, 0, rstd, 0);
    y.set(new float[Math.multiplyExact(maxBatch, layer.n())], 0, layer.n());
  }

  @Override
  void forward(int m, boolean training) {
    int n = layer.n();
    kernels.layerNorm(m, n, x.array, x.off, x.ld, norm, layer.epsilon(), y.array, 0, n);
  }

  @Override
  void backward(int m) {
    int n = layer.n();
    kernels.layerNormBackward(
        m,
        n,
        x.array,
        x.off,
        x.ld,
        norm,
        dy,
        0,
        n,
        dy,
        0,
        n,
        gradients,
        layer.gammaOff(),
        gradients,
        layer.betaOff());
  }
}
