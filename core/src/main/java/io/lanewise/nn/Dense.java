package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Tensor.Kind;
import java.util.List;
import java.util.Objects;

/**
 * A dense layer, Z = X W + b, A = f(Z). W is (nIn, nOut), row-major, and b follows it.
 *
 * @param index its place in the network, from 0
 * @param nIn inputs
 * @param nOut outputs
 * @param activation f
 * @param weightOff the index of W[0,0] in the parameters
 */
public record Dense(int index, int nIn, int nOut, Activation activation, int weightOff)
    implements Layer {

  public Dense {
    Objects.requireNonNull(activation, "activation");
    LayerList.require(index, nIn, nOut);
    long count = (long) nIn * nOut + nOut;
    LayerList.requireParameters(index, nIn, nOut, weightOff, count);
  }

  /** Returns the index of b[0] in the parameters. */
  public int biasOff() {
    return weightOff + weightCount();
  }

  /** Returns the number of weights, nIn nOut. */
  public int weightCount() {
    return nIn * nOut;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of(
        new Tensor("weight", Kind.WEIGHT, index, weightOff, nIn, nOut, 0),
        Tensor.vector("bias", Kind.BIAS, index, biasOff(), nOut, 0));
  }

  @Override
  public Dense at(int index, int parameterOff, int stateOff) {
    return new Dense(index, nIn, nOut, activation, parameterOff);
  }

  /** The same with another activation. */
  Dense with(Activation activation) {
    return new Dense(index, nIn, nOut, activation, weightOff);
  }
}
