package io.lanewise.optim;

import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Changes parameters by their gradients. Has the state of one training; make one for each.
 *
 * <p>What a checkpoint keeps of it is {@link #tensors} and {@link #scalars}: a new optimizer, made
 * in the same way and given both by {@link #restore}, goes on with the same bits.
 */
public interface Optimizer {
  /**
   * Does one step, in place. Allocates nothing but the state, at the first step.
   *
   * @param kernels what computes it; the bits do not depend on it
   * @param parameters the parameters; of the same length at each call
   * @param gradients their gradients, of the same length; not changed
   * @throws NonFiniteGradientException if it clips by the norm and a gradient is NaN or infinite;
   *     then nothing has changed
   */
  void step(Kernels kernels, float[] parameters, float[] gradients);

  /**
   * Tells which tensors the parameters are, before the first step: parameter groups need it. Not
   * needed by others.
   *
   * @param tensors those of {@link io.lanewise.nn.Network#tensors}
   */
  default void prepare(List<Tensor> tensors) {}

  /**
   * Says what parameter groups do to which of these tensors: like {@link #toString}, what a
   * checkpoint and the training that goes on from it must have in common.
   *
   * @param tensors those of {@link io.lanewise.nn.Network#tensors}
   */
  default String grouping(List<Tensor> tensors) {
    return "none";
  }

  /** Returns the learning rate of the next step. */
  double learningRate();

  /**
   * Sets the learning rate of the steps to come, as a {@link Schedule} does.
   *
   * @param learningRate finite, at least 0
   */
  void learningRate(double learningRate);

  /**
   * Returns the state of each parameter by name, such as the moments: the arrays themselves, as
   * long as the parameters. Empty before the first step.
   */
  Map<String, float[]> tensors();

  /** Returns the rest of the state by name, such as the number of steps, as text. */
  Map<String, String> scalars();

  /**
   * Puts it into the state that another one of the same kind had.
   *
   * @param tensors what {@link #tensors} returned; the arrays are copied
   * @param scalars what {@link #scalars} returned
   * @throws IllegalArgumentException if they are not of this kind of optimizer, or damaged; the
   *     message names what; then nothing has changed
   */
  void restore(Map<String, float[]> tensors, Map<String, String> scalars);
}
