package io.lanewise.optim;

import io.lanewise.kernel.Update;

/**
 * AdamW (Loshchilov and Hutter 2019), with PyTorch's defaults: {@link Adam} whose weight decay,
 * 0.01 unless it is set, is no part of the gradient:
 *
 * <pre>
 * p = p - r weightDecay p - r / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 */
public final class AdamW extends AdamFamily<AdamW> {
  /** Makes it with a learning rate of 0.001. */
  public AdamW() {
    this(0.001);
  }

  /**
   * Makes it.
   *
   * @param learningRate finite, at least 0
   */
  public AdamW(double learningRate) {
    super("adamw", learningRate);
    weightDecay(0.01);
  }

  /** The rule's decay is in steps of its rate, which the bias correction has divided. */
  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    double correction = moments(update, at, learningRate);
    update.decay = (float) (weightDecay * correction);
  }
}
