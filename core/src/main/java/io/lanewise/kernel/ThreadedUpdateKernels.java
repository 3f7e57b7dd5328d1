package io.lanewise.kernel;

/** Cuts updates between elements, and sums of squares between their blocks. */
final class ThreadedUpdateKernels extends UpdateKernels {
  private final UpdateKernels updates;
  private final Threads threads;
  private final Work work;

  ThreadedUpdateKernels(UpdateKernels updates, Threads threads, Work work) {
    this.updates = updates;
    this.threads = threads;
    this.work = work;
  }

  @Override
  protected void doUpdate(
      Update update,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    long nanos = ThreadedKernels.elementNanos(length);
    if (!threads.worth(nanos)) {
      updates.doUpdate(update, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      return;
    }
    Work w = work.begin();
    w.what = update;
    w.operand(0, p, pOff, 0);
    w.operand(1, g, gOff, 0);
    w.operand(2, s1, s1Off, 0);
    w.operand(3, s2, s2Off, 0);
    w.runElements(UPDATE, length, nanos);
  }

  private static final Work.Part UPDATE =
      (w, from, size) ->
          w.kernels
              .updates()
              .doUpdate(
                  (Update) w.what,
                  size,
                  w.x[0],
                  w.column(0, from),
                  w.x[1],
                  w.column(1, from),
                  w.x[2],
                  w.column(2, from),
                  w.x[3],
                  w.column(3, from));

  @Override
  double doSumOfSquares(int length, float[] g, int gOff) {
    long nanos = ThreadedKernels.elementNanos(length);
    if (!threads.worth(nanos)) {
      return updates.doSumOfSquares(length, g, gOff);
    }
    // The sums belong to whose turn it is, so it lasts until they are added.
    threads.take();
    try {
      return sumOfBlocks(length, g, gOff, nanos);
    } finally {
      threads.release();
    }
  }

  private double sumOfBlocks(int length, float[] g, int gOff, long nanos) {
    int blocks = (length - 1) / BLOCK + 1;
    Work w = work.begin();
    if (w.sums.length < blocks) {
      w.sums = new double[blocks];
    }
    w.n = length;
    w.operand(0, g, gOff, 0);
    w.run(BLOCK_SUMS, blocks, 1, Math.min(blocks, threads.count() * Threads.MOST_A_THREAD), nanos);
    double sum = 0;
    for (int i = 0; i < blocks; i++) {
      sum += w.sums[i];
    }
    return sum;
  }

  private static final Work.Part BLOCK_SUMS =
      (w, from, size) -> {
        for (int block = from; block < from + size; block++) {
          int first = block * BLOCK;
          w.sums[block] =
              w.kernels
                  .updates()
                  .blockSum(Math.min(BLOCK, w.n - first), w.x[0], w.column(0, first));
        }
      };

  @Override
  protected float doBlockSumOfSquares(int length, float[] g, int gOff) {
    return updates.doBlockSumOfSquares(length, g, gOff);
  }
}
