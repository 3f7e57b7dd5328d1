package io.lanewise.nn;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;

/** y = gamma (x - mean) rstd + beta, of the batch in training, of the running ones otherwise. */
final class BatchNormPass extends LayerPass {
  private final Kernels kernels;
  private final BatchNorm layer;
  private final float[] parameters;
  private final float[] state;
  private final Norm norm;
  private final Matrix variance;
  private final Matrix scale;
  private final Matrix runningMean;
  private final Matrix dgamma;
  private final Matrix dbeta;

  /**
   * @param gradients null where there will be no backward
   */
  BatchNormPass(
      Kernels kernels,
      Network network,
      BatchNorm layer,
      Matrix x,
      Matrix dy,
      float[] gradients,
      int maxBatch) {
    super(x, new Matrix(maxBatch, layer.n()), dy);
    this.kernels = kernels;
    this.layer = layer;
    parameters = network.parameters();
    state = network.state();
    int n = layer.n();
    norm =
        new Norm(
            Matrix.row(parameters, layer.gammaOff(), n),
            Matrix.row(parameters, layer.betaOff(), n),
            new Matrix(1, n),
            new Matrix(1, n));
    variance = new Matrix(1, n);
    scale = new Matrix(1, n);
    runningMean = Matrix.row(state, layer.meanOff(), n);
    dgamma = gradients == null ? null : Matrix.row(gradients, layer.gammaOff(), n);
    dbeta = gradients == null ? null : Matrix.row(gradients, layer.betaOff(), n);
  }

  @Override
  void forward(boolean training) {
    float[] scales = scale.array();
    if (training) {
      kernels.columnMoments(x, norm.mean(), variance);
      float[] rstd = norm.rstd().array();
      for (int j = 0; j < rstd.length; j++) {
        rstd[j] = Norm.rstd(variance.array()[j], layer.epsilon());
        scales[j] = parameters[layer.gammaOff() + j] * rstd[j];
      }
      kernels.normalize(x, norm.mean(), scale, norm.beta(), y);
    } else {
      for (int j = 0; j < scales.length; j++) {
        float r = Norm.rstd(state[layer.varianceOff() + j], layer.epsilon());
        scales[j] = parameters[layer.gammaOff() + j] * r;
      }
      kernels.normalize(x, runningMean, scale, norm.beta(), y);
    }
  }

  @Override
  void backward() {
    kernels.batchNormBackward(x, norm, dy, dy, dgamma, dbeta);
  }

  /** running = fma(momentum, batch - running, running), with the unbiased variance m / (m - 1). */
  @Override
  void updateStatistics() {
    int m = x.rows();
    float unbiased = (float) (m / (m - 1.0));
    for (int j = 0; j < layer.n(); j++) {
      int meanAt = layer.meanOff() + j;
      int varianceAt = layer.varianceOff() + j;
      state[meanAt] = towards(norm.mean().array()[j], state[meanAt]);
      state[varianceAt] = towards(unbiased * variance.array()[j], state[varianceAt]);
    }
  }

  private float towards(float batch, float running) {
    return Math.fma(layer.momentum(), batch - running, running);
  }
}
