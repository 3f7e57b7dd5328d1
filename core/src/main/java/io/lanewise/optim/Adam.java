package io.lanewise.optim;

import io.lanewise.kernel.Update;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), with PyTorch's defaults; no AMSGrad. With the clipped
 * gradient g, to which the weight decay (L2) adds weightDecay p, the rate r, and t = 1, 2, ...:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * p = p - r / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 */
public final class Adam extends AdamFamily<Adam> {
  /** Makes it with a learning rate of 0.001. */
  public Adam() {
    this(0.001);
  }

  /**
   * Makes it.
   *
   * @param learningRate finite, at least 0
   */
  public Adam(double learningRate) {
    super("adam", learningRate);
  }

  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    moments(update, at, learningRate);
    update.weightDecay = (float) weightDecay;
  }
}
