package io.lanewise.train;

import io.lanewise.kernel.Update;

/** Stochastic gradient descent: p = p - learningRate g. */
public final class Sgd extends ElementwiseOptimizer<Sgd> {
  /**
   * Makes it.
   *
   * @param learningRate finite, at least 0
   */
  public Sgd(double learningRate) {
    super("sgd", learningRate);
  }

  @Override
  Sgd self() {
    return this;
  }

  @Override
  Update.Rule rule() {
    return Update.Rule.SGD;
  }

  @Override
  String[] stateNames() {
    return new String[0];
  }

  @Override
  void coefficients(Update update, double learningRate, double weightDecay) {
    update.rate((float) learningRate).weightDecay((float) weightDecay);
  }
}
