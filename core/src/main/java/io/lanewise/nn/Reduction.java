package io.lanewise.nn;

/** How the losses of the outputs and rows become one number. All sum over outputs first. */
public enum Reduction {
  /** The sum over outputs, averaged over the batch: the mathematics' 1/m. */
  MEAN_OVER_BATCH,
  /** Averaged over all elements: 1/(m nOut), PyTorch's mean for MSELoss and BCEWithLogitsLoss. */
  MEAN_OVER_ELEMENTS,
  /** The sum. */
  SUM;

  /** Returns the factor of the sum, for m rows of nOut outputs. */
  public double factor(int m, int nOut) {
    return switch (this) {
      case MEAN_OVER_BATCH -> 1.0 / m;
      case MEAN_OVER_ELEMENTS -> 1.0 / ((double) m * nOut);
      case SUM -> 1.0;
    };
  }
}
