package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.List;

/**
 * A layer: its shape, and where its numbers are in the network's flat arrays. A value without
 * arrays of its own; a {@link Workspace} has the buffers and computes.
 *
 * <p>The kinds are sealed. Who does something of its own with each kind takes them apart by a
 * {@code switch} without a default, so that a new kind does not compile until each such place has
 * decided.
 */
public sealed interface Layer
    permits Dense, ActivationLayer, BatchNorm, LayerNorm, Dropout, Normalization, ResidualAdd {

  /** Returns its place in the network, from 0. */
  int index();

  /** Returns the values a row that it takes. */
  int nIn();

  /** Returns the values a row that it makes: as many as it takes, but for a {@link Dense} one. */
  default int nOut() {
    return nIn();
  }

  /** Returns the activation that makes its outputs; the identity where it has none. */
  default Activation activation() {
    return Activation.IDENTITY;
  }

  /**
   * Returns the windows that it has in the network's parameters and state, each directly after the
   * one before in its array. Their names are those inside its module: weight, running_mean.
   */
  List<Tensor> tensors();

  /**
   * Returns the same layer elsewhere.
   *
   * @param index its place in the network
   * @param parameterOff where its parameters begin
   * @param stateOff where its state begins
   */
  Layer at(int index, int parameterOff, int stateOff);

  /** Returns how many of the network's parameters are its own. */
  default int parameterCount() {
    return Tensor.count(tensors(), true);
  }

  /** Returns how many numbers of the network's state are its own. */
  default int stateCount() {
    return Tensor.count(tensors(), false);
  }

  /** Returns whether it computes with a matrix of weights. */
  default boolean hasWeights() {
    for (Tensor tensor : tensors()) {
      if (tensor.kind() == Tensor.Kind.WEIGHT) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether it does something in training only, and is left out for inference. */
  default boolean isForTrainingOnly() {
    return false;
  }

  /** Returns whether training takes statistics over the rows of a batch, which need 2 of them. */
  default boolean needsBatchStatistics() {
    return false;
  }
}
