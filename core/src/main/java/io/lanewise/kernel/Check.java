package io.lanewise.kernel;

import java.util.Objects;

/** The checks at the door of {@link Kernels}: each names the argument, what it got and wanted. */
final class Check {
  private Check() {}

  static void size(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be >= 0, got " + value);
    }
  }

  /** So many elements from {@code off} on must lie inside the array. */
  static void elements(String name, int arrayLength, int off, int length) {
    if (off < 0) {
      throw new IllegalArgumentException(name + "Off must be >= 0, got " + off);
    }
    if (length > arrayLength - off) {
      throw outside(name, off, (long) off + length, arrayLength);
    }
  }

  private static IllegalArgumentException outside(String name, int off, long end, int length) {
    return new IllegalArgumentException(
        name + ": needs elements " + off + " to " + end + " (exclusive), the array has " + length);
  }

  /** A window of (rows, columns) with leading dimension ld must lie inside the array. */
  static void matrix(String name, float[] x, int off, int ld, int rows, int columns) {
    Objects.requireNonNull(x, name);
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          name + ": rows and columns must be >= 0, got " + shape(rows, columns));
    }
    if (ld < Math.max(1, columns)) {
      throw new IllegalArgumentException(
          "ld of " + name + " must be >= max(1, " + columns + "), got " + ld);
    }
    if (off < 0) {
      throw new IllegalArgumentException(name + "Off must be >= 0, got " + off);
    }
    long end = off + (rows - 1L) * ld + columns;
    if (rows != 0 && columns != 0 && end > x.length) {
      throw outside(name, off, end, x.length);
    }
  }

  static String shape(int rows, int columns) {
    return "(" + rows + ", " + columns + ")";
  }

  static void shape(String name, Matrix x, int rows, int columns) {
    Objects.requireNonNull(x, name);
    if (x.rows() != rows || x.columns() != columns) {
      throw new IllegalArgumentException(
          name
              + " must have the shape "
              + shape(rows, columns)
              + ", got "
              + shape(x.rows(), x.columns()));
    }
  }

  static void sameShape(String name, Matrix x, Matrix as) {
    shape(name, x, as.rows(), as.columns());
  }

  /** Rows or columns must be cut into so many parts of one size. */
  static void divides(String name, int parts, String of, Matrix x, int length) {
    if (parts < 1 || length % parts != 0) {
      throw new IllegalArgumentException(
          name
              + " must be positive and divide the "
              + of
              + " "
              + shape(x.rows(), x.columns())
              + ", got "
              + parts);
    }
  }

  /** An element for each column. */
  static void row(String name, Matrix x, int n) {
    shape(name, x, 1, n);
  }

  /** An element for each row, side by side. */
  static void column(String name, Matrix x, int m) {
    shape(name, x, m, 1);
    if (x.ld() != 1) {
      throw new IllegalArgumentException(
          name + " must have its elements side by side, ld = 1, got " + x.ld());
    }
  }

  /** An output must share no element with an input. */
  static void apart(String output, Matrix x, String input, Matrix y) {
    if (x.overlaps(y)) {
      throw new IllegalArgumentException(
          output + " overlaps " + input + ": both windows are in one array and share elements");
    }
  }

  /** An output as large as the input, which may be the same window. */
  static void inPlace(String output, Matrix x, String input, Matrix y) {
    Objects.requireNonNull(y, input);
    sameShape(output, x, y);
    sameOrApart(output, x, input, y);
  }

  /** The same window, or no shared element: what an operation that works in place accepts. */
  static void sameOrApart(String output, Matrix x, String input, Matrix y) {
    if (!x.isSame(y)) {
      apart(output, x, input, y);
    }
  }
}
