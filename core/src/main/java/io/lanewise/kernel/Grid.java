package io.lanewise.kernel;

/**
 * How C of a product is cut over threads: into a grid of pieces, numbered row by row, a piece or
 * more for each thread. Filled anew for each product.
 */
final class Grid {
  private static final int ROW_GRAIN = 8;

  /** Below this a product is mostly the writing of C, which is fastest in whole rows. */
  private static final int SHORT_K = 32;

  // So many rows are worth packing B once more, where B is large enough to be work and small enough
  // to stay in L2. Then a thread that is ahead takes what one that is held up has not begun.
  private static final int FINE_ROWS = 64;
  private static final int LEAST_B = 1 << 14;
  private static final int MOST_B = 1 << 17;

  private int m;
  private int n;
  private int grain;
  private int rows;
  private int columns;

  /** Columns of op(A), rows of op(B). */
  int k;

  /**
   * @param transA whether A is transposed, as in X' dZ, so that many rows of C share a small B
   * @param grain cuts between columns fall on multiples of it, and what is more than whole grains
   *     stays with the last of them
   * @return how many pieces there are, up to {@link Threads#MOST_A_THREAD} a thread
   */
  int set(Matrix c, int k, boolean transA, int grain, int threads) {
    m = c.rows();
    n = c.columns();
    this.k = k;
    this.grain = grain;
    int columnGrains = Math.max(1, n / grain);
    int rowGrains = (int) ((m + ROW_GRAIN - 1L) / ROW_GRAIN);
    rows = rows(threads, rowGrains, columnGrains);
    columns = Math.min(threads / rows, columnGrains);
    long b = (long) k * n / columns;
    // Kernels that cut for no threads take the whole for one piece.
    if (threads > 1 && transA && k >= SHORT_K && b >= LEAST_B && b <= MOST_B) {
      rows *= Math.clamp(m / rows / FINE_ROWS, 1, Threads.MOST_A_THREAD);
    }
    return rows * columns;
  }

  /**
   * Into how many the rows are cut, the columns into the rest of the threads: the least time for
   * the largest piece, which computes its elements and packs its rows and columns; an element of A
   * or B costs about as much to pack as eight multiply-adds. With a short k as many as there are
   * threads.
   */
  private int rows(int threads, int rowGrains, int columnGrains) {
    if (k < SHORT_K) {
      return Math.min(threads, rowGrains);
    }
    int best = 1;
    long least = Long.MAX_VALUE;
    for (int rows = 1; rows <= Math.min(threads, rowGrains); rows++) {
      int columns = Math.min(threads / rows, columnGrains);
      long r = (rowGrains + rows - 1) / rows * ROW_GRAIN;
      long c = (columnGrains + columns - 1) / columns * (long) grain;
      long time = r * c + 8 * (r + c);
      if (time <= least) {
        least = time;
        best = rows;
      }
    }
    return best;
  }

  /** The first row of a piece. */
  int row(int piece) {
    return Cut.at(m, ROW_GRAIN, piece / columns, rows);
  }

  /** How many rows it has. */
  int m(int piece) {
    return Cut.at(m, ROW_GRAIN, piece / columns + 1, rows) - row(piece);
  }

  /** The first column of a piece. */
  int column(int piece) {
    return columnAt(piece % columns);
  }

  /** How many columns it has. */
  int n(int piece) {
    return columnAt(piece % columns + 1) - column(piece);
  }

  private int columnAt(int j) {
    return j == columns ? n : Cut.at(n / grain * grain, grain, j, columns);
  }
}
