package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A classifier in one call: it scales the features, makes a network with softmax and trains it.
 *
 * <pre>{@code
 * Classifier classifier = new Classifier().hiddenLayers(64).seed(42).fit(training);
 * int[] classes = classifier.predict(rows);
 * double accuracy = classifier.score(test);
 * }</pre>
 *
 * <p>Labels that are given as integers may be any, such as -1 and 1, or 3, 5 and 9: the classes are
 * the distinct ones, ascending, and predictions are those integers again.
 */
public final class Classifier extends Estimator<Classifier> {
  // So many different numbers, and more than half of the rows, are what is measured, not a class.
  private static final int FEW = 20;

  private int[] classes = {};

  /** Makes one with the defaults. */
  public Classifier() {}

  /**
   * Makes one that is fitted, of a network that was kept. What keeps the classes with it is {@code
   * Meaning.of(classifier)} in lanewise-data.
   *
   * @param classes the label of each class, ascending, as {@link #classes()} had them
   * @throws IllegalArgumentException if they are not as many as the network has
   */
  public static Classifier of(Network network, int... classes) {
    boolean good = classes.length == Math.max(2, network.nOut());
    for (int j = 1; j < classes.length; j++) {
      good &= classes[j - 1] < classes[j];
    }
    if (!good) {
      throw new IllegalArgumentException(
          "classes must be ascending, as many as outputs, got " + Arrays.toString(classes));
    }
    Classifier classifier = new Classifier();
    classifier.classes = classes.clone();
    classifier.fitted(network, null);
    return classifier;
  }

  /**
   * Returns the classes, ascending: the output j, and the class j of a {@link Dataset}, is that of
   * the label {@code classes()[j]}. Of a fit on a Dataset they are 0, 1, ...
   *
   * @throws IllegalStateException before a fit
   */
  public int[] classes() {
    network();
    return classes.clone();
  }

  /**
   * Trains on rows with labels.
   *
   * @throws IllegalArgumentException if they have no labels, or there are none
   */
  public Classifier fit(Dataset data) {
    if (!data.hasLabels()) {
      throw new IllegalArgumentException("data has targets, not labels: take a Regressor");
    }
    int[] indices = new int[data.nOut()];
    for (int j = 0; j < indices.length; j++) {
      indices[j] = j;
    }
    return fit(data, indices);
  }

  private Classifier fit(Dataset data, int[] labels) {
    fit(data, data.nOut(), Activation.SOFTMAX);
    classes = labels;
    return this;
  }

  /**
   * Trains on rows with labels.
   *
   * @param x (labels.length, nIn), row-major
   * @param labels one a row, any integers; {@link Loss.Options#IGNORED_INDEX} for a row without one
   * @throws IllegalArgumentException if all labels are the same and not 0 or 1, or so many differ
   *     that they are no classes
   */
  public Classifier fit(float[] x, int[] labels) {
    Objects.requireNonNull(labels, "labels");
    int[] distinct = distinct(labels);
    Dataset data =
        Dataset.ofLabels(x, width(x, labels.length), indices(labels, distinct), distinct.length);
    return fit(data, distinct);
  }

  /**
   * Trains on rows with labels.
   *
   * @param x one row an array, all of one length
   * @param labels as many; see {@link #fit(float[], int[])}
   */
  public Classifier fit(float[][] x, int[] labels) {
    requireSame(x, labels);
    return fit(flat("x", x), labels);
  }

  private static void requireSame(float[][] x, int[] labels) {
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(labels, "labels");
    if (labels.length != x.length) {
      throw new IllegalArgumentException(
          "labels: got " + labels.length + ", wanted one for each of the " + x.length + " rows");
    }
  }

  private static int[] distinct(int[] labels) {
    int[] sorted = labels.clone();
    Arrays.sort(sorted);
    int count = 0;
    for (int label : sorted) {
      if (label != Loss.Options.IGNORED_INDEX && (count == 0 || sorted[count - 1] != label)) {
        sorted[count++] = label;
      }
    }
    // Of 0 and 1 one may be missing.
    if (count == 0 || count == 1 && sorted[0] >>> 1 == 0) {
      return new int[] {0, 1};
    }
    if (count == 1 || count > FEW && count > labels.length / 2) {
      throw new IllegalArgumentException(
          "labels: " + count + " different of " + labels.length + ", wanted 2 or more classes");
    }
    return Arrays.copyOf(sorted, count);
  }

  /** The place of each label among the classes. */
  private static int[] indices(int[] labels, int[] classes) {
    int[] indices = labels.clone();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != Loss.Options.IGNORED_INDEX) {
        indices[i] = Arrays.binarySearch(classes, labels[i]);
        if (indices[i] < 0) {
          throw new IllegalArgumentException(
              "labels: " + labels[i] + " is none of " + Arrays.toString(classes));
        }
      }
    }
    return indices;
  }

  /**
   * Returns the class of each row, one of {@link #classes()}.
   *
   * @param x (m, nIn), row-major
   * @throws IllegalStateException before a fit
   * @throws IllegalArgumentException if they are not rows of the width that was fitted, or the
   *     outputs of one are NaN, so that it has no class
   */
  public int[] predict(float[] x) {
    int[] predicted = classesOf(x);
    for (int i = 0; i < predicted.length; i++) {
      if (predicted[i] == Evaluation.NO_CLASS) {
        throw new IllegalArgumentException("x: row " + i + " has no class, its outputs are NaN");
      }
      predicted[i] = classes[predicted[i]];
    }
    return predicted;
  }

  /** Their indices, those that have none among them. */
  private int[] classesOf(float[] x) {
    float[] scores = outputs(x);
    Network network = network();
    int[] indices = new int[scores.length / network.nOut()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = Evaluation.predictedClass(network, scores, i * network.nOut());
    }
    return indices;
  }

  /** {@link #predict(float[])} of rows that are an array each. */
  public int[] predict(float[][] x) {
    return predict(flatRows(x));
  }

  /**
   * Returns the probability of each class.
   *
   * @param x (m, nIn), row-major
   * @return (m, classes), row-major
   * @throws IllegalStateException before a fit
   */
  public float[] predictProbabilities(float[] x) {
    return outputs(x);
  }

  /** {@link #predictProbabilities(float[])} of rows that are an array each. */
  public float[][] predictProbabilities(float[][] x) {
    return unflat(outputs(flatRows(x)), network().nOut());
  }

  /**
   * Returns the accuracy: the share of rows whose class is right; one that has none is wrong.
   *
   * @throws IllegalStateException before a fit
   */
  public double score(Dataset data) {
    return Evaluation.of(network(), data, kernels(data.rows()), Set.of()).accuracy();
  }

  /**
   * {@link #score(Dataset)} of rows and their labels.
   *
   * @throws IllegalArgumentException if a label is none of {@link #classes()}
   */
  public double score(float[] x, int[] labels) {
    Objects.requireNonNull(labels, "labels");
    int[] predicted = classesOf(x);
    if (labels.length != predicted.length || labels.length == 0) {
      throw new IllegalArgumentException(
          "labels: got "
              + labels.length
              + ", wanted one for each of "
              + predicted.length
              + " rows");
    }
    int[] wanted = indices(labels, classes);
    int right = 0;
    int rows = 0;
    for (int i = 0; i < wanted.length; i++) {
      right += predicted[i] == wanted[i] ? 1 : 0;
      rows += wanted[i] >= 0 ? 1 : 0;
    }
    return (double) right / rows;
  }

  /** {@link #score(Dataset)} of rows that are an array each, and their labels. */
  public double score(float[][] x, int[] labels) {
    requireSame(x, labels);
    return score(flatRows(x), labels);
  }
}
