package io.lanewise.optim;

import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network.Tensor;
import java.util.List;
import java.util.Map;

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
}
