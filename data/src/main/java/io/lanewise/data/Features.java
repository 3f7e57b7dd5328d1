package io.lanewise.data;

import java.util.Objects;

/**
 * Rows without labels or targets.
 *
 * @param values (rows, nIn), row-major; the array itself, not a copy
 * @param rows the rows
 * @param nIn features a row
 */
public record Features(float[] values, int rows, int nIn) {

  /** Checks that the length is rows nIn. */
  public Features {
    Objects.requireNonNull(values, "values");
    if (values.length != (long) rows * nIn) {
      throw new IllegalArgumentException(
          "values: " + values.length + " are not " + rows + " rows of " + nIn);
    }
  }
}
