package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.LossFunction;

/**
 * The losses. The loss owns the 1/m of the mathematics: dZ is its true derivative, and dW = X' dZ,
 * db = column sums of dZ have no factor of their own. That is the same as the specification's dW =
 * 1/m X' dZ with a dZ that has none.
 *
 * <p>Cross-entropy and binary cross-entropy are computed from logits, so nothing is clamped and no
 * logarithm of 0 is taken: where the output layer is softmax, its logarithm or sigmoid, from its
 * input, fused with it; where it is any other activation, its outputs are the logits, as in
 * PyTorch's CrossEntropyLoss and BCEWithLogitsLoss.
 */
public enum Loss {
  /**
   * Categorical cross-entropy, -sum_k y_k ln yhat_k: class indices, or rows of probabilities. Under
   * a sigmoid output yhat is the sigmoid, each output for itself.
   */
  CROSS_ENTROPY(Activation.SOFTMAX),
  /**
   * The squared error |yhat - y|^2, summed over outputs. {@link Reduction#MEAN_OVER_ELEMENTS} gives
   * PyTorch's and Keras's mean, which also divides by nOut.
   */
  MEAN_SQUARED_ERROR(Activation.IDENTITY),
  /** The absolute error |yhat - y|, L1, summed over outputs; its derivative at 0 is 0. */
  ABSOLUTE_ERROR(Activation.IDENTITY),
  /**
   * Huber's loss, summed over outputs: (yhat - y)^2 / 2 where |yhat - y| is at most delta, and
   * delta (|yhat - y| - delta / 2) elsewhere. Delta is 1, or {@link LossOptions#huberDelta}.
   */
  HUBER(Activation.IDENTITY),
  /**
   * Binary cross-entropy, -[y ln yhat + (1 - y) ln(1 - yhat)], summed over outputs, each output for
   * itself.
   */
  BINARY_CROSS_ENTROPY(Activation.SIGMOID);

  private final Activation link;

  Loss(Activation link) {
    this.link = link;
  }

  /** Returns what makes probabilities of logits; the identity where outputs are quantities. */
  public Activation link() {
    return link;
  }

  /** Returns whether the loss takes the input of that output activation instead of its output. */
  public boolean fusedWith(Activation output) {
    return ofProbabilities() && (!output.elementwise() || output == Activation.SIGMOID);
  }

  /** Returns whether the outputs are probabilities, or their logits; else they are quantities. */
  public boolean ofProbabilities() {
    return link != Activation.IDENTITY;
  }

  /** Returns the kernel for that output activation. */
  public LossFunction.Kind kernel(Activation output) {
    return switch (this) {
      case MEAN_SQUARED_ERROR -> LossFunction.Kind.SQUARED_ERROR;
      case ABSOLUTE_ERROR -> LossFunction.Kind.ABSOLUTE_ERROR;
      case HUBER -> LossFunction.Kind.HUBER;
      case CROSS_ENTROPY ->
          output == Activation.SIGMOID
              ? LossFunction.Kind.SIGMOID_CROSS_ENTROPY
              : LossFunction.Kind.SOFTMAX_CROSS_ENTROPY;
      case BINARY_CROSS_ENTROPY ->
          output.elementwise()
              ? LossFunction.Kind.SIGMOID_BINARY_CROSS_ENTROPY
              : LossFunction.Kind.SOFTMAX_BINARY_CROSS_ENTROPY;
    };
  }

  /** Returns what the kernels compute for that output activation and these options. */
  public LossFunction function(Activation output, LossOptions options) {
    float[] weights = options.positiveWeights();
    if (weights.length > 0) {
      return LossFunction.weightedBinary(weights);
    }
    LossFunction.Kind kernel = kernel(output);
    return this == HUBER ? LossFunction.of(kernel, options.huberDelta()) : LossFunction.of(kernel);
  }

  /**
   * How the losses of the outputs and rows become one number. All sum over outputs first, and a row
   * counts unless its label is the ignored index. A weight of a row is a factor of its loss under
   * each of them; what a mean divides by is what they differ in.
   */
  public enum Reduction {
    /** The sum over outputs, averaged over the rows that count: the mathematics' 1/m. */
    MEAN_OVER_BATCH,
    /** Averaged over all elements: 1/(m nOut), PyTorch's mean for MSELoss and BCEWithLogitsLoss. */
    MEAN_OVER_ELEMENTS,
    /**
     * Divided by the sum of the weights of the rows that count, a row's being its own times that of
     * its class: PyTorch's mean for CrossEntropyLoss with weights. A row of target probabilities
     * has no one class, and there, as in PyTorch, class weights are not in the divisor.
     */
    WEIGHTED_MEAN,
    /** The sum. */
    SUM;

    /**
     * Returns what the sum of the losses is divided by.
     *
     * @param rows the rows that count
     * @param weight the sum of their weights, each 1 without any
     * @param nOut outputs
     */
    public double divisor(double rows, double weight, int nOut) {
      return switch (this) {
        case MEAN_OVER_BATCH -> rows;
        case MEAN_OVER_ELEMENTS -> rows * nOut;
        case WEIGHTED_MEAN -> weight;
        case SUM -> 1.0;
      };
    }
  }
}
