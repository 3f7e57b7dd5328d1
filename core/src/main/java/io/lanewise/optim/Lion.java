package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;

/**
 * Lion (Chen et al. 2023, algorithm 2), with the authors' defaults: each parameter moves by the
 * rate, whatever the size of its gradient. The weight decay is no part of the gradient. With the
 * clipped gradient g and the rate r:
 *
 * <pre>
 * p = p - r (sign(beta1 m + (1 - beta1) g) + weightDecay p)
 * m = beta2 m + (1 - beta2) g
 * </pre>
 */
public final class Lion extends ElementwiseOptimizer<Lion> {
  private double beta1 = 0.9;
  private double beta2 = 0.99;

  /** Makes it with a learning rate of 0.0001. */
  public Lion() {
    this(1e-4);
  }

  /**
   * Makes it, with betas 0.9 and 0.99.
   *
   * @param learningRate finite, at least 0
   */
  public Lion(double learningRate) {
    super("lion", learningRate);
  }

  /**
   * Sets the weights of the moment. Defaults: 0.9 and 0.99.
   *
   * @param beta1 in the direction of a step, in [0, 1)
   * @param beta2 how much of it remains at each step, in [0, 1)
   */
  public Lion betas(double beta1, double beta2) {
    Require.share("beta1", beta1);
    Require.share("beta2", beta2);
    this.beta1 = beta1;
    this.beta2 = beta2;
    return this;
  }

  @Override
  Update.Rule rule() {
    return Update.Rule.LION;
  }

  @Override
  List<String> stateNames() {
    return List.of("exp_avg");
  }

  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    update.step = (float) -learningRate;
    update.weight1 = (float) (1 - beta1);
    update.weight2 = (float) (1 - beta2);
    update.decay = (float) weightDecay;
  }

  @Override
  String settings() {
    return beta1 == 0.9 && beta2 == 0.99 ? "" : ", betas " + beta1 + " and " + beta2;
  }
}
