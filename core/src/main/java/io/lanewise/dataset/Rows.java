package io.lanewise.dataset;

import io.lanewise.internal.Require;
import io.lanewise.nn.Targets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Room for some rows, which a {@link RowReader} fills: features, (capacity, nIn) row-major, and
 * beside them labels or targets, and weights where the source has them.
 */
public final class Rows {
  private final int capacity;
  private final int nIn;
  private final int nOut;
  private final float[] features;
  private final int[] labels;
  private final float[] targets;
  private final float[] weights;

  /** Makes room for that many rows of a source, at least 1. */
  public Rows(RowSource source, int capacity) {
    this(capacity, source.nIn(), source.nOut(), source.hasLabels(), source.hasWeights());
  }

  /**
   * Makes room for rows.
   *
   * @param capacity the most rows, at least 1
   * @param nIn features a row, at least 1
   * @param nOut classes, or targets a row; at least 0
   * @param hasLabels whether they have labels; else targets
   * @param hasWeights whether they have weights
   */
  public Rows(int capacity, int nIn, int nOut, boolean hasLabels, boolean hasWeights) {
    Require.atLeast("capacity", 1, capacity);
    if (nIn < 1 || nOut < 0) {
      throw new IllegalArgumentException(
          "nIn must be >= 1 and nOut >= 0, got " + nIn + ", " + nOut);
    }
    this.capacity = capacity;
    this.nIn = nIn;
    this.nOut = nOut;
    features = new float[Math.multiplyExact(capacity, nIn)];
    labels = hasLabels ? new int[capacity] : null;
    targets = hasLabels ? null : new float[Math.multiplyExact(capacity, nOut)];
    weights = hasWeights ? new float[capacity] : null;
  }

  /** Returns the most rows that it has room for. */
  public int capacity() {
    return capacity;
  }

  /** Returns the number of features a row. */
  public int nIn() {
    return nIn;
  }

  /** Returns the number of classes, or of targets a row. */
  public int nOut() {
    return nOut;
  }

  /** Returns the features themselves, (capacity, nIn). */
  public float[] features() {
    return features;
  }

  /** Returns the labels themselves; null where the rows have targets. */
  public int[] labels() {
    return labels;
  }

  /** Returns the targets themselves, (capacity, nOut); null where the rows have labels. */
  public float[] targets() {
    return targets;
  }

  /** Returns the weights themselves; null where the rows have none. */
  public float[] weights() {
    return weights;
  }

  /**
   * Returns a copy of the first rows.
   *
   * @param count how many, 0 to capacity
   * @throws IllegalStateException if they have neither labels nor targets
   */
  public Dataset dataset(int count) {
    Objects.checkFromToIndex(0, count, capacity);
    return dataset(
        Arrays.copyOf(features, count * nIn),
        labels == null ? null : Arrays.copyOf(labels, count),
        targets == null ? null : Arrays.copyOf(targets, count * nOut),
        weights == null ? null : Arrays.copyOf(weights, count));
  }

  /** All rows, without a copy: for who made this room and leaves it to the dataset. */
  Dataset whole() {
    return dataset(features, labels, targets, weights);
  }

  private Dataset dataset(float[] x, int[] classes, float[] y, float[] w) {
    if (nOut == 0) {
      throw new IllegalStateException("these rows have neither labels nor targets");
    }
    Dataset data =
        classes != null
            ? Dataset.ofLabels(x, nIn, classes, nOut)
            : Dataset.ofTargets(x, nIn, y, nOut);
    return w == null ? data : data.withWeights(w);
  }

  /**
   * Returns a view of the labels or targets, and the weights, as a loss takes them.
   *
   * @throws IllegalStateException if there are neither labels nor targets
   */
  public Targets asTargets() {
    if (nOut == 0) {
      throw new IllegalStateException("these rows have neither labels nor targets");
    }
    Targets all = labels != null ? Targets.ofLabels(labels) : Targets.ofRows(targets, nOut);
    return all.weighted(weights);
  }

  /**
   * Copies row {@code from} of other rows of the same source to row {@code to} of these.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void copyRow(Rows source, int from, int to) {
    System.arraycopy(source.features, from * nIn, features, to * nIn, nIn);
    if (labels != null) {
      labels[to] = source.labels[from];
    } else {
      System.arraycopy(source.targets, from * nOut, targets, to * nOut, nOut);
    }
    if (weights != null) {
      weights[to] = source.weights[from];
    }
  }
}
