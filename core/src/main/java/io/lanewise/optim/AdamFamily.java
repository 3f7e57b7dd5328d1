package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;

/**
 * What {@link Adam} and {@link AdamW} have in common.
 *
 * @param <T> the optimizer itself
 */
abstract class AdamFamily<T extends AdamFamily<T>> extends ElementwiseOptimizer<T> {
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;

  AdamFamily(String name, double learningRate) {
    super(name, learningRate);
  }

  /**
   * Sets how much of the moments remains at each step. Default: 0.9 and 0.999.
   *
   * @param beta1 of the first moment, in [0, 1)
   * @param beta2 of the second moment, in [0, 1)
   */
  public final T betas(double beta1, double beta2) {
    Require.share("beta1", beta1);
    Require.share("beta2", beta2);
    this.beta1 = beta1;
    this.beta2 = beta2;
    return self();
  }

  /**
   * Sets what is added to the root of the second moment. Default: 1e-8.
   *
   * @param epsilon finite, at least 0
   */
  public final T epsilon(double epsilon) {
    this.epsilon = Require.notNegative("epsilon", epsilon);
    return self();
  }

  @Override
  final Update.Rule rule() {
    return Update.Rule.ADAM;
  }

  @Override
  final List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  final List<String> powerNames() {
    return List.of("beta1Power", "beta2Power");
  }

  @Override
  final double powerBase(int i) {
    return i == 0 ? beta1 : beta2;
  }

  /** Those of both; returns 1 - beta1^t, by which the rate is divided. */
  final double moments(Update update, ElementwiseStepper at, double learningRate) {
    double correction = 1 - at.power(0);
    update.step = (float) -(learningRate / correction);
    update.weight1 = (float) (1 - beta1);
    update.beta2 = (float) beta2;
    update.weight2 = (float) (1 - beta2);
    update.rootScale = (float) (1 / Math.sqrt(1 - at.power(1)));
    update.epsilon = (float) epsilon;
    return correction;
  }

  @Override
  final String settings() {
    return (beta1 == 0.9 && beta2 == 0.999 ? "" : ", betas " + beta1 + " and " + beta2)
        + (epsilon == 1e-8 ? "" : ", epsilon " + epsilon);
  }
}
