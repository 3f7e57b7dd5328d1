package io.lanewise.nn;

import java.util.Objects;

/**
 * What the outputs of rows are compared with: a class index or a row of targets for each, and
 * perhaps a weight. A view of the arrays it is given, whose contents may change between two uses:
 * so one object serves for all batches of a training.
 */
public final class Targets {
  private final int[] labels;
  private final float[] y;
  private final int ldy;
  private final float[] weights;
  private final int rows;

  private Targets(int[] labels, float[] y, int ldy, float[] weights, int rows) {
    this.labels = labels;
    this.y = y;
    this.ldy = ldy;
    this.weights = weights;
    this.rows = rows;
  }

  /**
   * A class index a row, in [0, nOut), or in {0, 1} where the network has a single output; or the
   * ignored index, {@link LossOptions#ignoredIndex()}.
   */
  public static Targets ofLabels(int[] labels) {
    Objects.requireNonNull(labels, "labels");
    return new Targets(labels, null, 0, null, labels.length);
  }

  /**
   * A row of targets a row.
   *
   * @param y (rows, nOut), row-major
   * @param ldy its leading dimension, at least nOut
   */
  public static Targets ofRows(float[] y, int ldy) {
    Objects.requireNonNull(y, "y");
    if (ldy < 1) {
      throw new IllegalArgumentException("ldy must be >= 1, got " + ldy);
    }
    return new Targets(null, y, ldy, null, (y.length + ldy - 1) / ldy);
  }

  /**
   * The same with a weight a row, by which its loss is multiplied.
   *
   * @param weights one a row, finite and at least 0, which is checked where they are used; null for
   *     none
   * @throws IllegalArgumentException if there are fewer weights than rows
   */
  public Targets weighted(float[] weights) {
    if (weights != null && weights.length < rows) {
      throw new IllegalArgumentException(
          "weights must have one for each of " + rows + " rows, got " + weights.length);
    }
    return new Targets(labels, y, ldy, weights, rows);
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the class indices themselves; null where there are rows of targets. */
  public int[] labels() {
    return labels;
  }

  /** Returns the rows of targets themselves; null where there are class indices. */
  public float[] y() {
    return y;
  }

  /** Returns the leading dimension of the rows of targets; 0 where there are class indices. */
  public int ldy() {
    return ldy;
  }

  /** Returns the weights themselves; null where there are none. */
  public float[] weights() {
    return weights;
  }
}
