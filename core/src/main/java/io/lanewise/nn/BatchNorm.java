package io.lanewise.nn;

/**
 * Batch normalization (Ioffe and Szegedy 2015), each column for itself: y = gamma (x - mean) /
 * sqrt(variance + epsilon) + beta. In training, mean and variance (biased) are those of the batch,
 * of at least 2 rows; otherwise the running ones of the network's state. {@link
 * Workspace#updateStatistics()} moves these: running = running + momentum (batch - running), where
 * the variance of the batch is the unbiased one.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param momentum the share of the batch in the running statistics, in (0, 1]; PyTorch's, which is
 *     1 less Keras's
 * @param epsilon &gt; 0
 * @param gammaOff the index of gamma[0] in the parameters
 * @param betaOff the index of beta[0] in the parameters
 * @param meanOff the index of the first running mean in the state
 * @param varianceOff the index of the first running variance in the state
 */
public record BatchNorm(
    int index,
    int n,
    float momentum,
    float epsilon,
    int gammaOff,
    int betaOff,
    int meanOff,
    int varianceOff)
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

  @Override
  public int stateCount() {
    return 2 * n;
  }
}
