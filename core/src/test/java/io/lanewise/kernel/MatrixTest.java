package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixTest {
  private final float[] array = {9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9};

  /** Two rows of three, at 3, with two elements between them and one behind. */
  private final Matrix window = new Matrix(array, 3, 5, 2, 3);

  private static void assertIs(String expected, Matrix x) {
    assertEquals(expected, x.toString());
  }

  @Test
  void elementIJIsAtOffPlusILdPlusJ() {
    assertSame(array, window.array());
    assertEquals(3, window.off());
    assertEquals(5, window.ld());
    assertEquals(2, window.rows());
    assertEquals(3, window.columns());
    assertEquals(8, window.at(1));
    assertEquals(3f, window.get(0, 2));
    assertEquals(4f, window.get(1, 0));
    assertIs("(2, 3) at 3, ld 5, of float[12]", window);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "2, 0", "0, -1", "0, 3"})
  void anElementOutsideIsNotRead(int i, int j) {
    assertThrows(IndexOutOfBoundsException.class, () -> window.get(i, j));
    assertThrows(IndexOutOfBoundsException.class, () -> window.put(i, j, 7f));
    assertArrayEquals(new float[] {9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9}, array);
  }

  @Test
  void anElementIsPut() {
    window.put(1, 2, 7f);
    assertArrayEquals(new float[] {9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 7, 9}, array);
  }

  @Test
  void theSameWindowOfAnotherArray() {
    Matrix other = window.on(new float[11]);
    assertIs("(2, 3) at 3, ld 5, of float[11]", other);
    assertIs("(2, 3) at 3, ld 5, of float[12]", window);
    assertThrows(IllegalArgumentException.class, () -> window.on(new float[10]));
    assertThrows(NullPointerException.class, () -> window.on(null));
  }

  @Test
  void shapesThatNeedNoOffset() {
    assertIs("(0, 0) at 0, ld 1, of float[0]", new Matrix());
    assertIs("(2, 3) at 0, ld 3, of float[6]", new Matrix(2, 3));
    assertIs("(2, 0) at 0, ld 1, of float[0]", new Matrix(2, 0));
    assertIs("(4, 3) at 0, ld 3, of float[12]", new Matrix(array, 4, 3));
    assertIs("(1, 12) at 0, ld 12, of float[12]", Matrix.row(array));
    assertIs("(1, 0) at 0, ld 1, of float[0]", Matrix.row(new float[0]));
    assertIs("(1, 4) at 2, ld 4, of float[12]", Matrix.row(array, 2, 4));
    assertIs("(1, 0) at 2, ld 1, of float[12]", Matrix.row(array, 2, 0));
    assertIs("(4, 1) at 2, ld 1, of float[12]", Matrix.column(array, 2, 4));
    assertThrows(ArithmeticException.class, () -> new Matrix(1 << 16, 1 << 16));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 5, 2, 3, 'arrayOff must be >= 0, got -1'",
    "-2147483648, 5, 2, 3, 'arrayOff must be >= 0, got -2147483648'",
    "3, 5, -1, 3, 'array: rows and columns must be >= 0, got (-1, 3)'",
    "3, 5, 2, -1, 'array: rows and columns must be >= 0, got (2, -1)'",
    "3, 2, 2, 3, 'ld of array must be >= max(1, 3), got 2'",
    "3, 0, 2, 0, 'ld of array must be >= max(1, 0), got 0'",
    "3, -5, 2, 3, 'ld of array must be >= max(1, 3), got -5'",
    "5, 5, 2, 3, 'array: needs elements 5 to 13 (exclusive), the array has 12'",
    "3, 7, 2, 3, 'array: needs elements 3 to 13 (exclusive), the array has 12'",
    "3, 5, 3, 3, 'array: needs elements 3 to 16 (exclusive), the array has 12'",
    "3, 10, 1, 10, 'array: needs elements 3 to 13 (exclusive), the array has 12'",
    // In 32 bits these ends would be small or negative.
    "2147483647, 5, 2, 3, array: needs elements 2147483647 to 2147483655",
    "0, 1073741824, 5, 4, array: needs elements 0 to 4294967300",
    "0, 2147483647, 3, 2, array: needs elements 0 to 4294967296",
    "0, 3, 2147483647, 3, array: needs elements 0 to 6442450941",
    "0, 2147483647, 1, 2147483647, array: needs elements 0 to 2147483647"
  })
  void aWindowThatIsNotInsideSaysWhatItLacks(
      int off, int ld, int rows, int columns, String message) {
    for (Runnable call :
        new Runnable[] {
          () -> new Matrix(array, off, ld, rows, columns).off(),
          () -> window.set(array, off, ld, rows, columns),
          () -> Matrix.requireInside("array", array, off, ld, rows, columns)
        }) {
      var e = assertThrows(IllegalArgumentException.class, call::run);
      assertTrue(e.getMessage().startsWith(message), e::getMessage);
      assertIs("(2, 3) at 3, ld 5, of float[12]", window);
    }
  }

  @Test
  void aNullOrAnotherArgumentIsNamed() {
    var none = assertThrows(NullPointerException.class, () -> window.set(null, 0, 1, 0, 0));
    assertEquals("array", none.getMessage());
    var name =
        assertThrows(
            IllegalArgumentException.class, () -> Matrix.requireInside("x", array, 0, 2, 1, 3));
    assertTrue(name.getMessage().startsWith("ld of x must be"), name::getMessage);
  }

  /** What has no elements may be anywhere. */
  @Test
  void anEmptyWindowMayBeBehindTheEnd() {
    assertIs("(0, 3) at 99, ld 3, of float[12]", new Matrix(array, 99, 3, 0, 3));
    assertIs("(5, 0) at 99, ld 1, of float[12]", new Matrix(array, 99, 1, 5, 0));
  }

  @Test
  void aWindowCanBePointedElsewhere() {
    float[] other = new float[20];
    Matrix x = new Matrix();
    assertSame(x, x.set(other, 1, 6, 3, 4));
    assertIs("(3, 4) at 1, ld 6, of float[20]", x);
    assertSame(x, x.set(window));
    assertSame(array, x.array());
    assertIs("(2, 3) at 3, ld 5, of float[12]", x);
  }

  @Test
  void theRowsOfABatchMayBeFewerOrMore() {
    assertSame(window, window.setRows(1));
    assertIs("(1, 3) at 3, ld 5, of float[12]", window);
    assertIs("(0, 3) at 3, ld 5, of float[12]", window.setRows(0));
    assertIs("(2, 3) at 3, ld 5, of float[12]", window.setRows(2));
    var more = assertThrows(IllegalArgumentException.class, () -> window.setRows(3));
    assertTrue(more.getMessage().startsWith("array: needs"), more::getMessage);
    assertThrows(IllegalArgumentException.class, () -> window.setRows(-1));
    assertIs("(2, 3) at 3, ld 5, of float[12]", window);
  }

  @Test
  void aPartHasItsRowsAndColumns() {
    Matrix part = new Matrix();
    assertSame(part, part.part(window, 1, 1, 1, 2));
    assertIs("(1, 2) at 9, ld 5, of float[12]", part);
    assertEquals(5f, part.get(0, 0));
    assertIs("(2, 3) at 3, ld 5, of float[12]", part.part(window, 0, 2, 0, 3));
    assertIs("(0, 0) at 16, ld 5, of float[12]", part.part(window, 2, 0, 3, 0));
    // A part of itself.
    assertIs("(1, 3) at 8, ld 5, of float[12]", window.part(window, 1, 1, 0, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 0, 3", "0, 3, 0, 3", "2, 1, 0, 3", "0, -1, 0, 3", "2147483647, 2147483647, 0, 3",
    "0, 2, -1, 3", "0, 2, 0, 4", "0, 2, 3, 1", "0, 2, 0, -1", "0, 2, 2147483647, 2147483647"
  })
  void aPartThatIsNotInsideIsRefused(int row, int m, int column, int n) {
    Matrix part = new Matrix();
    String message =
        "part: (" + m + ", " + n + ") from (" + row + ", " + column + ") on is not inside (2, 3)";
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> part.part(window, row, m, column, n));
    assertEquals(message, thrown.getMessage());
    assertIs("(0, 0) at 0, ld 1, of float[0]", part);
  }

  @Test
  void whatHasNoGapsIsDense() {
    assertTrue(new Matrix(array, 4, 3).isDense());
    assertFalse(window.isDense());
    assertTrue(window.setRows(1).isDense());
    assertTrue(Matrix.column(array, 2, 4).isDense());
    assertFalse(new Matrix(array, 0, 2, 3, 1).isDense());
  }

  @Test
  void windowsOverlapWhereTheyShareAnElement() {
    Matrix whole = new Matrix(array, 3, 4);
    Matrix left = new Matrix().part(whole, 0, 3, 0, 2);
    Matrix right = new Matrix().part(whole, 0, 3, 2, 2);
    assertFalse(left.overlaps(right));
    assertFalse(right.overlaps(left));
    assertTrue(left.overlaps(new Matrix().part(whole, 0, 3, 1, 2)));
    assertTrue(whole.overlaps(right));
    assertFalse(
        new Matrix().part(whole, 0, 1, 0, 4).overlaps(new Matrix().part(whole, 1, 2, 0, 4)));
    assertFalse(whole.overlaps(new Matrix(array.clone(), 3, 4)));
    assertFalse(whole.overlaps(new Matrix(array, 1, 4, 2, 0)));
    assertArrayEquals(new float[] {9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9}, array);
  }
}
