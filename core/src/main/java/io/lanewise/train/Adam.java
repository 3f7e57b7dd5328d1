package io.lanewise.train;

import io.lanewise.kernel.Kernels;

/** Adam (Kingma and Ba 2015, algorithm 1), with PyTorch's defaults. */
public final class Adam implements Optimizer {
  private final double learningRate;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private float[] m1;
  private float[] m2;
  // beta^t; products in double, so that they are the same wherever a training is resumed.
  private double beta1Power = 1;
  private double beta2Power = 1;

  /** Makes it with betas 0.9 and 0.999 and epsilon 1e-8. */
  public Adam(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-8);
  }

  /**
   * Makes it.
   *
   * @param learningRate finite, at least 0
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment, at least 0
   */
  public Adam(double learningRate, double beta1, double beta2, double epsilon) {
    this.learningRate = requireLearningRate(learningRate);
    this.beta1 = requireBeta("beta1", beta1);
    this.beta2 = requireBeta("beta2", beta2);
    if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be finite and >= 0, got " + epsilon);
    }
    this.epsilon = epsilon;
  }

  static double requireLearningRate(double learningRate) {
    if (!(learningRate >= 0 && learningRate <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "learningRate must be finite and >= 0, got " + learningRate);
    }
    return learningRate;
  }

  private static double requireBeta(String name, double beta) {
    if (!(beta >= 0 && beta < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), got " + beta);
    }
    return beta;
  }

  @Override
  public void step(Kernels kernels, float[] parameters, float[] gradients) {
    if (m1 == null) {
      m1 = new float[parameters.length];
      m2 = new float[parameters.length];
    }
    if (parameters.length != m1.length) {
      throw new IllegalArgumentException(
          "parameters: this optimizer began with " + m1.length + ", got " + parameters.length);
    }
    beta1Power *= beta1;
    beta2Power *= beta2;
    kernels.adam(
        parameters.length,
        parameters,
        0,
        gradients,
        0,
        m1,
        0,
        m2,
        0,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) (learningRate / (1 - beta1Power)),
        (float) (1 / Math.sqrt(1 - beta2Power)),
        (float) epsilon);
  }

  @Override
  public String toString() {
    return "adam, learning rate " + learningRate;
  }
}
