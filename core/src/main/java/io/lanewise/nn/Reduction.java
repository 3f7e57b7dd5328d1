package io.lanewise.nn;

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
   * its class: PyTorch's mean for CrossEntropyLoss with weights. A row of target probabilities has
   * no one class, and there, as in PyTorch, class weights are not in the divisor.
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
