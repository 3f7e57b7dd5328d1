package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.List;
import java.util.Objects;

/**
 * An activation that no dense layer could take in, A = f(X): one that follows a normalization, a
 * sum or a dropout, or begins a residual block.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param activation f
 */
public record ActivationLayer(int index, int n, Activation activation) implements Layer {

  public ActivationLayer {
    Objects.requireNonNull(activation, "activation");
    LayerList.require(index, n, n);
  }

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of();
  }

  @Override
  public ActivationLayer at(int index, int parameterOff, int stateOff) {
    return index == this.index ? this : new ActivationLayer(index, n, activation);
  }
}
