package io.lanewise.nn;

import io.lanewise.kernel.Activation;

/**
 * One dense layer, Z = X W + b, A = f(Z): its shape and where its parameters are in the network's
 * flat array. W is (nIn, nOut), row-major, at weightOff; b follows it at biasOff.
 *
 * @param index its place in the network, from 0
 * @param nIn inputs
 * @param nOut outputs
 * @param activation f
 * @param weightOff the index of W[0,0]
 * @param biasOff the index of b[0]
 */
public record Dense(
    int index, int nIn, int nOut, Activation activation, int weightOff, int biasOff) {

  /** Returns the number of weights, nIn nOut. */
  public int weightCount() {
    return nIn * nOut;
  }

  /** Returns the number of parameters, weights and biases. */
  public int parameterCount() {
    return weightCount() + nOut;
  }
}
