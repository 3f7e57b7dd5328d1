package io.lanewise.train;

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

  /**
   * Makes room for rows of that source.
   *
   * @param source what they are read from
   * @param capacity the most rows, at least 1
   */
  public Rows(RowSource source, int capacity) {
    Objects.requireNonNull(source, "source");
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be >= 1, got " + capacity);
    }
    this.capacity = capacity;
    nIn = source.nIn();
    nOut = source.nOut();
    features = new float[Math.multiplyExact(capacity, nIn)];
    labels = source.hasLabels() ? new int[capacity] : null;
    targets = source.hasLabels() ? null : new float[Math.multiplyExact(capacity, nOut)];
    weights = source.hasWeights() ? new float[capacity] : null;
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

  /** Copies row {@code from} of {@code source}, which is like this one, to row {@code to}. */
  void copyRow(Rows source, int from, int to) {
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

  void check(int at, int max) {
    Objects.checkFromIndexSize(at, max, capacity);
  }
}
