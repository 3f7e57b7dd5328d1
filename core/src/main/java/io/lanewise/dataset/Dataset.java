package io.lanewise.dataset;

import io.lanewise.internal.Require;
import io.lanewise.nn.LossOptions;
import io.lanewise.nn.RandomStream;
import io.lanewise.nn.Targets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Rows in memory: features, either class labels or rows of targets, and maybe a weight a row. Holds
 * the arrays it is given, not copies.
 */
public final class Dataset implements RowSource {
  private final int rows;
  private final int nIn;
  private final int nOut;
  private final float[] features;
  private final int[] labels;
  private final float[] targets;
  private final float[] weights;

  private Dataset(
      int rows,
      int nIn,
      int nOut,
      float[] features,
      int[] labels,
      float[] targets,
      float[] weights) {
    this.rows = rows;
    this.nIn = nIn;
    this.nOut = nOut;
    this.features = features;
    this.labels = labels;
    this.targets = targets;
    this.weights = weights;
  }

  /**
   * Rows with a class each.
   *
   * @param features (rows, nIn), row-major
   * @param nIn features a row, at least 1
   * @param labels one class index a row, in [0, classes), or {@link LossOptions#IGNORED_INDEX} for
   *     a row without one
   * @param classes at least 2
   * @throws IllegalArgumentException if the lengths do not fit, or a label is out of range
   */
  public static Dataset ofLabels(float[] features, int nIn, int[] labels, int classes) {
    Objects.requireNonNull(labels, "labels");
    int rows = rows(features, nIn, "labels", labels.length);
    Require.atLeast("classes", 2, classes);
    for (int i = 0; i < rows; i++) {
      boolean none = labels[i] == LossOptions.IGNORED_INDEX;
      if (!none && (labels[i] < 0 || labels[i] >= classes)) {
        throw new IllegalArgumentException(
            "labels["
                + i
                + "] must be in 0.."
                + (classes - 1)
                + ", or "
                + LossOptions.IGNORED_INDEX
                + " for none, got "
                + labels[i]);
      }
    }
    return new Dataset(rows, nIn, classes, features, labels, null, null);
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
    return new Dataset(rows, nIn, nOut, features, null, targets, null);
  }

  /**
   * Reads all rows of a source into memory.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if they are too many
   */
  public static Dataset read(RowSource source) throws IOException {
    long values = source.rowCount() * Math.max(source.nIn(), source.nOut());
    if (source.rowCount() > Integer.MAX_VALUE || values > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "source: " + source.rowCount() + " rows of " + source.nIn() + " are too many for memory");
    }
    int count = (int) source.rowCount();
    Rows rows = new Rows(source, Math.max(1, count));
    try (RowReader reader = source.open(0)) {
      int read = reader.read(rows, 0, count);
      return read == rows.capacity() ? rows.whole() : rows.dataset(read);
    }
  }

  /**
   * Returns these rows, the same arrays, with a weight each.
   *
   * @param weights one a row, finite and at least 0
   * @throws IllegalArgumentException if there are not as many, or one is not that
   */
  public Dataset withWeights(float[] weights) {
    Objects.requireNonNull(weights, "weights");
    if (weights.length != rows) {
      throw new IllegalArgumentException(
          "weights: got " + weights.length + ", wanted one for each of the " + rows + " rows");
    }
    for (int i = 0; i < rows; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights[" + i + "] must be finite and >= 0, got " + weights[i]);
      }
    }
    return new Dataset(rows, nIn, nOut, features, labels, targets, weights);
  }

  private static int rows(float[] features, int nIn, String other, int otherRows) {
    Objects.requireNonNull(features, "features");
    Require.atLeast("nIn", 1, nIn);
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

  @Override
  public long rowCount() {
    return rows;
  }

  /** Returns the number of features a row. */
  @Override
  public int nIn() {
    return nIn;
  }

  /** Returns the number of classes, or of targets a row. */
  @Override
  public int nOut() {
    return nOut;
  }

  /** Returns whether the rows have class labels; otherwise they have targets. */
  @Override
  public boolean hasLabels() {
    return labels != null;
  }

  @Override
  public boolean hasWeights() {
    return weights != null;
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

  /**
   * Returns the weights themselves.
   *
   * @throws IllegalStateException if there are none
   */
  public float[] weights() {
    if (weights == null) {
      throw new IllegalStateException("this dataset has no weights");
    }
    return weights;
  }

  /** Returns a view of the labels or targets, and the weights, as a loss takes them. */
  public Targets asTargets() {
    Targets all = labels != null ? Targets.ofLabels(labels) : Targets.ofRows(targets, nOut);
    return all.weighted(weights);
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
        targets == null ? null : Arrays.copyOfRange(targets, from * nOut, to * nOut),
        weights == null ? null : Arrays.copyOfRange(weights, from, to));
  }

  /** Returns a copy with the rows in random order. */
  public Dataset shuffled(long seed) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    new RandomStream(seed, RandomStream.Purpose.SPLIT).shuffle(order);
    return select(order);
  }

  /**
   * Returns a copy of those rows, in that order.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public Dataset select(int[] indices) {
    int count = indices.length;
    float[] newFeatures = new float[Math.multiplyExact(count, nIn)];
    int[] newLabels = labels == null ? null : new int[count];
    float[] newTargets = targets == null ? null : new float[Math.multiplyExact(count, nOut)];
    float[] newWeights = weights == null ? null : new float[count];
    gather(indices, 0, count, 0, newFeatures, newLabels, newTargets, newWeights);
    return new Dataset(count, nIn, nOut, newFeatures, newLabels, newTargets, newWeights);
  }

  /**
   * Copies the rows indices[from], indices[from + 1], ... to the rows at, at + 1, ... of other
   * room.
   *
   * @param into made for these rows, see {@link Rows#Rows(RowSource, int)}
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void gather(int[] indices, int from, int count, Rows into, int at) {
    gather(
        indices, from, count, at, into.features(), into.labels(), into.targets(), into.weights());
  }

  private void gather(
      int[] order, int from, int count, int at, float[] x, int[] toLabels, float[] y, float[] w) {
    for (int i = 0; i < count; i++) {
      int row = Objects.checkIndex(order[from + i], rows);
      System.arraycopy(features, row * nIn, x, (at + i) * nIn, nIn);
      if (labels != null) {
        toLabels[at + i] = labels[row];
      } else {
        System.arraycopy(targets, row * nOut, y, (at + i) * nOut, nOut);
      }
      if (weights != null) {
        w[at + i] = weights[row];
      }
    }
  }

  @Override
  public RowReader open(long row) {
    Objects.checkIndex(row, rows + 1L);
    return new Reader((int) row);
  }

  private final class Reader implements RowReader {
    private int next;

    Reader(int row) {
      next = row;
    }

    @Override
    public int read(Rows into, int at, int max) {
      Objects.checkFromIndexSize(at, max, into.capacity());
      int count = Math.min(max, rows - next);
      System.arraycopy(features, next * nIn, into.features(), at * nIn, count * nIn);
      if (labels != null) {
        System.arraycopy(labels, next, into.labels(), at, count);
      } else {
        System.arraycopy(targets, next * nOut, into.targets(), at * nOut, count * nOut);
      }
      if (weights != null) {
        System.arraycopy(weights, next, into.weights(), at, count);
      }
      next += count;
      return count;
    }

    @Override
    public void close() {}
  }
}
