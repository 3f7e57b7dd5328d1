package io.lanewise.nn;

/**
 * Layer normalization (Ba et al. 2016), each row for itself: y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta, mean and variance (biased) over the values of the row, gamma and beta for each
 * column. Training and inference are the same.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param epsilon &gt; 0
 * @param gammaOff the index of gamma[0] in the parameters
 * @param betaOff the index of beta[0] in the parameters
 */
public record LayerNorm(int index, int n, float epsilon, int gammaOff, int betaOff)
    implements Layer {

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public int nOut() {
    return n;
  }

  @Override
  public int parameterCount() {
    return 2 * n;
  }
}
