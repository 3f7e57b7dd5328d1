package io.lanewise.dataset;

import io.lanewise.nn.Network;
import java.io.Closeable;
import java.io.IOException;

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
}
