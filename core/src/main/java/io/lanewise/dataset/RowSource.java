package io.lanewise.dataset;

import io.lanewise.internal.Require;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are read in order, from any row on: a {@link Dataset} in memory, or a file that need
 * not fit into it. Reading the same rows again gives the same values. A source holds no open file;
 * its readers do.
 */
public interface RowSource {
  /** Returns the number of rows. */
  long rowCount();

  /** Returns the number of features a row, at least 1. */
  int nIn();

  /** Returns the number of classes, or of targets a row; 0 where only features are read. */
  int nOut();

  /** Returns whether the rows have class labels; otherwise they have targets. */
  boolean hasLabels();

  /** Returns whether the rows have a weight each. */
  boolean hasWeights();

  /**
   * Opens a reader whose first row is that one.
   *
   * @param row from 0 to {@link #rowCount()}, where it is at its end
   * @throws IndexOutOfBoundsException if row is not in that range
   * @throws IOException if it cannot be read
   */
  Reader open(long row) throws IOException;

  /**
   * Checks that a network takes such rows and gives such outputs: one for each class (one in all
   * for two classes, and more than there are classes are right too), or one for each target.
   *
   * @throws IllegalArgumentException if it does not; the message names both widths
   */
  default void requireMatch(Network network) {
    if (nIn() != network.nIn()) {
      throw new IllegalArgumentException(
          "data has " + nIn() + " features a row, the network takes " + network.nIn());
    }
    boolean binary = hasLabels() && nOut() == 2 && network.nOut() == 1;
    boolean fewer = hasLabels() && network.nOut() > 1 && nOut() <= network.nOut();
    if (nOut() != network.nOut() && !binary && !fewer) {
      throw new IllegalArgumentException(
          "data has "
              + nOut()
              + (hasLabels() ? " classes" : " targets a row")
              + ", the network has "
              + network.nOut()
              + " outputs");
    }
  }

  /** Reads the rows of a source one after the other; for one thread. */
  interface Reader extends Closeable {
    /**
     * Reads the next rows into {@code rows}, the first of them at {@code at}.
     *
     * @param rows made for the source, see {@link Rows#Rows(RowSource, int)}
     * @param at the row of {@code rows} where they begin
     * @param max the most rows to read; at + max is at most its capacity
     * @return how many were read: fewer than max only where the source ends, then 0
     * @throws IOException if they cannot be read, or are not what the source said
     */
    int read(Rows rows, int at, int max) throws IOException;
  }

  /**
   * Room for some rows, which a {@link RowSource.Reader} fills: features, (capacity, nIn)
   * row-major, and beside them labels or targets, and weights where the source has them.
   */
  final class Rows {
    private final int capacity;
    private final int nIn;
    private final int nOut;
    private final float[] features;
    private final Targets targets;

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
      Targets room =
          hasLabels
              ? Targets.ofLabels(new int[capacity])
              : Targets.ofRows(new float[Math.multiplyExact(capacity, nOut)], Math.max(1, nOut));
      targets = hasWeights ? room.weighted(new float[capacity]) : room;
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

    /** Returns whether the rows have class labels; otherwise they have targets. */
    public boolean hasLabels() {
      return targets instanceof Targets.Labels;
    }

    /** Returns whether the rows have a weight each. */
    public boolean hasWeights() {
      return targets.weights() != null;
    }

    /**
     * Returns the labels themselves.
     *
     * @throws IllegalStateException if the rows have targets
     */
    public int[] labels() {
      // Here and below no switch over types: the JVM makes a class for each, at every start.
      if (targets instanceof Targets.Labels l) {
        return l.labels();
      }
      throw new IllegalStateException("these rows have no labels");
    }

    /**
     * Returns the targets themselves, (capacity, nOut).
     *
     * @throws IllegalStateException if the rows have labels
     */
    public float[] targets() {
      if (targets instanceof Targets.Values v) {
        return v.y();
      }
      throw new IllegalStateException("these rows have no targets");
    }

    /**
     * Returns the weights themselves.
     *
     * @throws IllegalStateException if there are none
     */
    public float[] weights() {
      float @Nullable [] weights = targets.weights();
      if (weights == null) {
        throw new IllegalStateException("these rows have no weights");
      }
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
      return dataset(Arrays.copyOf(features, count * nIn), count);
    }

    /** All rows, not copied: for code that made this room and leaves it to the dataset. */
    Dataset whole() {
      return dataset(features, capacity);
    }

    /** What is already as long as it shall be is not copied. */
    private Dataset dataset(float[] x, int count) {
      requireTargets();
      boolean all = count == capacity && x == features;
      Dataset data =
          targets instanceof Targets.Labels l
              ? Dataset.ofLabels(x, nIn, all ? l.labels() : Arrays.copyOf(l.labels(), count), nOut)
              : Dataset.ofTargets(
                  x, nIn, all ? targets() : Arrays.copyOf(targets(), count * nOut), nOut);
      float @Nullable [] w = targets.weights();
      return w == null ? data : data.withWeights(all ? w : Arrays.copyOf(w, count));
    }

    private void requireTargets() {
      if (nOut == 0) {
        throw new IllegalStateException("these rows have neither labels nor targets");
      }
    }

    /**
     * Returns a view of the labels or targets, and the weights, as a loss takes them.
     *
     * @throws IllegalStateException if there are neither labels nor targets
     */
    public Targets asTargets() {
      requireTargets();
      return targets;
    }

    /**
     * Copies row {@code from} of other rows of the same source to row {@code to} of these.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public void copyRow(Rows source, int from, int to) {
      put(source.features, source.targets, from, to, 1);
    }

    /** Copies some rows that are like these, from row {@code from} on, to row {@code to} and on. */
    void put(float[] x, Targets theirs, int from, int to, int count) {
      System.arraycopy(x, from * nIn, features, to * nIn, count * nIn);
      if (theirs instanceof Targets.Labels l) {
        System.arraycopy(l.labels(), from, labels(), to, count);
      } else if (theirs instanceof Targets.Values v) {
        System.arraycopy(v.y(), from * nOut, targets(), to * nOut, count * nOut);
      }
      if (theirs.weights() != null) {
        System.arraycopy(theirs.weights(), from, weights(), to, count);
      }
    }

    @Override
    public String toString() {
      return "room for "
          + capacity
          + " rows of "
          + nIn
          + " features, "
          + nOut
          + (hasLabels() ? " classes" : " targets")
          + (hasWeights() ? ", weighted" : "");
    }
  }
}
