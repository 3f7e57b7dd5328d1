package io.lanewise.simd;

/**
 * The sizes of the matrix product, in one place: a new processor is a new row here.
 *
 * <p>A tile keeps mr x nr elements of C in registers, nr being two vectors. C2 loads all broadcasts
 * of an iteration first, so mr 2 accumulators, 2 vectors of B and mr broadcasts of A must fit: 8
 * rows take 26 of 32 registers, 4 rows 14 of 16. One more than there are, and an accumulator lives
 * in memory, which halves the speed.
 */
final class Blocking {
  /** Rows of a tile: 8 where there are 32 vector registers (AVX-512, NEON), else 4. */
  static final int MR = Lanes.LENGTH == 16 || isArm() ? 8 : 4;

  /** Columns of a tile. */
  static final int NR = 2 * Lanes.LENGTH;

  // The block sizes were measured in November 2026 on one core of a Zen 5 (48 KiB of L1, 1 MiB of
  // L2, 16 lanes), products of 512, 1024 and 2048: KC 256 to 512 and MC 128 to 512 differ by less
  // than 15%, KC 384 being the worst at 2048.

  /** Most of k at once: a panel of B, KC x NR floats, stays in L1 or streams from L2. */
  static final int KC = 512;

  /** Most rows at once: a block of A, MC x KC floats, stays in half of L2. */
  static final int MC = 256;

  /** Most columns at once: a block of B, KC x NC floats, stays in L3. */
  static final int NC = 2048;

  /** Fewer rows than these read B as it lies, once each: packing it would cost more. */
  static final int FEW_ROWS = 4;

  /** Up to so many columns, rows of A are read as they lie: packing them would cost more. */
  static final int FEW_COLUMNS = 128;

  private Blocking() {}

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  /** Cuts {@code length} into equal blocks of at most {@code most}, multiples of {@code grain}. */
  static int even(int length, int most, int grain) {
    int blocks = Math.max(1, (length + most - 1) / most);
    int block = (length + blocks - 1) / blocks;
    return (block + grain - 1) / grain * grain;
  }
}
