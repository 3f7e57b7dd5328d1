package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.optim.Optimizer.ParameterGroup;
import java.util.List;

/**
 * What the optimizers have in common: each changes a parameter by its own gradient and its own
 * state alone, in one pass over the parameters, the gradients and the states; clipping by the norm
 * is one more pass, over the gradients.
 *
 * <p>The gradients of a step are clipped first, by the norm and then by value; then the penalties
 * are added. So does a PyTorch training that calls {@code clip_grad_norm_} before {@code step}.
 *
 * @param <T> the optimizer itself, which the setters return
 */
public abstract class ElementwiseOptimizer<T extends ElementwiseOptimizer<T>>
    implements Optimizer, Cloneable {
  final String name;
  final double learningRate;
  double weightDecay;
  double l1;
  double limit = Double.POSITIVE_INFINITY;
  double maxNorm = Double.POSITIVE_INFINITY;
  List<ParameterGroup> groups = List.of();

  /** Of this package alone: what a step does is a rule of the kernels. */
  ElementwiseOptimizer(String name, double learningRate) {
    this.name = name;
    this.learningRate = Require.notNegative("learningRate", learningRate);
  }

  /** This, as what it is: each class names itself as T. */
  @SuppressWarnings("unchecked")
  final T self() {
    return (T) this;
  }

  /** The rule of the steps. */
  abstract Update.Rule rule();

  /** The names of its states, as PyTorch has them; at least as many as the rule has. */
  abstract List<String> stateNames();

  /** The names of the powers that are state, such as beta^t; none as a rule. */
  List<String> powerNames() {
    return List.of();
  }

  /** What is multiplied into such a power at each step. */
  double powerBase(int i) {
    throw new IndexOutOfBoundsException(i);
  }

  /** Sets the coefficients of the rule for the step that the stepper is at. */
  abstract void coefficients(
      Update update, ElementwiseStepper at, double learningRate, double weightDecay);

  /** The value that each element of the first state begins with. */
  float initialState() {
    return 0f;
  }

  /** What is set and no default, as a continuation of the name. */
  abstract String settings();

  /**
   * Sets the weight decay. Default: 0; of AdamW 0.01.
   *
   * @param weightDecay finite, at least 0
   */
  public final T weightDecay(double weightDecay) {
    this.weightDecay = Require.notNegative("weightDecay", weightDecay);
    return self();
  }

  /**
   * Sets the penalty of absolute values: l1 sign(p) is added to each clipped gradient. Default: 0.
   *
   * @param l1 finite, at least 0
   */
  public final T l1(double l1) {
    this.l1 = Require.notNegative("l1", l1);
    return self();
  }

  /**
   * Clips each gradient to [-limit, limit], after clipping by the norm. A NaN stays one.
   *
   * @param limit more than 0. Default: infinite, which clips nothing
   */
  public final T clipValue(double limit) {
    this.limit = Require.positive("limit", limit);
    return self();
  }

  /**
   * Clips the gradients by their norm: all are multiplied by min(1, maxNorm / (norm + 1e-6)), the
   * norm being the root of the sum of the squares of all of them, whatever their groups. A step
   * whose norm is NaN or infinite is refused: {@link ArithmeticException}.
   *
   * @param maxNorm more than 0. Default: infinite, which clips nothing
   */
  public final T clipNorm(double maxNorm) {
    this.maxNorm = Require.positive("maxNorm", maxNorm);
    return self();
  }

  /**
   * Sets the parameter groups, instead of those set before; a tensor belongs to the first that has
   * it, or to none.
   */
  public final T groups(ParameterGroup... groups) {
    this.groups = List.of(groups);
    return self();
  }

  @Override
  public final Stepper begin(List<Tensor> tensors) {
    try {
      return new ElementwiseStepper((ElementwiseOptimizer<?>) clone(), tensors);
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public final String grouping(List<Tensor> tensors) {
    return GroupRanges.describe(tensors, groups);
  }

  @Override
  public final String toString() {
    return name
        + ", learning rate "
        + learningRate
        + settings()
        + (weightDecay == 0 ? "" : ", weight decay " + weightDecay)
        + (l1 == 0 ? "" : ", l1 " + l1)
        + (maxNorm == Double.POSITIVE_INFINITY ? "" : ", clipped to a norm of " + maxNorm)
        + (limit == Double.POSITIVE_INFINITY ? "" : ", clipped to " + limit)
        + (groups.isEmpty() ? "" : ", parameter groups: " + groups.size());
  }
}
