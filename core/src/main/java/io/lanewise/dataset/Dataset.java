package io.lanewise.dataset;

import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.Require;
import io.lanewise.internal.StratifiedSplit;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Targets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows in memory: features, either class labels or rows of targets, and maybe a weight a row. Holds
 * the arrays it is given, not copies.
 */
public final class Dataset implements RowSource {
  private final int rows;
  private final int nIn;
  private final int nOut;
  private final float[] features;
  private final Targets targets;

  private Dataset(int rows, int nIn, int nOut, float[] features, Targets targets) {
    this.rows = rows;
    this.nIn = nIn;
    this.nOut = nOut;
    this.features = features;
    this.targets = targets;
  }

  /**
   * Rows with a class each.
   *
   * @param features (rows, nIn), row-major
   * @param nIn features a row, at least 1
   * @param labels one class index a row, in [0, classes), or {@link Loss.Options#IGNORED_INDEX} for
   *     a row without one
   * @param classes at least 2
   * @throws IllegalArgumentException if the lengths do not fit, or a label is out of range
   */
  public static Dataset ofLabels(float[] features, int nIn, int[] labels, int classes) {
    Objects.requireNonNull(labels, "labels");
    int rows = rows(features, nIn, "labels", labels.length);
    Require.atLeast("classes", 2, classes);
    for (int i = 0; i < rows; i++) {
      boolean none = labels[i] == Loss.Options.IGNORED_INDEX;
      if (!none && (labels[i] < 0 || labels[i] >= classes)) {
        throw new IllegalArgumentException(
            "labels["
                + i
                + "] must be in 0.."
                + (classes - 1)
                + ", or "
                + Loss.Options.IGNORED_INDEX
                + " for none, got "
                + labels[i]);
      }
    }
    return new Dataset(rows, nIn, classes, features, Targets.ofLabels(labels));
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
    return new Dataset(rows, nIn, nOut, features, Targets.ofRows(targets, nOut));
  }

  /**
   * Reads all rows of a source into memory.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if they are too many
   */
  public static Dataset read(RowSource source) throws IOException {
    long values =
        source.rowCount() * Math.max(source.nIn(), source.hasLabels() ? 1 : source.nOut());
    if (source.rowCount() > Integer.MAX_VALUE || values > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "source: " + source.rowCount() + " rows of " + source.nIn() + " are too many for memory");
    }
    int count = (int) source.rowCount();
    Rows rows = new Rows(source, Math.max(1, count));
    try (RowSource.Reader reader = source.open(0)) {
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
    return new Dataset(rows, nIn, nOut, features, targets.weighted(weights));
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
    return targets instanceof Targets.Labels;
  }

  @Override
  public boolean hasWeights() {
    return targets.weights() != null;
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
    return switch (targets) {
      case Targets.Labels l -> l.labels();
      case Targets.Values v ->
          throw new IllegalStateException("this dataset has targets, not labels");
    };
  }

  /**
   * Returns the targets themselves, (rows, nOut).
   *
   * @throws IllegalStateException if there are none
   */
  public float[] targets() {
    return switch (targets) {
      case Targets.Labels l ->
          throw new IllegalStateException("this dataset has labels, not targets");
      case Targets.Values v -> v.y();
    };
  }

  /**
   * Returns the weights themselves.
   *
   * @throws IllegalStateException if there are none
   */
  public float[] weights() {
    float @Nullable [] weights = targets.weights();
    if (weights == null) {
      throw new IllegalStateException("this dataset has no weights");
    }
    return weights;
  }

  /** Returns a view of the labels or targets, and the weights, as a loss takes them. */
  public Targets asTargets() {
    return targets;
  }

  /** Returns a copy of the rows from..to, to exclusive. */
  public Dataset slice(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    Targets part =
        switch (targets) {
          case Targets.Labels l -> Targets.ofLabels(Arrays.copyOfRange(l.labels(), from, to));
          case Targets.Values v ->
              Targets.ofRows(Arrays.copyOfRange(v.y(), from * nOut, to * nOut), nOut);
        };
    float @Nullable [] weights = targets.weights();
    return new Dataset(
        to - from,
        nIn,
        nOut,
        Arrays.copyOfRange(features, from * nIn, to * nIn),
        weights == null ? part : part.weighted(Arrays.copyOfRange(weights, from, to)));
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
    Rows room = new Rows(this, Math.max(1, count));
    gather(indices, 0, count, room, 0);
    return count == 0 ? room.dataset(0) : room.whole();
  }

  /**
   * Copies the rows indices[from], indices[from + 1], ... to the rows at, at + 1, ... of other
   * room.
   *
   * @param into made for these rows, see {@link Rows#Rows(RowSource, int)}
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void gather(int[] indices, int from, int count, Rows into, int at) {
    for (int i = 0; i < count; i++) {
      int row = Objects.checkIndex(indices[from + i], rows);
      into.put(features, targets, row, at + i, 1);
    }
  }

  @Override
  public RowSource.Reader open(long row) {
    Objects.checkIndex(row, rows + 1L);
    return new Reader((int) row);
  }

  @Override
  public String toString() {
    return rows
        + " rows of "
        + nIn
        + " features, "
        + (hasLabels() ? nOut + " classes" : nOut + (nOut == 1 ? " target" : " targets"))
        + (hasWeights() ? ", weighted" : "");
  }

  private final class Reader implements RowSource.Reader {
    private int next;

    Reader(int row) {
      next = row;
    }

    @Override
    public int read(Rows into, int at, int max) {
      Objects.checkFromIndexSize(at, max, into.capacity());
      int count = Math.min(max, rows - next);
      into.put(features, targets, next, at, count);
      next += count;
      return count;
    }

    @Override
    public void close() {}
  }

  /**
   * Holds back a random share of the rows. Where they have labels the split is stratified: it is
   * the same share of each class, to a row, and of the rows without one; the total is the share of
   * all rows, rounded.
   *
   * @param fraction the share that is held back, in (0, 1)
   * @throws IllegalArgumentException if that leaves no row of one of the two
   */
  public Split split(double fraction, long seed) {
    int @Nullable [] labels = hasLabels() ? labels() : null;
    int[][] parts = StratifiedSplit.rows(rows, labels, fraction, seed);
    return new Split(select(parts[0]), select(parts[1]));
  }

  /**
   * Rows to train on and rows that are held back, both in the order in which they were.
   *
   * @param training the larger part, as a rule
   * @param validation what is held back
   */
  public record Split(Dataset training, Dataset validation) {}
}
