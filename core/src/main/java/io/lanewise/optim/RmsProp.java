package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;

/**
 * RMSprop (Hinton 2012), with PyTorch's formulas and defaults; not centered. With the clipped
 * gradient g, to which the weight decay (L2) adds weightDecay p, and the rate r:
 *
 * <pre>
 * s = alpha s + (1 - alpha) g^2
 * p = p - r g / (sqrt(s) + epsilon)
 *
 * with a momentum:
 * v = momentum v + g / (sqrt(s) + epsilon)
 * p = p - r v
 * </pre>
 */
public final class RmsProp extends ElementwiseOptimizer<RmsProp> {
  private double alpha = 0.99;
  private double epsilon = 1e-8;
  private double momentum;

  /** Makes it with a learning rate of 0.01. */
  public RmsProp() {
    this(0.01);
  }

  /**
   * Makes it, with alpha 0.99, epsilon 1e-8 and no momentum.
   *
   * @param learningRate finite, at least 0
   */
  public RmsProp(double learningRate) {
    super("rmsprop", learningRate);
  }

  /**
   * Sets how much of the mean of squares remains at each step. Default: 0.99.
   *
   * @param alpha in [0, 1)
   */
  public RmsProp alpha(double alpha) {
    this.alpha = Require.share("alpha", alpha);
    return this;
  }

  /**
   * Sets what is added to the root. Default: 1e-8.
   *
   * @param epsilon finite, at least 0
   */
  public RmsProp epsilon(double epsilon) {
    this.epsilon = Require.notNegative("epsilon", epsilon);
    return this;
  }

  /**
   * Sets the momentum. Default: 0.
   *
   * @param momentum in [0, 1)
   */
  public RmsProp momentum(double momentum) {
    this.momentum = Require.share("momentum", momentum);
    return this;
  }

  @Override
  Update.Rule rule() {
    return momentum == 0 ? Update.Rule.RMSPROP : Update.Rule.RMSPROP_MOMENTUM;
  }

  @Override
  List<String> stateNames() {
    return List.of("square_avg", "momentum_buffer");
  }

  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    update.step = (float) -learningRate;
    update.momentum = (float) momentum;
    update.beta2 = (float) alpha;
    update.weight2 = (float) (1 - alpha);
    update.epsilon = (float) epsilon;
    update.weightDecay = (float) weightDecay;
  }

  @Override
  String settings() {
    return (alpha == 0.99 ? "" : ", alpha " + alpha)
        + (epsilon == 1e-8 ? "" : ", epsilon " + epsilon)
        + (momentum == 0 ? "" : ", momentum " + momentum);
  }
}
