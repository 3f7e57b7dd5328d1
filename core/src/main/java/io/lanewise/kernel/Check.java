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

  /** A vector of {@code length} elements from {@code off} must lie inside the array. */
  static void vector(String name, int arrayLength, int off, int length) {
    if (off < 0) {
      throw new IllegalArgumentException(name + "Off must be >= 0, got " + off);
    }
    if (length > arrayLength - off) {
      throw new IllegalArgumentException(
          name
              + ": needs elements "
              + off
              + " to "
              + ((long) off + length)
              + " (exclusive), the array has "
              + arrayLength);
    }
  }

  static void vector(String name, float[] x, int off, int length) {
    vector(name, Objects.requireNonNull(x, name).length, off, length);
  }

  static void vector(String name, int[] x, int off, int length) {
    vector(name, Objects.requireNonNull(x, name).length, off, length);
  }

  /** A window of (rows, columns) with leading dimension ld must lie inside the array. */
  static void matrix(String name, float[] x, int off, int ld, int rows, int columns) {
    Objects.requireNonNull(x, name);
    if (ld < Math.max(1, columns)) {
      throw new IllegalArgumentException(
          "ld of " + name + " must be >= max(1, " + columns + "), got " + ld);
    }
    if (off < 0) {
      throw new IllegalArgumentException(name + "Off must be >= 0, got " + off);
    }
    if (rows == 0 || columns == 0) {
      return;
    }
    long end = off + (rows - 1L) * ld + columns;
    if (end > x.length) {
      throw new IllegalArgumentException(
          name
              + ": needs elements "
              + off
              + " to "
              + end
              + " (exclusive), the array has "
              + x.length);
    }
  }

  /** The window of an output must share no element with the window of an input. */
  static void disjoint(
      String output,
      float[] x,
      int xOff,
      int ldx,
      int xRows,
      int xColumns,
      String input,
      float[] y,
      int yOff,
      int ldy,
      int yRows,
      int yColumns) {
    if (x != y || xRows == 0 || xColumns == 0 || yRows == 0 || yColumns == 0) {
      return;
    }
    long xEnd = xOff + (xRows - 1L) * ldx + xColumns;
    long yEnd = yOff + (yRows - 1L) * ldy + yColumns;
    if (xEnd <= yOff || yEnd <= xOff) {
      return;
    }
    if (ldx == ldy && sideBySide(xOff, xColumns, yOff, yColumns, ldx)) {
      return;
    }
    throw new IllegalArgumentException(
        output + " overlaps " + input + ": both windows are in one array and share elements");
  }

  /** Two windows of one leading dimension whose columns lie side by side share no element. */
  private static boolean sideBySide(int xOff, int xColumns, int yOff, int yColumns, int ld) {
    int distance = Math.floorMod(yOff - xOff, ld);
    return distance >= xColumns && distance + yColumns <= ld;
  }

  /** Same window, or no shared element: what an operation that works in place accepts. */
  static void sameOrDisjoint(
      String output,
      float[] x,
      int xOff,
      int ldx,
      String input,
      float[] y,
      int yOff,
      int ldy,
      int rows,
      int columns) {
    boolean same = x == y && xOff == yOff && (ldx == ldy || rows <= 1);
    if (!same) {
      disjoint(output, x, xOff, ldx, rows, columns, input, y, yOff, ldy, rows, columns);
    }
  }

  static void sameOrDisjoint(
      String output, float[] x, int xOff, String input, float[] y, int yOff, int length) {
    int ld = Math.max(1, length);
    sameOrDisjoint(output, x, xOff, ld, input, y, yOff, ld, 1, length);
  }

  static void disjoint(
      String output, float[] x, int xOff, String input, float[] y, int yOff, int length) {
    int ld = Math.max(1, length);
    disjoint(output, x, xOff, ld, 1, length, input, y, yOff, ld, 1, length);
  }
}
