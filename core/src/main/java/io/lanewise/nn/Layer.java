package io.lanewise.nn;

import io.lanewise.kernel.Activation;

/**
 * A layer: its shape, and where its numbers are in the network's flat arrays. A value without
 * arrays of its own; a {@link Workspace} has the buffers and computes.
 */
public sealed interface Layer
    permits Dense, ActivationLayer, BatchNorm, LayerNorm, Dropout, Normalization, ResidualAdd {

  /** Returns its place in the network, from 0. */
  int index();

  /** Returns the values a row that it takes. */
  int nIn();

  /** Returns the values a row that it makes. */
  int nOut();

  /** Returns the activation that makes its outputs; the identity where it has none. */
  default Activation activation() {
    return Activation.IDENTITY;
  }

  /** Returns how many of the network's parameters are its own. */
  default int parameterCount() {
    return 0;
  }

  /** Returns how many numbers of the network's state are its own. */
  default int stateCount() {
    return 0;
  }
}
