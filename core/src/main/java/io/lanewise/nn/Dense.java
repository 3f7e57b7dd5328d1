package io.lanewise.nn;

import io.lanewise.kernel.Activation;

/**
 * A dense layer, Z = X W + b, A = f(Z). W is (nIn, nOut), row-major, at weightOff; b follows it at
 * biasOff.
 *
 * @param index its place in the network, from 0
 * @param nIn inputs
 * @param nOut outputs
 * @param activation f
 * @param weightOff the index of W[0,0] in the parameters
 * @param biasOff the index of b[0] in the parameters
 */
public record Dense(int index, int nIn, int nOut, Activation activation, int weightOff, int biasOff)
    implements Layer {

  /** Returns the number of weights, nIn nOut. */
  public int weightCount() {
    return nIn * nOut;
  }

  /** Returns the number of parameters, weights and biases. */
  @Override
  public int parameterCount() {
    return weightCount() + nOut;
  }
}
