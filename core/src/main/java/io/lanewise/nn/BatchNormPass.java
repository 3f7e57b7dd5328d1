package io.lanewise.nn;

import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;

/** y = gamma (x - mean) rstd + beta, of the batch in training, of the running ones otherwise. */
final class BatchNormPass extends LayerPass {
  private final LayerKernels kernels;
  private final BatchNorm layer;
  private final float[] parameters;
  private final float[] state;
  private final float[] gradients;
  private final float[] mean;
  private final float[] variance;
  private final float[] rstd;
  private final float[] scale;
  private final Norm norm;

  BatchNormPass(
      LayerKernels kernels,
      Network network,
      BatchNorm layer,
      Values x,
      float[] dy,
      float[] gradients,
      int maxBatch) {
    super(x, new Values(), dy);
    this.kernels = kernels;
    this.layer = layer;
    this.gradients = gradients;
    parameters = network.parameters();
    state = network.state();
    int n = layer.n();
    mean = new float[n];
    variance = new float[n];
    rstd = new float[n];
    scale = new float[n];
    norm = new Norm(parameters, layer.gammaOff(), parameters, layer.betaOff(), mean, 0, rstd, 0);
    y.set(new float[Math.multiplyExact(maxBatch, n)], 0, n);
  }

  @Override
  void forward(int m, boolean training) {
    if (training) {
      kernels.columnMoments(m, layer.n(), x.array, x.off, x.ld, mean, 0, variance, 0);
      for (int j = 0; j < rstd.length; j++) {
        rstd[j] = LayerKernels.rstd(variance[j], layer.epsilon());
        scale[j] = parameters[layer.gammaOff() + j] * rstd[j];
      }
      normalize(m, mean, 0);
    } else {
      for (int j = 0; j < scale.length; j++) {
        float r = LayerKernels.rstd(state[layer.varianceOff() + j], layer.epsilon());
        scale[j] = parameters[layer.gammaOff() + j] * r;
      }
      normalize(m, state, layer.meanOff());
    }
  }

  private void normalize(int m, float[] mean, int meanOff) {
    kernels.normalize(
        m,
        layer.n(),
        x.array,
        x.off,
        x.ld,
        mean,
        meanOff,
        scale,
        0,
        parameters,
        layer.betaOff(),
        y.array,
        0,
        layer.n());
  }

  @Override
  void backward(int m) {
    int n = layer.n();
    kernels.batchNormBackward(
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

  /** running = fma(momentum, batch - running, running), with the unbiased variance m / (m - 1). */
  @Override
  void updateStatistics(int m) {
    float unbiased = (float) (m / (m - 1.0));
    for (int j = 0; j < layer.n(); j++) {
      int meanAt = layer.meanOff() + j;
      int varianceAt = layer.varianceOff() + j;
      state[meanAt] = towards(mean[j], state[meanAt]);
      state[varianceAt] = towards(unbiased * variance[j], state[varianceAt]);
    }
  }

  private float towards(float batch, float running) {
    return Math.fma(layer.momentum(), batch - running, running);
  }
}
