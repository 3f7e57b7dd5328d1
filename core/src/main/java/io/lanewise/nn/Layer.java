package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Network.Tensor.Kind;
import java.util.List;
import java.util.Objects;

/**
 * A layer: its shape, and where its numbers are in the network's flat arrays. A value without
 * arrays of its own; a {@link Workspace} has the buffers and computes.
 *
 * <p>The kinds are sealed. Who does something of its own with each kind takes them apart by a
 * {@code switch} without a default, so that a new kind does not compile until each such place has
 * decided.
 */
public sealed interface Layer {

  /** Returns its place in the network, from 0. */
  int index();

  /** Returns the values a row that it takes. */
  int nIn();

  /** Returns the values a row that it makes: as many as it takes, but for a {@link Dense} one. */
  default int nOut() {
    return nIn();
  }

  /** Returns the activation that makes its outputs; the identity where it has none. */
  default Activation activation() {
    return Activation.IDENTITY;
  }

  /**
   * Returns the windows that it has in the network's parameters and state, each directly after the
   * one before in its array. Their names are those inside its module: weight, running_mean.
   */
  List<Tensor> tensors();

  /**
   * Returns the same layer elsewhere.
   *
   * @param index its place in the network
   * @param parameterOff where its parameters begin
   * @param stateOff where its state begins
   */
  Layer at(int index, int parameterOff, int stateOff);

  /** Returns how many of the network's parameters are its own. */
  default int parameterCount() {
    return Tensor.count(tensors(), true);
  }

  /** Returns how many numbers of the network's state are its own. */
  default int stateCount() {
    return Tensor.count(tensors(), false);
  }

  /** Returns whether it computes with a matrix of weights. */
  default boolean hasWeights() {
    for (Tensor tensor : tensors()) {
      if (tensor.kind() == Tensor.Kind.WEIGHT) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether it does something in training only, and is left out for inference. */
  default boolean isForTrainingOnly() {
    return false;
  }

  /** Returns whether training takes statistics over the rows of a batch, which need 2 of them. */
  default boolean needsBatchStatistics() {
    return false;
  }

  /**
   * A dense layer, Z = X W + b, A = f(Z). W is (nIn, nOut), row-major, and b follows it.
   *
   * @param index its place in the network, from 0
   * @param nIn inputs
   * @param nOut outputs
   * @param activation f
   * @param weightOff the index of W[0,0] in the parameters
   */
  record Dense(int index, int nIn, int nOut, Activation activation, int weightOff)
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

  /**
   * An activation that no dense layer could take in, A = f(X): one that follows a normalization, a
   * sum or a dropout, or begins a residual block.
   *
   * @param index its place in the network, from 0
   * @param n values a row
   * @param activation f
   */
  record ActivationLayer(int index, int n, Activation activation) implements Layer {

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

  /**
   * Batch normalization (Ioffe and Szegedy 2015), each column for itself: y = gamma (x - mean) /
   * sqrt(variance + epsilon) + beta. In training, mean and variance (biased) are those of the
   * batch, of at least 2 rows; otherwise the running ones of the network's state. {@link
   * Workspace#updateStatistics()} moves these: running = running + momentum (batch - running),
   * where the variance of the batch is the unbiased one. It is at most {@link Float#MAX_VALUE}: a
   * batch with a larger one counts as if its values were so much smaller.
   *
   * @param index its place in the network, from 0
   * @param n values a row
   * @param momentum the share of the batch in the running statistics, in (0, 1]; PyTorch's, which
   *     is 1 less Keras's
   * @param epsilon &gt; 0
   * @param gammaOff the index of gamma[0] in the parameters
   * @param meanOff the index of the first running mean in the state
   */
  record BatchNorm(int index, int n, float momentum, float epsilon, int gammaOff, int meanOff)
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

  /**
   * Layer normalization (Ba et al. 2016), each row for itself: y = gamma (x - mean) / sqrt(variance
   * + epsilon) + beta, mean and variance (biased) over the values of the row, gamma and beta for
   * each column. Training and inference are the same.
   *
   * @param index its place in the network, from 0
   * @param n values a row
   * @param epsilon &gt; 0
   * @param gammaOff the index of gamma[0] in the parameters
   */
  record LayerNorm(int index, int n, float epsilon, int gammaOff) implements Layer {

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
  record Dropout(int index, int n, float rate, boolean alpha) implements Layer {

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

  /**
   * A fixed scaling of each column, y = (x - shift) scale, its constants in the network's state: so
   * that a network takes raw rows. Keras's layer of that name, with scale = 1 / sqrt(variance).
   *
   * @param index its place in the network, from 0
   * @param n values a row
   * @param shiftOff the index of shift[0] in the state
   */
  record Normalization(int index, int n, int shiftOff) implements Layer {

    public Normalization {
      LayerList.require(index, n, n);
      LayerList.requireState(index, n, shiftOff, 2L * n);
    }

    @Override
    public int nIn() {
      return n;
    }

    /** Returns the index of scale[0] in the state. */
    public int scaleOff() {
      return shiftOff + n;
    }

    @Override
    public List<Tensor> tensors() {
      return List.of(
          Tensor.vector("shift", Kind.STATE, index, shiftOff, n, 0),
          Tensor.vector("scale", Kind.STATE, index, scaleOff(), n, 1));
    }

    @Override
    public Normalization at(int index, int parameterOff, int stateOff) {
      return new Normalization(index, n, stateOff);
    }
  }

  /**
   * The end of a residual block (He et al. 2016): y = the output of the layer before + the output
   * of the layer before the block.
   *
   * @param index its place in the network, from 0
   * @param n values a row
   * @param from the layer before the block, less than index - 1; -1 for the network's input
   */
  record ResidualAdd(int index, int n, int from) implements Layer {

    public ResidualAdd {
      LayerList.require(index, n, n);
      if (from < -1 || from >= index - 1) {
        throw new IllegalArgumentException("from must be -1 to " + (index - 2) + ", got " + from);
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

    /** Returns the same elsewhere, its block having moved with it. */
    @Override
    public ResidualAdd at(int index, int parameterOff, int stateOff) {
      return new ResidualAdd(index, n, from + index - this.index);
    }
  }
}
