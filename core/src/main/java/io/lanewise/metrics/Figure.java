package io.lanewise.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A figure of an epoch: a column of a training's history, and what early stopping and a schedule
 * may watch. Its text is the name in lower case, such as {@code validation_f1_macro}.
 */
public enum Figure {
  /** The mean loss over the rows, each taken before its batch's step. */
  LOSS(false),
  /** The share of rows whose class is right, likewise. */
  ACCURACY(true),
  /** The loss of the validation set after the epoch. */
  VALIDATION_LOSS(false),
  /** The accuracy on the validation set after the epoch. */
  VALIDATION_ACCURACY(true),
  /** The learning rate of the epoch's last step. */
  LEARNING_RATE(true),
  /** The rows of a second of training, without the validation. */
  ROWS_PER_SECOND(true),
  /** {@link Metric#F1_MACRO} of the validation set. */
  VALIDATION_F1_MACRO(Metric.F1_MACRO),
  /** {@link Metric#RECALL_MACRO} of the validation set. */
  VALIDATION_RECALL_MACRO(Metric.RECALL_MACRO),
  /** {@link Metric#ROC_AUC} of the validation set. */
  VALIDATION_ROC_AUC(Metric.ROC_AUC),
  /** {@link Metric#LOG_LOSS} of the validation set. */
  VALIDATION_LOG_LOSS(Metric.LOG_LOSS),
  /** {@link Metric#R2} of the validation set. */
  VALIDATION_R2(Metric.R2),
  /** {@link Metric#MEAN_ABSOLUTE_ERROR} of the validation set. */
  VALIDATION_MEAN_ABSOLUTE_ERROR(Metric.MEAN_ABSOLUTE_ERROR),
  /** {@link Metric#ROOT_MEAN_SQUARED_ERROR} of the validation set. */
  VALIDATION_ROOT_MEAN_SQUARED_ERROR(Metric.ROOT_MEAN_SQUARED_ERROR);

  private final @Nullable Metric metric;
  private final boolean largerIsBetter;
  private final String text = name().toLowerCase(Locale.ROOT);

  Figure(boolean largerIsBetter) {
    metric = null;
    this.largerIsBetter = largerIsBetter;
  }

  Figure(Metric metric) {
    this.metric = metric;
    largerIsBetter = metric.largerIsBetter();
  }

  /** Returns the figure that a metric of the validation set is. */
  public static Figure of(Metric metric) {
    for (Figure figure : values()) {
      if (figure.metric == metric) {
        return figure;
      }
    }
    throw new AssertionError(metric);
  }

  /**
   * Returns the figure of that text.
   *
   * @throws IllegalArgumentException if there is none; the message lists all
   */
  public static Figure parse(String text) {
    for (Figure figure : values()) {
      if (figure.text.equals(text)) {
        return figure;
      }
    }
    String all = Arrays.toString(values());
    throw new IllegalArgumentException(
        "\"" + text + "\" is none of " + all.substring(1, all.length() - 1));
  }

  /** Returns the metric that it is; empty if it is one that every epoch has. */
  public Optional<Metric> metric() {
    return Optional.ofNullable(metric);
  }

  /** Returns whether larger is better. */
  public boolean largerIsBetter() {
    return largerIsBetter;
  }

  /** Returns whether it is of a validation set. */
  public boolean ofValidation() {
    return text.startsWith("validation_");
  }

  @Override
  public String toString() {
    return text;
  }
}
