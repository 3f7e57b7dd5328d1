package io.lanewise.metrics;

import java.util.Locale;

/**
 * A figure of the validation set that a training can take after each epoch, beside its loss and
 * accuracy: into the history, and to stop by. See {@link Evaluation} for what they are.
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
  private final String figure = "validation_" + name().toLowerCase(Locale.ROOT);

  Metric(boolean ofClasses, boolean largerIsBetter) {
    this.ofClasses = ofClasses;
    this.largerIsBetter = largerIsBetter;
  }

  /** Returns its name among the figures of a history, such as validation_f1_macro. */
  public String figure() {
    return figure;
  }

  /** Returns whether it is of rows with labels; else it is of rows with targets. */
  public boolean ofClasses() {
    return ofClasses;
  }

  /** Returns whether larger is better. */
  public boolean largerIsBetter() {
    return largerIsBetter;
  }

  /** Returns its value; NaN where it is undefined. */
  public double of(Evaluation evaluation) {
    return switch (this) {
      case F1_MACRO -> macro(evaluation, true);
      case RECALL_MACRO -> macro(evaluation, false);
      case ROC_AUC -> evaluation.rocAuc();
      case LOG_LOSS -> evaluation.logLoss();
      case R2 -> evaluation.r2();
      case MEAN_ABSOLUTE_ERROR -> evaluation.meanAbsoluteError();
      case ROOT_MEAN_SQUARED_ERROR -> evaluation.rootMeanSquaredError();
    };
  }

  private static double macro(Evaluation evaluation, boolean f1) {
    Confusion confusion = evaluation.metrics().confusion();
    if (confusion == null) {
      return Double.NaN;
    }
    return f1 ? confusion.f1(Confusion.Average.MACRO) : confusion.recall(Confusion.Average.MACRO);
  }

  /** Returns the one of that figure; null if there is none. */
  public static Metric ofFigure(String figure) {
    for (Metric metric : values()) {
      if (metric.figure.equals(figure)) {
        return metric;
      }
    }
    return null;
  }
}
