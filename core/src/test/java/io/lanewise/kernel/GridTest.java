package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GridTest {
  private final Grid grid = new Grid();

  private int pieces(int m, int n, int k, boolean transA, int threads) {
    return grid.set(new Matrix(m, n), k, transA, Cut.GRAIN, threads);
  }

  /** Kernels that start compute all of a product as its first piece. */
  @Test
  void oneThreadTakesTheWhole() {
    assertEquals(1, pieces(784, 512, 128, true, 1));
    assertEquals(784, grid.m(0));
    assertEquals(512, grid.n(0));
  }

  @Test
  void manyRowsOfATransposedAAreCutFiner() {
    assertEquals(8, pieces(784, 512, 128, true, 2));
    int row = 0;
    for (int piece = 0; piece < 8; piece++) {
      assertEquals(row, grid.row(piece));
      row += grid.m(piece);
    }
    assertEquals(784, row);
    assertEquals(2, pieces(512, 10, 128, true, 2));
    assertEquals(2, pieces(128, 512, 784, false, 2));
  }
}
