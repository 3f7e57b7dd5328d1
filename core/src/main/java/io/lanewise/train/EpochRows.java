package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import io.lanewise.math.RandomStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of each epoch, in its order: a function of seed and epoch alone, so that an epoch can be
 * opened anywhere without the ones before it. A {@link Dataset} is shuffled as a whole, by the
 * {@link RandomStream} of (seed, SHUFFLE, epoch - 1); any other source as {@link RowShuffle} does.
 */
final class EpochRows {
  private final RowSource source;
  private final long seed;
  private final int @Nullable [] order;
  private final @Nullable RowShuffle windows;

  EpochRows(RowSource source, boolean shuffle, long seed) {
    this.source = source;
    this.seed = seed;
    boolean inMemory = source instanceof Dataset;
    order = shuffle && inMemory ? new int[(int) source.rowCount()] : null;
    windows = shuffle && !inMemory ? new RowShuffle(source, seed) : null;
  }

  /**
   * Opens an epoch; its reader is good until the next one is opened.
   *
   * @param epoch from 1
   * @param position how many of its rows are left out
   */
  RowSource.Reader open(int epoch, long position) throws IOException {
    if (windows != null) {
      return windows.open(epoch - 1, position);
    }
    if (order == null) {
      return source.open(position);
    }
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    new RandomStream(seed, RandomStream.Purpose.SHUFFLE, epoch - 1).shuffle(order);
    return new Shuffled((Dataset) source, (int) position);
  }

  private final class Shuffled implements RowSource.Reader {
    private final Dataset data;
    private int next;

    Shuffled(Dataset data, int position) {
      this.data = data;
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
