package io.lanewise.nn;

import io.lanewise.nn.Tensor.Kind;
import java.util.List;

/**
 * Batch normalization (Ioffe and Szegedy 2015), each column for itself: y = gamma (x - mean) /
 * sqrt(variance + epsilon) + beta. In training, mean and variance (biased) are those of the batch,
 * of at least 2 rows; otherwise the running ones of the network's state. {@link
 * Workspace#updateStatistics()} moves these: running = running + momentum (batch - running), where
 * the variance of the batch is the unbiased one. It is at most {@link Float#MAX_VALUE}: a batch
 * with a larger one counts as if its values were so much smaller.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param momentum the share of the batch in the running statistics, in (0, 1]; PyTorch's, which is
 *     1 less Keras's
 * @param epsilon &gt; 0
 * @param gammaOff the index of gamma[0] in the parameters
 * @param meanOff the index of the first running mean in the state
 */
public record BatchNorm(int index, int n, float momentum, float epsilon, int gammaOff, int meanOff)
    implements Layer {

  public BatchNorm {
    LayerList.require(index, n, n);
    if (!(momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be in (0, 1], got " + momentum);
    }
    LayerList.requireEpsilon(epsilon);
    LayerList.requireParameters(index, n, n, gammaOff, 2L * n);
    LayerList.requireState(index, n, meanOff, 2L * n);
  }

  @Override
  public int nIn() {
    return n;
  }

  /** Returns the index of beta[0] in the parameters. */
  public int betaOff() {
    return gammaOff + n;
  }

  /** Returns the index of the first running variance in the state. */
  public int varianceOff() {
    return meanOff + n;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of(
        Tensor.vector("weight", Kind.NORM, index, gammaOff, n, 1),
        Tensor.vector("bias", Kind.NORM, index, betaOff(), n, 0),
        Tensor.vector("running_mean", Kind.STATE, index, meanOff, n, 0),
        Tensor.vector("running_var", Kind.STATE, index, varianceOff(), n, 1));
  }

  @Override
  public BatchNorm at(int index, int parameterOff, int stateOff) {
    return new BatchNorm(index, n, momentum, epsilon, parameterOff, stateOff);
  }

  @Override
  public boolean needsBatchStatistics() {
    return true;
  }
}
