package io.lanewise.nn;

import io.lanewise.nn.Tensor.Kind;
import java.util.List;

/**
 * Layer normalization (Ba et al. 2016), each row for itself: y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta, mean and variance (biased) over the values of the row, gamma and beta for each
 * column. Training and inference are the same.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param epsilon &gt; 0
 * @param gammaOff the index of gamma[0] in the parameters
 */
public record LayerNorm(int index, int n, float epsilon, int gammaOff) implements Layer {

  public LayerNorm {
    LayerList.require(index, n, n);
    LayerList.requireEpsilon(epsilon);
    LayerList.requireParameters(index, n, n, gammaOff, 2L * n);
  }

  @Override
  public int nIn() {
    return n;
  }

  /** Returns the index of beta[0] in the parameters. */
  public int betaOff() {
    return gammaOff + n;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of(
        Tensor.vector("weight", Kind.NORM, index, gammaOff, n, 1),
        Tensor.vector("bias", Kind.NORM, index, betaOff(), n, 0));
  }

  @Override
  public LayerNorm at(int index, int parameterOff, int stateOff) {
    return new LayerNorm(index, n, epsilon, parameterOff);
  }
}
