package io.lanewise.train;

import io.lanewise.kernel.Update;
import java.util.Map;

/** Adam (Kingma and Ba 2015, algorithm 1), with PyTorch's defaults. */
public final class Adam extends ElementwiseOptimizer<Adam> {
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;
  // beta^t; products in double, so that they are the same wherever a training is resumed.
  private double beta1Power = 1;
  private double beta2Power = 1;

  /**
   * Makes it with betas 0.9 and 0.999 and epsilon 1e-8.
   *
   * @param learningRate finite, at least 0
   */
  public Adam(double learningRate) {
    super("adam", learningRate);
  }

  /**
   * Sets how much of the moments remains at each step.
   *
   * @param beta1 of the first moment, in [0, 1)
   * @param beta2 of the second moment, in [0, 1)
   */
  public Adam betas(double beta1, double beta2) {
    this.beta1 = Require.share("beta1", beta1);
    this.beta2 = Require.share("beta2", beta2);
    return this;
  }

  /**
   * Sets what is added to the root of the second moment.
   *
   * @param epsilon finite, at least 0
   */
  public Adam epsilon(double epsilon) {
    this.epsilon = Require.notNegative("epsilon", epsilon);
    return this;
  }

  @Override
  Adam self() {
    return this;
  }

  @Override
  Update.Rule rule() {
    return Update.Rule.ADAM;
  }

  @Override
  String[] stateNames() {
    return new String[] {"exp_avg", "exp_avg_sq"};
  }

  @Override
  void begin(long t) {
    beta1Power *= beta1;
    beta2Power *= beta2;
  }

  @Override
  void coefficients(Update update, double learningRate, double weightDecay) {
    update
        .rate((float) (learningRate / (1 - beta1Power)))
        .weight1((float) (1 - beta1))
        .beta2((float) beta2)
        .weight2((float) (1 - beta2))
        .rootScale((float) (1 / Math.sqrt(1 - beta2Power)))
        .epsilon((float) epsilon)
        .weightDecay((float) weightDecay);
  }

  @Override
  void addScalars(Map<String, String> scalars) {
    scalars.put("beta1Power", Double.toString(beta1Power));
    scalars.put("beta2Power", Double.toString(beta2Power));
  }

  @Override
  void restoreScalars(Map<String, String> scalars) {
    beta1Power = Require.number(scalars, "beta1Power");
    beta2Power = Require.number(scalars, "beta2Power");
  }
}
