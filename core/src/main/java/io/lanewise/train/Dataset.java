package io.lanewise.train;

import io.lanewise.nn.RandomStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Rows in memory: features, and either class labels or rows of targets. Holds the arrays it is
 * given, not copies.
 */
public final class Dataset {
  private final int rows;
  private final int nIn;
  private final int nOut;
  private final float[] features;
  private final int[] labels;
  private final float[] targets;

  private Dataset(int rows, int nIn, int nOut, float[] features, int[] labels, float[] targets) {
    this.rows = rows;
    this.nIn = nIn;
    this.nOut = nOut;
    this.features = features;
    this.labels = labels;
    this.targets = targets;
  }

  /**
   * Rows with a class each.
   *
   * @param features (rows, nIn), row-major
   * @param nIn features a row, at least 1
   * @param labels one class index a row, in [0, classes)
   * @param classes at least 2
   * @throws IllegalArgumentException if the lengths do not fit, or a label is out of range
   */
  public static Dataset ofLabels(float[] features, int nIn, int[] labels, int classes) {
    Objects.requireNonNull(labels, "labels");
    int rows = rows(features, nIn, "labels", labels.length);
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2, got " + classes);
    }
    for (int i = 0; i < rows; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "labels[" + i + "] must be in 0.." + (classes - 1) + ", got " + labels[i]);
      }
    }
    return new Dataset(rows, nIn, classes, features, labels, null);
  }

  /**
   * Rows with targets.
   *
   * @param features (rows, nIn), row-major
   * @param nIn features a row, at least 1
   * @param targets (rows, nOut), row-major
   * @param nOut targets a row, at least 1
   * @throws IllegalArgumentException if the lengths do not fit
   */
  public static Dataset ofTargets(float[] features, int nIn, float[] targets, int nOut) {
    Objects.requireNonNull(targets, "targets");
    if (nOut < 1 || targets.length % nOut != 0) {
      throw new IllegalArgumentException(
          "targets: " + targets.length + " values are not rows of nOut = " + nOut);
    }
    int rows = rows(features, nIn, "targets", targets.length / nOut);
    return new Dataset(rows, nIn, nOut, features, null, targets);
  }

  private static int rows(float[] features, int nIn, String other, int otherRows) {
    Objects.requireNonNull(features, "features");
    if (nIn < 1) {
      throw new IllegalArgumentException("nIn must be >= 1, got " + nIn);
    }
    if (features.length != (long) otherRows * nIn) {
      throw new IllegalArgumentException(
          "features: "
              + features.length
              + " values, but "
              + other
              + " has "
              + otherRows
              + " rows and nIn is "
              + nIn);
    }
    return otherRows;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of features a row. */
  public int nIn() {
    return nIn;
  }

  /** Returns the number of classes, or of targets a row. */
  public int nOut() {
    return nOut;
  }

  /** Returns whether the rows have class labels; otherwise they have targets. */
  public boolean hasLabels() {
    return labels != null;
  }

  /** Returns the features themselves, (rows, nIn). */
  public float[] features() {
    return features;
  }

  /**
   * Returns the labels themselves.
   *
   * @throws IllegalStateException if there are none
   */
  public int[] labels() {
    if (labels == null) {
      throw new IllegalStateException("this dataset has targets, not labels");
    }
    return labels;
  }

  /**
   * Returns the targets themselves, (rows, nOut).
   *
   * @throws IllegalStateException if there are none
   */
  public float[] targets() {
    if (targets == null) {
      throw new IllegalStateException("this dataset has labels, not targets");
    }
    return targets;
  }

  /** Returns a copy of the rows from..to, to exclusive. */
  public Dataset slice(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new Dataset(
        to - from,
        nIn,
        nOut,
        Arrays.copyOfRange(features, from * nIn, to * nIn),
        labels == null ? null : Arrays.copyOfRange(labels, from, to),
        targets == null ? null : Arrays.copyOfRange(targets, from * nOut, to * nOut));
  }

  /** Returns a copy with the rows in random order. */
  public Dataset shuffled(long seed) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    new RandomStream(seed, RandomStream.Purpose.SPLIT).shuffle(order);
    float[] newFeatures = new float[features.length];
    int[] newLabels = labels == null ? null : new int[rows];
    float[] newTargets = targets == null ? null : new float[targets.length];
    gather(order, 0, rows, newFeatures, newLabels, newTargets);
    return new Dataset(rows, nIn, nOut, newFeatures, newLabels, newTargets);
  }

  /** Copies the rows order[from], order[from + 1], ... to the beginning of x, and labels or y. */
  void gather(int[] order, int from, int count, float[] x, int[] batchLabels, float[] y) {
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      System.arraycopy(features, row * nIn, x, i * nIn, nIn);
      if (labels != null) {
        batchLabels[i] = labels[row];
      } else {
        System.arraycopy(targets, row * nOut, y, i * nOut, nOut);
      }
    }
  }
}
