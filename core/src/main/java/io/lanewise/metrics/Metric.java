package io.lanewise.metrics;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Confusion.Average;
import io.lanewise.nn.Network;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Evaluation} can say of a network's outputs for a dataset, beside loss and
 * accuracy. The methods are the same figures, and some more, of predictions in arrays, by
 * scikit-learn's definitions; see {@link Confusion} for precision, recall and F1.
 *
 * <p>Each of them takes the weights of the rows last: one each, finite and at least 0, not all 0,
 * or null for 1 each. All throw {@link NullPointerException} with the argument's name, and {@link
 * IllegalArgumentException}, naming the argument, if there is no row, a length does not fit, a
 * class is not in its range, or a number is NaN. Sums are in double, rows ascending.
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

  /** Returns that of rows which have it, of their classes or of their outputs. */
  double of(Network network, @Nullable Confusion confusion, @Nullable Outputs o) {
    int nOut = network.nOut();
    return switch (this) {
      case F1_MACRO -> confusion.f1(Average.MACRO);
      case RECALL_MACRO -> confusion.recall(Average.MACRO);
      case ROC_AUC -> o.rocAuc();
      case LOG_LOSS -> o.logLoss();
      case R2 -> r2(o.targets, o.y, nOut, o.weights);
      case MEAN_ABSOLUTE_ERROR -> meanAbsoluteError(o.targets, o.y, nOut, o.weights);
      case ROOT_MEAN_SQUARED_ERROR -> rootMeanSquaredError(o.targets, o.y, nOut, o.weights);
    };
  }

  /** Returns the share of rows whose class is right. */
  public static double accuracy(int[] actual, int[] predicted, float @Nullable [] weights) {
    Objects.requireNonNull(actual, "actual");
    Objects.requireNonNull(predicted, "predicted");
    requireLength("predicted", predicted.length, requireRows("actual", actual.length));
    requireWeights(weights, actual.length);
    double right = 0;
    double total = 0;
    for (int i = 0; i < actual.length; i++) {
      double w = weight(weights, i);
      right += actual[i] == predicted[i] ? w : 0;
      total += w;
    }
    return right / total;
  }

  /**
   * Returns the share of rows whose class is among the k with the highest scores. Of equal scores
   * the one of the higher class counts as higher.
   *
   * @param k at least 1
   * @param scores (rows, classes), row-major
   */
  public static double topK(
      int k, int[] actual, float[] scores, int classes, float @Nullable [] weights) {
    Require.atLeast("k", 1, k);
    requireMatrix(actual, "scores", scores, classes, weights);
    double right = 0;
    double total = 0;
    for (int i = 0; i < actual.length; i++) {
      int row = i * classes;
      float own = scores[row + actual[i]];
      int higher = 0;
      for (int c = 0; c < classes; c++) {
        float other = scores[row + c];
        higher += other > own || (other == own && c > actual[i]) ? 1 : 0;
      }
      double w = weight(weights, i);
      right += higher < k ? w : 0;
      total += w;
    }
    return right / total;
  }

  /**
   * Returns the logarithmic loss, the mean of -ln p of each row's class. Probabilities are first
   * kept within 2^-23 and 1 - 2^-23, then divided by their sum.
   *
   * @param probabilities (rows, classes), row-major, in [0, 1]
   */
  public static double logLoss(
      int[] actual, float[] probabilities, int classes, float @Nullable [] weights) {
    requireMatrix(actual, "probabilities", probabilities, classes, weights);
    for (int i = 0; i < actual.length * classes; i++) {
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
        throw new IllegalArgumentException(
            "probabilities[" + i + "] must be in [0, 1], got " + probabilities[i]);
      }
    }
    double loss = 0;
    double total = 0;
    for (int i = 0; i < actual.length; i++) {
      double w = weight(weights, i);
      loss -= w * Outputs.logProbability(probabilities, i * classes, classes, actual[i]);
      total += w;
    }
    return loss / total;
  }

  /**
   * Returns the area under the ROC curve: how probable it is that a row of class 1 has a higher
   * score than one of class 0, equal scores counting half.
   *
   * @param actual 0 or 1 for each row
   * @param scores one a row
   * @throws IllegalArgumentException also if there are not both classes with a weight, where it is
   *     undefined
   */
  public static double rocAuc(int[] actual, float[] scores, float @Nullable [] weights) {
    int rows = requireClasses("actual", actual, 2);
    Objects.requireNonNull(scores, "scores");
    requireLength("scores", scores.length, rows);
    requireNumbers("scores", scores);
    requireWeights(weights, rows);
    return rocAuc(actual, 1, scores, 1, 0, weights);
  }

  /**
   * Returns the areas under the ROC curves of each class against all others, averaged.
   *
   * @param scores (rows, classes), row-major: of a class, or of its rest, only the order matters
   * @param classes at least 2
   * @param average {@link Average#MACRO} or {@link Average#WEIGHTED}
   * @throws IllegalArgumentException also if a class has no row, or all that have a weight, or none
   *     that has one, where it is undefined; the last has no part in a weighted mean
   */
  public static double rocAuc(
      int[] actual, float[] scores, int classes, Average average, float @Nullable [] weights) {
    requireMatrix(actual, "scores", scores, classes, weights);
    Objects.requireNonNull(average, "average");
    if (average == Average.MICRO) {
      throw new IllegalArgumentException("average must be MACRO or WEIGHTED, got MICRO");
    }
    double sum = 0;
    double total = 0;
    for (int c = 0; c < classes; c++) {
      double share = average == Average.MACRO ? 1 : 0;
      boolean occurs = false;
      for (int i = 0; i < actual.length; i++) {
        occurs |= actual[i] == c;
        share += average == Average.WEIGHTED && actual[i] == c ? weight(weights, i) : 0;
      }
      if (share > 0 || !occurs) {
        sum += share * rocAuc(actual, c, scores, classes, c, weights);
        total += share;
      }
    }
    return sum / total;
  }

  /** Of that class against the others, by the scores in that column. */
  static double rocAuc(
      int[] actual, int c, float[] scores, int columns, int column, float @Nullable [] weights) {
    // Sorted as integers: the score above, the row below.
    long[] order = new long[actual.length];
    for (int i = 0; i < order.length; i++) {
      // -0 + 0 is 0.
      int bits = Float.floatToIntBits(scores[i * columns + column] + 0f);
      order[i] = (long) (bits ^ (bits >> 31 & 0x7fffffff)) << 32 | i;
    }
    Arrays.sort(order);
    double positive = 0;
    double negative = 0;
    double area = 0;
    // Since the last row of another class: added at once, so that a perfect order has exactly 1.
    double run = 0;
    for (int at = 0; at < order.length; ) {
      double tiedPositive = 0;
      double tiedNegative = 0;
      long score = order[at] >> 32;
      for (; at < order.length && order[at] >> 32 == score; at++) {
        int i = (int) order[at];
        if (actual[i] == c) {
          tiedPositive += weight(weights, i);
        } else {
          tiedNegative += weight(weights, i);
        }
      }
      run += tiedPositive;
      positive += tiedPositive;
      if (tiedNegative > 0) {
        area += run * negative + tiedPositive * (tiedNegative / 2);
        run = 0;
        negative += tiedNegative;
      }
    }
    area += run * negative;
    if (positive == 0 || negative == 0) {
      throw new IllegalArgumentException(
          "actual must have rows of class "
              + c
              + " and of others: with only the one or the other, ROC-AUC is undefined");
    }
    return area / (positive * negative);
  }

  /**
   * Returns the coefficient of determination, 1 - (squares of the errors) / (squares of the
   * differences from the mean), averaged over the outputs. Of an output whose targets are all the
   * same, in rows that have a weight, it is 1 if every prediction is right, and 0 otherwise; of a
   * single row it is NaN.
   *
   * @param targets (rows, nOut), row-major
   * @param predicted (rows, nOut), row-major
   * @param nOut at least 1
   */
  public static double r2(
      float[] targets, float[] predicted, int nOut, float @Nullable [] weights) {
    int rows = requireQuantities(targets, predicted, nOut, weights);
    if (rows < 2) {
      return Double.NaN;
    }
    double sum = 0;
    for (int j = 0; j < nOut; j++) {
      double mean = 0;
      double total = 0;
      for (int i = 0; i < rows; i++) {
        mean += weight(weights, i) * targets[i * nOut + j];
        total += weight(weights, i);
      }
      // As a float: where the targets are all the same it is theirs, and no rounding is a spread.
      float middle = (float) (mean / total);
      double errors = 0;
      double squares = 0;
      double rest = 0;
      for (int i = 0; i < rows; i++) {
        double t = targets[i * nOut + j];
        double error = t - predicted[i * nOut + j];
        double d = t - middle;
        double w = weight(weights, i);
        errors += w * error * error;
        squares += w * d * d;
        rest += w * d;
      }
      double spread = squares - rest * rest / total;
      sum += errors == 0 ? 1 : spread == 0 ? 0 : 1 - errors / spread;
    }
    return sum / nOut;
  }

  /** Returns the mean absolute error, over rows and outputs; arguments as in {@link #r2}. */
  public static double meanAbsoluteError(
      float[] targets, float[] predicted, int nOut, float @Nullable [] weights) {
    int rows = requireQuantities(targets, predicted, nOut, weights);
    double sum = 0;
    double total = 0;
    for (int i = 0; i < rows; i++) {
      double row = 0;
      for (int j = i * nOut; j < (i + 1) * nOut; j++) {
        row += Math.abs((double) targets[j] - predicted[j]);
      }
      sum += weight(weights, i) * row;
      total += weight(weights, i);
    }
    return sum / total / nOut;
  }

  /**
   * Returns the root of the mean squared error of each output, averaged over the outputs; arguments
   * as in {@link #r2}.
   */
  public static double rootMeanSquaredError(
      float[] targets, float[] predicted, int nOut, float @Nullable [] weights) {
    int rows = requireQuantities(targets, predicted, nOut, weights);
    double roots = 0;
    for (int j = 0; j < nOut; j++) {
      double sum = 0;
      double total = 0;
      for (int i = 0; i < rows; i++) {
        double error = (double) targets[i * nOut + j] - predicted[i * nOut + j];
        sum += weight(weights, i) * error * error;
        total += weight(weights, i);
      }
      roots += Math.sqrt(sum / total);
    }
    return roots / nOut;
  }

  private static double weight(float @Nullable [] weights, int i) {
    return weights == null ? 1 : weights[i];
  }

  private static void requireMatrix(
      int[] actual, String name, float[] values, int classes, float @Nullable [] weights) {
    int rows = requireClasses("actual", actual, classes);
    Objects.requireNonNull(values, name);
    requireLength(name, values.length, (long) rows * classes);
    requireNumbers(name, values);
    requireWeights(weights, rows);
  }

  private static int requireQuantities(
      float[] targets, float[] predicted, int nOut, float @Nullable [] weights) {
    Objects.requireNonNull(targets, "targets");
    Objects.requireNonNull(predicted, "predicted");
    if (nOut < 1 || targets.length % nOut != 0) {
      throw new IllegalArgumentException(
          "targets: " + targets.length + " values are not rows of nOut = " + nOut);
    }
    requireLength("predicted", predicted.length, requireRows("targets", targets.length));
    requireNumbers("targets", targets);
    requireNumbers("predicted", predicted);
    requireWeights(weights, targets.length / nOut);
    return targets.length / nOut;
  }

  private static int requireRows(String name, int length) {
    if (length == 0) {
      throw new IllegalArgumentException(name + " must have at least one row");
    }
    return length;
  }

  static void requireLength(String name, int length, long wanted) {
    if (length != wanted) {
      throw new IllegalArgumentException(name + " must have " + wanted + " values, got " + length);
    }
  }

  /** Returns the number of rows. */
  static int requireClasses(String name, int[] values, int classes) {
    Objects.requireNonNull(values, name);
    Require.atLeast("classes", 2, classes);
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= classes) {
        throw new IllegalArgumentException(
            name + "[" + i + "] must be in 0.." + (classes - 1) + ", got " + values[i]);
      }
    }
    return requireRows(name, values.length);
  }

  private static void requireNumbers(String name, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw new IllegalArgumentException(name + "[" + i + "] must be a number, got NaN");
      }
    }
  }

  static void requireWeights(float @Nullable [] weights, int rows) {
    if (weights == null) {
      return;
    }
    requireLength("weights", weights.length, rows);
    float largest = 0;
    for (int i = 0; i < rows; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights[" + i + "] must be finite and >= 0, got " + weights[i]);
      }
      largest = Math.max(largest, weights[i]);
    }
    if (largest == 0) {
      throw new IllegalArgumentException("weights must not all be 0");
    }
  }
}
