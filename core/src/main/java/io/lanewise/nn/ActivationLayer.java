package io.lanewise.nn;

import io.lanewise.kernel.Activation;

/**
 * An activation that no dense layer could take in, A = f(X): one that follows a normalization, a
 * sum or a dropout, or begins a residual block.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param activation f
 */
public record ActivationLayer(int index, int n, Activation activation) implements Layer {

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public int nOut() {
    return n;
  }
}
