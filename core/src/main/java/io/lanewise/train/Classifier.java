package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
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
 */
public final class Classifier extends Estimator<Classifier> {

  /** Makes one with the defaults. */
  public Classifier() {}

  @Override
  Classifier self() {
    return this;
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
    fit(data, data.nOut(), Activation.SOFTMAX);
    return this;
  }

  /**
   * Trains on rows with labels.
   *
   * @param x (labels.length, nIn), row-major
   * @param labels one class a row, from 0; the classes are as many as the largest asks for
   */
  public Classifier fit(float[] x, int[] labels) {
    Objects.requireNonNull(labels, "labels");
    return fit(Dataset.ofLabels(x, width(x, labels.length), labels, classes(labels)));
  }

  /**
   * Trains on rows with labels.
   *
   * @param x one row an array, all of one length
   * @param labels as many, from 0; the classes are as many as the largest asks for
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

  private static int classes(int[] labels) {
    int largest = 1;
    for (int label : labels) {
      largest = Math.max(largest, label);
    }
    // A stray number would make a network of that many outputs.
    if (largest >= Math.max(2, labels.length)) {
      throw new IllegalArgumentException(
          "labels: " + labels.length + " rows cannot have a class " + largest);
    }
    return largest + 1;
  }

  /**
   * Returns the class of each row.
   *
   * @param x (m, nIn), row-major
   * @throws IllegalStateException before a fit
   * @throws IllegalArgumentException if they are not rows of the width that was fitted, or the
   *     outputs of one are NaN, so that it has no class
   */
  public int[] predict(float[] x) {
    int[] classes = classesOf(x);
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] == Evaluation.NO_CLASS) {
        throw new IllegalArgumentException("x: row " + i + " has no class, its outputs are NaN");
      }
    }
    return classes;
  }

  /** Those that have none among them. */
  private int[] classesOf(float[] x) {
    float[] scores = outputs(x);
    Network network = network();
    int[] classes = new int[scores.length / network.nOut()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = Evaluation.predictedClass(network, scores, i * network.nOut());
    }
    return classes;
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
    return Evaluation.of(network(), data, kernels(), Set.of()).accuracy();
  }

  /** {@link #score(Dataset)} of rows and their labels. */
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
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** {@link #score(Dataset)} of rows that are an array each, and their labels. */
  public double score(float[][] x, int[] labels) {
    requireSame(x, labels);
    return score(flatRows(x), labels);
  }
}
