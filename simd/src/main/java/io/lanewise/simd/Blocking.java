package io.lanewise.simd;

/**
 * The sizes of the matrix product on this processor: a new kind is a row below, and a {@link Tile}
 * if its registers ask for another.
 *
 * <p>A tile keeps mr rows of up to so many vectors of C in registers. With 32 registers 8 by 3
 * vectors are 24 accumulators, 3 vectors of B and a few broadcasts of A; with 16 registers 4 by 2
 * are 8, 2 and 4. One value more than there are registers, and an accumulator lives in memory,
 * which halves the speed.
 */
final class Blocking {
  private static final int W = Lanes.LENGTH;

  /** Its tiles. */
  static final Tile TILE;

  /** Rows of a tile. */
  static final int MR;

  /** Columns of the widest tile. */
  static final int NR;

  /** Most of k at once: a panel of B, KC x NR floats, streams from L2. */
  private static final int KC;

  /**
   * From how many rows of A on packed panels are as fast as B as it lies: a single row of narrow
   * panels would wait for its chains.
   */
  static final int FEWEST_ROWS;

  static {
    String arch = System.getProperty("os.arch");
    if (W == 16) { // AVX-512
      TILE = new Tile8();
      MR = 8;
      NR = 3 * W;
      KC = 512;
      FEWEST_ROWS = 1;
    } else if (arch.equals("amd64") || arch.equals("x86_64")) { // AVX2 and SSE: 16 registers
      TILE = new Tile4();
      MR = 4;
      NR = 2 * W;
      KC = 256;
      FEWEST_ROWS = 2;
    } else { // NEON, SVE, RVV: 32 registers
      TILE = new Tile8();
      MR = 8;
      NR = 2 * W;
      KC = 256;
      FEWEST_ROWS = 2;
    }
  }

  // The block sizes were measured in November 2026 on one core of two Xeons (48 KiB of L1 and 2 MiB
  // of L2, 16 lanes). A kc of 136 to 800 differs by some percent: a longer block
  // loads C less often, and its panels outgrow L1. 512 is best for B transposed (5%) and n = 2048
  // (4%).

  /** Most rows at once: a block of A, MC x KC floats, stays in half of L2. */
  static final int MC = 256;

  /** Most columns at once: a block of B, KC x NC floats, stays in L3. */
  static final int NC = 2048;

  /**
   * Where panels begin in their array: with {@code -XX:ObjectAlignmentInBytes=64} that is the start
   * of a line, since an array's elements follow 16 bytes of header. Vectors that lie across two
   * lines cost a tenth of the speed.
   */
  static final int LINE_START = 12;

  /** Up to so long a k is not worth a tile: it would be all start and store. */
  static final int SHORT_K = 2;

  /** Fewer rows than these read B as it lies, once each: packing it would cost more. */
  static final int FEW_ROWS = 4;

  /** Up to so many last rows, fewer than a tile's, are computed two by two. */
  static final int PAIRED_ROWS = 4;

  /** Up to so many columns A is read as it lies: packing it would cost more. */
  static final int FEW_COLUMNS = W;

  /** From so many elements of B on, a single row is searched for zeros. */
  static final int SPARSE = 1 << 15;

  /** So many elements of B come from L3 in part: half of L2. */
  static final int STREAM = 1 << 18;

  private Blocking() {}

  /**
   * How much of k at once. Of a B that is packed already few rows take all: it is read once, and C
   * stays in registers. More take more than kc while the block of A is not too large.
   */
  static int kc(int m, int k, boolean prepacked) {
    if (prepacked && m <= PAIRED_ROWS) {
      return k;
    }
    return even(k, prepacked ? Math.clamp(MC * KC / m, KC, 2 * KC) : KC, 16);
  }

  /** Cuts {@code length} into equal blocks of at most {@code most}, multiples of {@code grain}. */
  static int even(int length, int most, int grain) {
    int blocks = Math.max(1, (length + most - 1) / most);
    int block = (length + blocks - 1) / blocks;
    return (block + grain - 1) / grain * grain;
  }

  /**
   * Returns how many columns the next tile has where {@code columns} are left: the widest, but two
   * of two vectors rather than three and one, since a tile of one vector is slow.
   */
  static int width(int columns) {
    int vectors = (columns + W - 1) / W;
    return vectors == 4 ? 2 * W : Math.min(vectors * W, NR);
  }

  /** Returns where the last panel of so many columns begins: at the end of the one before it. */
  static int lastPanel(int columns) {
    int before = (columns - 1) / NR * NR - NR;
    return before < 0 ? 0 : before + width(columns - before);
  }
}
