package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.math.RandomStream;
import java.io.IOException;

/**
 * The rows of each epoch, in its order: a function of seed and epoch alone, so that an epoch can be
 * opened anywhere without the ones before it. A {@link Dataset} is shuffled as a whole, by the
 * {@link RandomStream} of (seed, SHUFFLE, epoch - 1); any other source as {@link RowShuffle} does.
 *
 * <p>Where each of S shards has rows of its own, each of S runs of the rows is shuffled by itself:
 * run s by the stream (epoch - 1) S + s, in windows that are smaller by S.
 */
final class EpochRows {
  private final RowSource source;
  private final boolean shuffle;
  private final long seed;
  // Of each run: one of all rows, or one for each shard.
  private final int[][] orders;
  private final RowSource.Reader[] readers;
  private int epoch;
  private long position;

  EpochRows(RowSource source, Trainer trainer) {
    this.source = source;
    shuffle = trainer.shuffle;
    seed = trainer.seed;
    int runs = trainer.shardRows ? trainer.shards : 1;
    orders = new int[runs][];
    readers = new RowSource.Reader[runs];
  }

  /**
   * Opens an epoch, and closes the one before.
   *
   * @param epoch from 1
   * @param position how many of its rows are left out: whole batches
   */
  void open(int epoch, long position) throws IOException {
    close();
    this.epoch = epoch - 1;
    this.position = position / readers.length;
  }

  /**
   * Reads the next rows of a shard.
   *
   * @param wanted whether they are looked at; of one epoch, all of a shard or none
   * @param rows receives them, from its first row on
   */
  void read(int shard, boolean wanted, Rows rows, int count) throws IOException {
    int run = shard % readers.length;
    if (!wanted && readers.length > 1) {
      return;
    }
    if (readers[run] == null) {
      readers[run] = open(run);
    }
    if (readers[run].read(rows, 0, count) != count) {
      throw new IOException("the data has fewer rows than it said");
    }
  }

  private long begin(int run) {
    return UpdateGradient.firstRow(source.rowCount(), readers.length, run);
  }

  private RowSource.Reader open(int run) throws IOException {
    long first = begin(run);
    if (!shuffle) {
      return source.open(first + position);
    }
    int count = epoch * readers.length + run;
    long rows = begin(run + 1) - first;
    if (!(source instanceof Dataset data)) {
      int blocks = Math.max(1, RowShuffle.WINDOW_BLOCKS / readers.length);
      return new RowShuffle(source, first, rows, seed, RowShuffle.BLOCK_ROWS, blocks)
          .open(count, position);
    }
    if (orders[run] == null) {
      orders[run] = new int[(int) rows];
    }
    int[] order = orders[run];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) first + i;
    }
    new RandomStream(seed, RandomStream.Purpose.SHUFFLE, count).shuffle(order);
    return new Shuffled(data, order, (int) position);
  }

  void close() throws IOException {
    for (int run = 0; run < readers.length; run++) {
      if (readers[run] != null) {
        readers[run].close();
        readers[run] = null;
      }
    }
  }

  private static final class Shuffled implements RowSource.Reader {
    private final Dataset data;
    private final int[] order;
    private int next;

    Shuffled(Dataset data, int[] order, int position) {
      this.data = data;
      this.order = order;
      next = position;
    }

    @Override
    public int read(Rows into, int at, int max) {
      int count = Math.min(max, order.length - next);
      data.gather(order, next, count, into, at);
      next += count;
      return count;
    }

    @Override
    public void close() {}
  }
}
