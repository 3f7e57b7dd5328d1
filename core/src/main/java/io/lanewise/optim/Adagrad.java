package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;

/**
 * Adagrad (Duchi, Hazan and Singer 2011), with PyTorch's formulas and defaults. With the clipped
 * gradient g, to which the weight decay (L2) adds weightDecay p, the rate r, and t = 1, 2, ...:
 *
 * <pre>
 * s = s + g^2
 * p = p - r / (1 + (t - 1) rateDecay) g / (sqrt(s) + epsilon)
 * </pre>
 */
public final class Adagrad extends ElementwiseOptimizer<Adagrad> {
  private double epsilon = 1e-10;
  private double rateDecay;
  private double initial;

  /** Makes it with a learning rate of 0.01. */
  public Adagrad() {
    this(0.01);
  }

  /**
   * Makes it, with epsilon 1e-10, no decay of the rate, and sums that begin with 0.
   *
   * @param learningRate finite, at least 0
   */
  public Adagrad(double learningRate) {
    super("adagrad", learningRate);
  }

  /**
   * Sets what is added to the root. Default: 1e-10.
   *
   * @param epsilon finite, at least 0
   */
  public Adagrad epsilon(double epsilon) {
    this.epsilon = Require.notNegative("epsilon", epsilon);
    return this;
  }

  /**
   * Sets the decay of the learning rate, PyTorch's {@code lr_decay}. Default: 0.
   *
   * @param rateDecay finite, at least 0
   */
  public Adagrad rateDecay(double rateDecay) {
    this.rateDecay = Require.notNegative("rateDecay", rateDecay);
    return this;
  }

  /**
   * Sets what the sums of squares begin with.
   *
   * @param initial finite, at least 0
   */
  public Adagrad initialAccumulator(double initial) {
    this.initial = Require.notNegative("initial", initial);
    return this;
  }

  @Override
  Update.Rule rule() {
    return Update.Rule.ADAGRAD;
  }

  @Override
  List<String> stateNames() {
    return List.of("sum");
  }

  @Override
  float initialState() {
    return (float) initial;
  }

  @Override
  void coefficients(Update update, ElementwiseStepper at, double learningRate, double weightDecay) {
    double divisor = 1 + (at.steps() - 1) * rateDecay;
    update.step = (float) -(learningRate / divisor);
    update.epsilon = (float) epsilon;
    update.weightDecay = (float) weightDecay;
  }

  @Override
  String settings() {
    return (epsilon == 1e-10 ? "" : ", epsilon " + epsilon)
        + (rateDecay == 0 ? "" : ", rate decay " + rateDecay)
        + (initial == 0 ? "" : ", initial accumulator " + initial);
  }
}
