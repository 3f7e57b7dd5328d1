package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * How parameters are changed by their gradients. An optimizer is settings alone, so one may serve
 * any number of trainings: each of them begins with a {@link Stepper}, which has its state.
 *
 * <pre>{@code
 * Optimizer.Stepper stepper = new Adam(1e-3).begin(network.tensors());
 * for (...) {
 *   workspace.gradient(...);
 *   stepper.step(kernels, network.parameters(), workspace.gradients());
 * }
 * }</pre>
 *
 * <p>What decides the bits of a training must be in {@code toString} and {@link #grouping}: a
 * checkpoint goes on only with an optimizer that says the same.
 */
public interface Optimizer {
  /**
   * Begins a training: returns a stepper with these settings, as they are now, and no steps done.
   *
   * @param tensors what the parameters are: those of {@link io.lanewise.nn.Network#tensors}
   */
  Stepper begin(List<Tensor> tensors);

  /**
   * Says what parameter groups do to which of these tensors.
   *
   * @param tensors those of {@link io.lanewise.nn.Network#tensors}
   */
  default String grouping(List<Tensor> tensors) {
    return "none";
  }

  /**
   * The optimizer of one training, with its state.
   *
   * <p>What a checkpoint keeps of it is {@link #tensors} and {@link #scalars}: a new stepper of the
   * same optimizer, given both by {@link #restore}, goes on with the same bits.
   */
  interface Stepper {
    /**
     * Does one step, in place. Allocates nothing but the state, at the first step.
     *
     * @param kernels what computes it; the bits do not depend on it
     * @param parameters the parameters; as many as the tensors have elements
     * @param gradients their gradients, of the same length; not changed
     * @throws ArithmeticException if it clips by the norm and a gradient is NaN or infinite; then
     *     nothing has changed
     */
    void step(Kernels kernels, float[] parameters, float[] gradients);

    /** Returns the learning rate of the next step. */
    double learningRate();

    /**
     * Sets the learning rate of the steps to come, as a {@link Schedule} does.
     *
     * @param learningRate finite, at least 0
     */
    void learningRate(double learningRate);

    /**
     * Returns the norm of the last step's gradients before clipping; NaN where it was not taken.
     */
    default double gradientNorm() {
      return Double.NaN;
    }

    /**
     * Returns the state of each parameter by name, such as the moments: the arrays themselves, as
     * long as the parameters. Empty before the first step.
     */
    Map<String, float[]> tensors();

    /** Returns the rest of the state by name, such as the number of steps, as text. */
    Map<String, String> scalars();

    /**
     * Puts it into the state that another stepper of the same kind had.
     *
     * @param tensors what {@link #tensors} returned; the arrays are copied
     * @param scalars what {@link #scalars} returned
     * @throws IllegalArgumentException if they are not of this kind of optimizer, of another number
     *     of parameters, or damaged; the message names what; then nothing has changed
     */
    void restore(Map<String, float[]> tensors, Map<String, String> scalars);
  }

  /**
   * Tensors that an optimizer treats in a way of their own; what is not set is that of the
   * optimizer.
   *
   * <pre>{@code
   * new AdamW(1e-3)
   *     .groups(ParameterGroup.noDecay(), ParameterGroup.of(t -> t.layer() == 0).rateFactor(0.1));
   * }</pre>
   *
   * @param tensors which tensors; one that is in several groups belongs to the first
   * @param rateFactor of the learning rate, finite, at least 0
   * @param weightDecay instead of the optimizer's, finite, at least 0
   * @param l1 instead of the optimizer's, finite, at least 0
   */
  record ParameterGroup(
      Predicate<Tensor> tensors, double rateFactor, OptionalDouble weightDecay, OptionalDouble l1) {
    /** Checks the values. */
    public ParameterGroup {
      Objects.requireNonNull(tensors, "tensors");
      Require.notNegative("rateFactor", rateFactor);
      Objects.requireNonNull(weightDecay, "weightDecay");
      Require.notNegative("weightDecay", weightDecay.orElse(0));
      Require.notNegative("l1", Objects.requireNonNull(l1, "l1").orElse(0));
    }

    /** Returns a group of those tensors, as yet treated like all others. */
    public static ParameterGroup of(Predicate<Tensor> tensors) {
      return new ParameterGroup(tensors, 1, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** Returns the group of all biases and of all parameters of norms, without any decay. */
    public static ParameterGroup noDecay() {
      return of(t -> t.kind() != Tensor.Kind.WEIGHT).weightDecay(0).l1(0);
    }

    /** Returns this group with that factor of the learning rate, finite, at least 0. */
    public ParameterGroup rateFactor(double rateFactor) {
      return new ParameterGroup(tensors, rateFactor, weightDecay, l1);
    }

    /** Returns this group with that weight decay, finite, at least 0. */
    public ParameterGroup weightDecay(double weightDecay) {
      return new ParameterGroup(tensors, rateFactor, OptionalDouble.of(weightDecay), l1);
    }

    /** Returns this group with that penalty of absolute values, finite, at least 0. */
    public ParameterGroup l1(double l1) {
      return new ParameterGroup(tensors, rateFactor, weightDecay, OptionalDouble.of(l1));
    }

    @Override
    public String toString() {
      return "parameter group, " + describe();
    }

    /** What is set, in words. */
    String describe() {
      return "rate factor "
          + rateFactor
          + (weightDecay.isPresent() ? ", weight decay " + weightDecay.getAsDouble() : "")
          + (l1.isPresent() ? ", l1 " + l1.getAsDouble() : "");
    }
  }
}
