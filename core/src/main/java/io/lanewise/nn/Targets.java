package io.lanewise.nn;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the outputs of rows are compared with: a class index or a row of values for each, and
 * perhaps a weight. A view of the arrays it is given, whose contents may change between two uses:
 * so one object serves for all batches of a training.
 */
public sealed interface Targets {
  /** Returns the number of rows. */
  int rows();

  /** Returns the weights themselves, one a row; null where there are none. */
  float @Nullable [] weights();

  /**
   * The same with a weight a row, by which its loss is multiplied.
   *
   * @param weights one a row, finite and at least 0, which is checked where they are used; null for
   *     none
   * @throws IllegalArgumentException if there are fewer weights than rows
   */
  Targets weighted(float @Nullable [] weights);

  /**
   * A class index a row, in [0, nOut), or in {0, 1} where the network has a single output; or the
   * ignored index, {@link Loss.Options#ignoredIndex()}.
   */
  static Labels ofLabels(int[] labels) {
    return new Labels(labels, null);
  }

  /**
   * A row of values a row.
   *
   * @param y (rows, nOut), row-major
   * @param ldy its leading dimension, at least nOut
   */
  static Values ofRows(float[] y, int ldy) {
    return new Values(y, ldy, null);
  }

  /**
   * A class index a row.
   *
   * @param labels the class indices themselves
   * @param weights one a row; null for none
   */
  record Labels(int[] labels, float @Nullable [] weights) implements Targets {
    /** Checks that there is a weight for each row. */
    public Labels {
      Objects.requireNonNull(labels, "labels");
      requireWeights(weights, labels.length);
    }

    @Override
    public int rows() {
      return labels.length;
    }

    @Override
    public Labels weighted(float @Nullable [] weights) {
      return new Labels(labels, weights);
    }

    @Override
    public String toString() {
      return rows() + " labels" + weightsText(weights);
    }
  }

  /**
   * A row of values a row.
   *
   * @param y the values themselves, row-major
   * @param ldy their leading dimension, at least 1
   * @param weights one a row; null for none
   */
  record Values(float[] y, int ldy, float @Nullable [] weights) implements Targets {
    /** Checks that there is a weight for each row. */
    public Values {
      Objects.requireNonNull(y, "y");
      if (ldy < 1) {
        throw new IllegalArgumentException("ldy must be >= 1, got " + ldy);
      }
      requireWeights(weights, (y.length + ldy - 1) / ldy);
    }

    @Override
    public int rows() {
      return (y.length + ldy - 1) / ldy;
    }

    @Override
    public Values weighted(float @Nullable [] weights) {
      return new Values(y, ldy, weights);
    }

    @Override
    public String toString() {
      return rows() + " rows of " + ldy + " values" + weightsText(weights);
    }
  }

  private static void requireWeights(float @Nullable [] weights, int rows) {
    if (weights != null && weights.length < rows) {
      throw new IllegalArgumentException(
          "weights must have one for each of " + rows + " rows, got " + weights.length);
    }
  }

  private static String weightsText(float @Nullable [] weights) {
    return weights == null ? "" : ", weighted";
  }
}
