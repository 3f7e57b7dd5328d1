package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;

/**
 * Stochastic gradient descent, with a momentum if one is set; PyTorch's {@code SGD}. With the
 * clipped gradient g, to which the weight decay (L2) adds weightDecay p, and the rate r:
 *
 * <pre>
 * plain      p = p - r g
 * momentum   v = momentum v + (1 - dampening) g      v = g in the first step
 *            p = p - r v
 * Nesterov   v = momentum v + g
 *            p = p - r (g + momentum v)
 * </pre>
 */
public final class Sgd extends ElementwiseOptimizer<Sgd> {
  private Update.Rule rule = Update.Rule.SGD;
  private double momentum;
  private double dampening;

  /**
   * Makes it, without momentum.
   *
   * @param learningRate finite, at least 0
   */
  public Sgd(double learningRate) {
    super("sgd", learningRate);
  }

  /**
   * Sets the momentum, 0.9 as a rule; no dampening.
   *
   * @param momentum in [0, 1)
   */
  public Sgd momentum(double momentum) {
    return momentum(momentum, 0);
  }

  /**
   * Sets the momentum and its dampening.
   *
   * @param momentum in [0, 1)
   * @param dampening in [0, 1]
   */
  public Sgd momentum(double momentum, double dampening) {
    this.momentum = Require.share("momentum", momentum);
    if (!(dampening >= 0 && dampening <= 1)) {
      throw new IllegalArgumentException("dampening must be in [0, 1], got " + dampening);
    }
    this.dampening = dampening;
    rule = momentum == 0 ? Update.Rule.SGD : Update.Rule.MOMENTUM;
    return this;
  }

  /**
   * Sets Nesterov's momentum.
   *
   * @param momentum in [0, 1)
   */
  public Sgd nesterov(double momentum) {
    momentum(momentum, 0);
    rule = momentum == 0 ? Update.Rule.SGD : Update.Rule.NESTEROV;
    return this;
  }

  @Override
  Update.Rule rule() {
    return rule;
  }

  @Override
  List<String> stateNames() {
    return List.of("momentum_buffer");
  }

  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    update.step = (float) -learningRate;
    update.momentum = (float) momentum;
    update.weight1 = at.steps() == 1 ? 1f : (float) (1 - dampening);
    update.weightDecay = (float) weightDecay;
  }

  @Override
  String settings() {
    String name = rule == Update.Rule.NESTEROV ? "Nesterov momentum " : "momentum ";
    return (momentum == 0 ? "" : ", " + name + momentum)
        + (dampening == 0 ? "" : ", dampening " + dampening);
  }
}
