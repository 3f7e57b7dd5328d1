package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import java.util.List;
import java.util.Map;

/**
 * What {@link Adam} and {@link AdamW} have in common.
 *
 * @param <T> the optimizer itself
 */
public abstract sealed class AdamFamily<T extends AdamFamily<T>> extends ElementwiseOptimizer<T>
    permits Adam, AdamW {
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;
  // beta^t; products in double, so that they are the same wherever a training is resumed.
  private double beta1Power = 1;
  private double beta2Power = 1;

  AdamFamily(String name, double learningRate) {
    super(name, learningRate);
  }

  /**
   * Sets how much of the moments remains at each step; 0.9 and 0.999 without it.
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
   * Sets what is added to the root of the second moment; 1e-8 without it.
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
  final void begin(long t) {
    beta1Power *= beta1;
    beta2Power *= beta2;
  }

  /** Those of both; returns 1 - beta1^t, by which the rate is divided. */
  final double moments(Update update, double learningRate) {
    double correction = 1 - beta1Power;
    update
        .rate((float) (learningRate / correction))
        .weight1((float) (1 - beta1))
        .beta2((float) beta2)
        .weight2((float) (1 - beta2))
        .rootScale((float) (1 / Math.sqrt(1 - beta2Power)))
        .epsilon((float) epsilon);
    return correction;
  }

  @Override
  final void addScalars(Map<String, String> scalars) {
    scalars.put("beta1Power", Double.toString(beta1Power));
    scalars.put("beta2Power", Double.toString(beta2Power));
  }

  @Override
  final void restoreScalars(Map<String, String> scalars) {
    double power1 = Require.power(scalars, "beta1Power");
    double power2 = Require.power(scalars, "beta2Power");
    beta1Power = power1;
    beta2Power = power2;
  }

  @Override
  final String settings() {
    return (beta1 == 0.9 && beta2 == 0.999 ? "" : ", betas " + beta1 + " and " + beta2)
        + (epsilon == 1e-8 ? "" : ", epsilon " + epsilon);
  }
}
