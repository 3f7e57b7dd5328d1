package io.lanewise.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How often each class was taken for each other one, and what follows from it: accuracy, precision,
 * recall and F1, by scikit-learn's definitions (its {@code zero_division} being 0, the default).
 * Rows may have weights; without them a row's is 1.
 */
public final class Confusion {
  /** How the figures of the classes become one. */
  public enum Average {
    /** Their plain mean, over the classes that occur, as actual or as predicted ones. */
    MACRO,
    /** Of all classes' counts together; that is the accuracy. */
    MICRO,
    /** Their mean, weighted by how many rows are of the class. */
    WEIGHTED
  }

  private final int classes;
  // Of actual * classes + predicted, where it is not 0: the square of many classes is too much.
  private final Map<Long, Double> weight = new HashMap<>();
  private final double[] actual;
  private final double[] predicted;
  private final boolean[] occurs;
  private double total;
  private double right;

  private Confusion(int classes) {
    this.classes = classes;
    actual = new double[classes];
    predicted = new double[classes];
    occurs = new boolean[classes];
  }

  /** Counts nothing yet. */
  static Confusion empty(int classes) {
    return new Confusion(classes);
  }

  /** Counts a row of that weight; it may be taken for {@link Evaluation#NO_CLASS}. */
  void add(int actualClass, int predictedClass, double w) {
    weight.merge(key(actualClass, predictedClass), w, Double::sum);
    actual[actualClass] += w;
    occurs[actualClass] = true;
    if (predictedClass >= 0) {
      predicted[predictedClass] += w;
      occurs[predictedClass] = true;
    }
    total += w;
    right += actualClass == predictedClass ? w : 0;
  }

  private long key(int actualClass, int predictedClass) {
    return predictedClass < 0 ? -1 - actualClass : (long) actualClass * classes + predictedClass;
  }

  /**
   * Counts rows.
   *
   * @param actual the class of each, in [0, classes)
   * @param predicted the class that each was taken for, likewise
   * @param weights one a row, finite and at least 0, not all 0; null for 1 each
   * @param classes at least 2
   * @throws IllegalArgumentException if there is no row, a length does not fit, or a value is not
   *     in its range
   */
  public static Confusion of(
      int[] actual, int[] predicted, float @Nullable [] weights, int classes) {
    int rows = Metric.requireClasses("actual", actual, classes);
    Metric.requireClasses("predicted", predicted, classes);
    Metric.requireLength("predicted", predicted.length, rows);
    Metric.requireWeights(weights, rows);
    Confusion confusion = new Confusion(classes);
    for (int i = 0; i < rows; i++) {
      confusion.add(actual[i], predicted[i], weights == null ? 1 : weights[i]);
    }
    return confusion;
  }

  /** Returns the number of classes. */
  public int classes() {
    return classes;
  }

  /** Returns the weight of the rows of the one class that were taken for the other. */
  public double count(int actualClass, int predictedClass) {
    Objects.checkIndex(actualClass, classes);
    Objects.checkIndex(predictedClass, classes);
    return weight.getOrDefault(key(actualClass, predictedClass), 0.0);
  }

  /**
   * Returns the weight of the rows of that class that were taken for none, their outputs being NaN:
   * see {@link Evaluation#predictedClass}. With it a line of the matrix adds up to the support.
   */
  public double noClass(int actualClass) {
    Objects.checkIndex(actualClass, classes);
    return weight.getOrDefault(key(actualClass, Evaluation.NO_CLASS), 0.0);
  }

  /** Returns the weight of the rows of that class. */
  public double support(int actualClass) {
    return actual[Objects.checkIndex(actualClass, classes)];
  }

  /** Returns the share of the rows whose class is right; NaN of none. */
  public double accuracy() {
    return right / total;
  }

  /** Returns how many of those taken for the class are of it; 0 if none were. */
  public double precision(int c) {
    return ratio(count(c, c), predicted[c]);
  }

  /** Returns how many of the class were taken for it; 0 if there are none. */
  public double recall(int c) {
    return ratio(count(c, c), actual[c]);
  }

  /** Returns the harmonic mean of precision and recall; 0 if both are. */
  public double f1(int c) {
    return harmonic(precision(c), recall(c));
  }

  /** Returns the precision of the classes together. */
  public double precision(Average average) {
    Objects.requireNonNull(average, "average");
    return average == Average.MICRO ? ratio(right, total) : mean(average, this::precision);
  }

  /** Returns the recall of the classes together. */
  public double recall(Average average) {
    Objects.requireNonNull(average, "average");
    return average == Average.MICRO ? ratio(right, total) : mean(average, this::recall);
  }

  /** Returns the F1 of the classes together: the mean of theirs, not that of the means. */
  public double f1(Average average) {
    Objects.requireNonNull(average, "average");
    double micro = ratio(right, total);
    return average == Average.MICRO ? harmonic(micro, micro) : mean(average, this::f1);
  }

  @Override
  public String toString() {
    return classes + " classes, accuracy " + accuracy() + ", F1 (macro) " + f1(Average.MACRO);
  }

  private double mean(Average average, IntToDoubleFunction figure) {
    double sum = 0;
    double weights = 0;
    for (int c = 0; c < classes; c++) {
      if (occurs[c]) {
        double w = average == Average.MACRO ? 1 : actual[c];
        sum += w * figure.applyAsDouble(c);
        weights += w;
      }
    }
    return ratio(sum, weights);
  }

  private static double harmonic(double p, double r) {
    return ratio(2 * p * r, p + r);
  }

  private static double ratio(double a, double b) {
    return b == 0 ? 0 : a / b;
  }
}
