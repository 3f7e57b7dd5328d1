package io.lanewise.kernel;

import java.util.Objects;

/**
 * A matrix that lies in a flat {@code float[]}: what every operation of {@link Kernels} works on.
 * Element (i, j) is {@code array[off + i * ld + j]}, row-major.
 *
 * <pre>
 *   array:  . . . x x x . . x x x .      off = 3, ld = 5, rows = 2, columns = 3
 *                 row 0     row 1
 * </pre>
 *
 * <p>A window holds no elements of its own, and always lies inside its array. It can be pointed
 * elsewhere by {@link #set}, so that its owner makes it once and a training step allocates nothing;
 * it must not be while an operation reads it. One thread at a time may change it.
 *
 * <p>A vector with an element for each column is a window of one row. One with an element for each
 * row is a window of one column whose elements lie side by side (ld = 1): {@link #column}.
 */
public final class Matrix {
  private static final float[] NOTHING = {};

  private float[] array = NOTHING;
  private int off;
  private int ld = 1;
  private int rows;
  private int columns;

  /** Makes a window of no elements, to be pointed somewhere by {@link #set}. */
  public Matrix() {}

  /**
   * Makes a window.
   *
   * @param off the index of element (0, 0), at least 0
   * @param ld the distance of two rows, at least max(1, columns)
   * @param rows at least 0
   * @param columns at least 0
   * @throws IllegalArgumentException if it does not lie inside the array
   */
  public Matrix(float[] array, int off, int ld, int rows, int columns) {
    set(array, off, ld, rows, columns);
  }

  /** Makes a matrix of zeros in an array of its own. */
  public Matrix(int rows, int columns) {
    this(new float[Math.multiplyExact(rows, columns)], rows, columns);
  }

  /** Makes a window from the start of the array, its rows without gaps. */
  public Matrix(float[] array, int rows, int columns) {
    set(array, 0, Math.max(1, columns), rows, columns);
  }

  /** Makes a vector of a whole array, with an element for each column, (1, length). */
  public static Matrix row(float[] array) {
    return row(array, 0, Objects.requireNonNull(array, "array").length);
  }

  /** Makes a vector with an element for each column, (1, n). */
  public static Matrix row(float[] array, int off, int n) {
    return new Matrix(array, off, Math.max(1, n), 1, n);
  }

  /** Makes a vector with an element for each row, (m, 1), its elements side by side. */
  public static Matrix column(float[] array, int off, int m) {
    return new Matrix(array, off, 1, m, 1);
  }

  /**
   * Points this window elsewhere; what it lacks to lie inside the array, the exception says.
   *
   * @return this
   */
  public Matrix set(float[] array, int off, int ld, int rows, int columns) {
    Check.matrix("array", array, off, ld, rows, columns);
    return point(array, off, ld, rows, columns);
  }

  /**
   * Gives this window another number of rows from the same place on, such as those of a batch.
   *
   * @return this
   * @throws IllegalArgumentException if it would not lie inside its array
   */
  public Matrix setRows(int rows) {
    return set(array, off, ld, rows, columns);
  }

  /**
   * Says by an exception, which names the argument, that a window would not lie inside the array.
   */
  public static void requireInside(
      String name, float[] array, int off, int ld, int rows, int columns) {
    Check.matrix(name, array, off, ld, rows, columns);
  }

  /**
   * Makes this window a part of another one; m rows from {@code row} and n columns from {@code
   * column} on.
   *
   * @return this
   * @throws IllegalArgumentException if the part does not lie inside the whole
   */
  public Matrix part(Matrix whole, int row, int m, int column, int n) {
    boolean rowsFit = (row | m) >= 0 && m <= whole.rows - row;
    if (!rowsFit || (column | n) < 0 || n > whole.columns - column) {
      throw whole.without(row, m, column, n);
    }
    return point(whole.array, whole.at(row) + column, whole.ld, m, n);
  }

  private IllegalArgumentException without(int row, int m, int column, int n) {
    String part = "part: " + Check.shape(m, n) + " from " + Check.shape(row, column) + " on";
    return new IllegalArgumentException(part + " is not inside " + Check.shape(rows, columns));
  }

  /**
   * Makes the same window of another array.
   *
   * @throws IllegalArgumentException if it does not lie inside that array
   */
  public Matrix on(float[] array) {
    return new Matrix(array, off, ld, rows, columns);
  }

  /**
   * Points this window to where another one is.
   *
   * @return this
   */
  public Matrix set(Matrix other) {
    return point(other.array, other.off, other.ld, other.rows, other.columns);
  }

  /** {@link #set} without its checks. */
  Matrix point(float[] array, int off, int ld, int rows, int columns) {
    this.array = array;
    this.off = off;
    this.ld = ld;
    this.rows = rows;
    this.columns = columns;
    return this;
  }

  /** Returns the array itself. */
  public float[] array() {
    return array;
  }

  /** Returns the index of element (0, 0). */
  public int off() {
    return off;
  }

  /** Returns the distance of two rows. */
  public int ld() {
    return ld;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of columns. */
  public int columns() {
    return columns;
  }

  /** Returns the index of the first element of row i. */
  public int at(int i) {
    return off + i * ld;
  }

  /** Returns element (i, j). */
  public float get(int i, int j) {
    Objects.checkIndex(i, rows);
    Objects.checkIndex(j, columns);
    return array[at(i) + j];
  }

  /** Sets element (i, j). */
  public void put(int i, int j, float value) {
    Objects.checkIndex(i, rows);
    Objects.checkIndex(j, columns);
    array[at(i) + j] = value;
  }

  /** Returns whether there is nothing between two rows: all elements lie side by side. */
  public boolean isDense() {
    return ld == columns || rows <= 1;
  }

  boolean isEmpty() {
    return rows == 0 || columns == 0;
  }

  /** The index after the last element, where there is one. */
  long end() {
    return off + (rows - 1L) * ld + columns;
  }

  /** Returns whether both windows are the same elements. */
  boolean isSame(Matrix other) {
    return array == other.array && off == other.off && (ld == other.ld || rows <= 1);
  }

  /** Returns whether the windows share an element, or might. */
  boolean overlaps(Matrix other) {
    if (array != other.array || isEmpty() || other.isEmpty()) {
      return false;
    }
    return end() > other.off && other.end() > off && !(ld == other.ld && isBesideColumnsOf(other));
  }

  /** Windows of one leading dimension whose columns lie side by side share no element. */
  private boolean isBesideColumnsOf(Matrix other) {
    int distance = Math.floorMod(other.off - off, ld);
    return distance >= columns && distance + other.columns <= ld;
  }

  /** Says shape and place, such as "(2, 3) at 3, ld 5, of float[12]". */
  @Override
  public String toString() {
    return Check.shape(rows, columns)
        + " at "
        + off
        + ", ld "
        + ld
        + ", of float["
        + array.length
        + "]";
  }
}
