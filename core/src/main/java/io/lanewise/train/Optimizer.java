package io.lanewise.train;

import io.lanewise.kernel.Kernels;

/** Changes parameters by their gradients. Has the state of one training; make one for each. */
public interface Optimizer {
  /**
   * Does one step, in place.
   *
   * @param kernels what computes it
   * @param parameters the parameters; of the same length at each call
   * @param gradients their gradients, of the same length
   */
  void step(Kernels kernels, float[] parameters, float[] gradients);
}
