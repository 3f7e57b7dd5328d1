package io.lanewise.train;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.Require;
import io.lanewise.math.RandomStream;
import java.io.IOException;
import java.util.Objects;

/**
 * A random order of a run of rows of a source that need not fit into memory. The rows are cut into
 * blocks of {@code blockRows} consecutive rows, the last one smaller where they do not divide. An
 * epoch takes the blocks in a random order; each {@code windowBlocks} of them make a window, whose
 * rows are read into memory and come out in a random order. With one window it is a shuffle of all
 * rows; else a row leaves its window's share of the epoch only as its block does, so that blocks
 * should be small beside the runs of like rows in the file.
 *
 * <p>The order is a function of seed and epoch alone: no epoch needs the ones before it, and one
 * can be opened at any position. The order of the blocks is a Fisher-Yates shuffle by the {@link
 * RandomStream} of (seed, SHUFFLE, epoch); that of window w likewise, its words from (w + 1) 2^32.
 */
final class RowShuffle {
  /** The rows of a block by default. */
  public static final int BLOCK_ROWS = 256;

  /** The blocks of a window by default: 2^16 rows. */
  public static final int WINDOW_BLOCKS = 256;

  private final RowSource source;
  private final long first;
  private final long count;
  private final long seed;
  private final int blockRows;
  private final int windowBlocks;
  private final int blocks;

  /**
   * Makes it.
   *
   * @param source the rows
   * @param first the first of those that are shuffled
   * @param count how many these are; the others are never read
   * @param seed of the order
   * @param blockRows the rows of a block, at least 1
   * @param windowBlocks the blocks of a window, at least 1
   * @throws IllegalArgumentException if a window has more than 2^28 rows, or there are more than
   *     2^31 - 9 blocks
   */
  RowShuffle(RowSource source, long first, long count, long seed, int blockRows, int windowBlocks) {
    this.source = Objects.requireNonNull(source, "source");
    this.first = first;
    this.count = count;
    this.seed = seed;
    this.blockRows = Require.atLeast("blockRows", 1, blockRows);
    this.windowBlocks = Require.atLeast("windowBlocks", 1, windowBlocks);
    if ((long) blockRows * windowBlocks > 1 << 28) {
      throw new IllegalArgumentException(
          "windowBlocks: " + windowBlocks + " blocks of " + blockRows + " rows are more than 2^28");
    }
    long all = (count + blockRows - 1) / blockRows;
    if (all > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "blockRows: " + count + " rows are too many blocks of " + blockRows);
    }
    blocks = (int) all;
  }

  /** Returns the source. */
  public RowSource source() {
    return source;
  }

  /**
   * Opens the rows of an epoch, in its order.
   *
   * @param epoch at least 0; each has its own order
   * @param position how many rows of the epoch are left out, 0 to all: where a training goes on
   * @throws IOException if the source cannot be read
   */
  public RowSource.Reader open(int epoch, long position) throws IOException {
    Require.atLeast("epoch", 0, epoch);
    Objects.checkIndex(position, count + 1);
    return new Reader(epoch, position);
  }

  private int rowsOf(int block) {
    return (int) Math.min(blockRows, count - (long) block * blockRows);
  }

  /** Holds one window; what it allocates, it allocates at its beginning. */
  private final class Reader implements RowSource.Reader {
    private final int epoch;
    private final int[] blockOrder = new int[blocks];
    private final Rows window;
    private final int[] rowOrder;
    private int nextWindow;
    private int size;
    private int next;

    Reader(int epoch, long position) throws IOException {
      this.epoch = epoch;
      for (int i = 0; i < blocks; i++) {
        blockOrder[i] = i;
      }
      new RandomStream(seed, RandomStream.Purpose.SHUFFLE, epoch).shuffle(blockOrder, blocks);
      long most = Math.min((long) blockRows * windowBlocks, count);
      window = new Rows(source, (int) Math.max(1, most));
      rowOrder = new int[window.capacity()];
      long before = 0;
      while (before + sizeOf(nextWindow) <= position && sizeOf(nextWindow) > 0) {
        before += sizeOf(nextWindow++);
      }
      if (position > before) {
        load();
        next = (int) (position - before);
      }
    }

    /** The first block of a window, by its place in the order. */
    private int begin(int index) {
      return (int) Math.min(blocks, (long) index * windowBlocks);
    }

    /** The rows of a window; 0 for one after the last. */
    private int sizeOf(int index) {
      int sum = 0;
      for (int b = begin(index); b < begin(index + 1); b++) {
        sum += rowsOf(blockOrder[b]);
      }
      return sum;
    }

    private void load() throws IOException {
      size = 0;
      next = 0;
      for (int b = begin(nextWindow); b < begin(nextWindow + 1); b++) {
        int rows = rowsOf(blockOrder[b]);
        try (RowSource.Reader reader = source.open(first + (long) blockOrder[b] * blockRows)) {
          int read = reader.read(window, size, rows);
          if (read != rows) {
            throw new IOException("the source has fewer rows than it said");
          }
        }
        size += rows;
      }
      for (int i = 0; i < size; i++) {
        rowOrder[i] = i;
      }
      RandomStream random = new RandomStream(seed, RandomStream.Purpose.SHUFFLE, epoch);
      random.seek((nextWindow + 1L) << 32);
      random.shuffle(rowOrder, size);
      nextWindow++;
    }

    @Override
    public int read(Rows rows, int at, int max) throws IOException {
      Objects.checkFromIndexSize(at, max, rows.capacity());
      int done = 0;
      while (done < max) {
        if (next == size) {
          if (sizeOf(nextWindow) == 0) {
            return done;
          }
          load();
        }
        rows.copyRow(window, rowOrder[next++], at + done++);
      }
      return done;
    }

    @Override
    public void close() {}
  }
}
