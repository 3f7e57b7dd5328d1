package io.lanewise.nn;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.nn.Layer.BatchNorm;

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
        float v = variance.array()[j];
        rstd[j] =
            v < Float.MAX_VALUE
                ? Norm.rstd(v, layer.epsilon())
                : Norm.rstd(x, j, norm.mean().array()[j], layer.epsilon());
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

  /**
   * The mean, and the unbiased variance m / (m - 1). Where that is beyond the range of float the
   * batch counts as if its values were so much smaller that it is the largest float: then their
   * mean is still as many deviations away from 0.
   */
  @Override
  void statistics(float[] batch) {
    int m = x.rows();
    float unbiased = (float) (m / (m - 1.0));
    for (int j = 0; j < layer.n(); j++) {
      int meanAt = layer.meanOff() + j;
      int varianceAt = layer.varianceOff() + j;
      float mean = norm.mean().array()[j];
      float v = unbiased * variance.array()[j];
      if (v >= Float.MAX_VALUE) {
        mean *= (float) Math.sqrt(Float.MAX_VALUE / unbiased) * norm.rstd().array()[j];
        v = Float.MAX_VALUE;
      }
      batch[meanAt] = mean;
      batch[varianceAt] = v;
    }
  }

  /** running = fma(momentum, batch - running, running). */
  @Override
  void updateStatistics(float[] batch, int from, int to) {
    move(layer.meanOff(), batch, from, to);
    move(layer.varianceOff(), batch, from, to);
  }

  private void move(int off, float[] batch, int from, int to) {
    for (int i = Math.max(off, from); i < Math.min(off + layer.n(), to); i++) {
      // A difference that no float can be is the largest, and so the next one is smaller.
      float d = Math.clamp(batch[i] - state[i], -Float.MAX_VALUE, Float.MAX_VALUE);
      state[i] = Math.fma(layer.momentum(), d, state[i]);
    }
  }
}
