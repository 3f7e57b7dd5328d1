package io.lanewise.metrics;

/**
 * What an {@link Evaluation} can say of a network's outputs for a dataset, beside loss and
 * accuracy. {@link Scores} has the formulas.
 */
public enum Metric {
  /** The mean of the classes' F1. */
  F1_MACRO(true, true),
  /** The mean of the classes' recall. */
  RECALL_MACRO(true, true),
  /**
   * The area under the ROC curve; with more than two classes the mean of each against the others.
   */
  ROC_AUC(true, true),
  /** The logarithmic loss. */
  LOG_LOSS(true, false),
  /** The coefficient of determination. */
  R2(false, true),
  /** The mean absolute error. */
  MEAN_ABSOLUTE_ERROR(false, false),
  /** The root of the mean squared error. */
  ROOT_MEAN_SQUARED_ERROR(false, false);

  private final boolean ofClasses;
  private final boolean largerIsBetter;

  Metric(boolean ofClasses, boolean largerIsBetter) {
    this.ofClasses = ofClasses;
    this.largerIsBetter = largerIsBetter;
  }

  /** Returns whether it is of rows with labels; else it is of rows with targets. */
  public boolean ofClasses() {
    return ofClasses;
  }

  /** Returns whether larger is better. */
  public boolean largerIsBetter() {
    return largerIsBetter;
  }
}
