package io.lanewise.train;

import io.lanewise.kernel.Kernels;

/** Stochastic gradient descent: p = p - learningRate g. */
public final class Sgd implements Optimizer {
  private final float learningRate;

  /**
   * Makes it.
   *
   * @param learningRate finite, at least 0
   */
  public Sgd(double learningRate) {
    this.learningRate = (float) Adam.requireLearningRate(learningRate);
  }

  @Override
  public void step(Kernels kernels, float[] parameters, float[] gradients) {
    kernels.sgd(parameters.length, parameters, 0, gradients, 0, learningRate);
  }

  @Override
  public String toString() {
    return "sgd, learning rate " + learningRate;
  }
}
