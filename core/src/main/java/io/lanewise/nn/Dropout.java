package io.lanewise.nn;

import java.util.List;

/**
 * Dropout (Srivastava et al. 2014): in training each value is 0 with that probability, and the
 * others are divided by 1 - rate. Alpha dropout (Klambauer et al. 2017) sets a dropped value to
 * SELU's lower limit, -1.7580993408473766, and maps all by a x + b so that mean 0 and variance 1
 * stay. Outside training both are the identity.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param rate the probability that a value is dropped, in [0, 1)
 * @param alpha whether it is alpha dropout
 */
public record Dropout(int index, int n, float rate, boolean alpha) implements Layer {

  public Dropout {
    LayerList.require(index, n, n);
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must be in [0, 1), got " + rate);
    }
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
  public Dropout at(int index, int parameterOff, int stateOff) {
    return index == this.index ? this : new Dropout(index, n, rate, alpha);
  }

  @Override
  public boolean isForTrainingOnly() {
    return true;
  }
}
