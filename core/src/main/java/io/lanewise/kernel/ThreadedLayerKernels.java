package io.lanewise.kernel;

/**
 * Cuts the layers' operations into pieces as {@link ThreadedKernels} does: those with chains down
 * the columns between columns, the others between rows.
 */
final class ThreadedLayerKernels extends LayerKernels {
  private final LayerKernels layers;
  private final Threads threads;
  private final Work work;

  /** Takes turns with others that fill in the same work. */
  ThreadedLayerKernels(LayerKernels layers, Threads threads, Work work) {
    this.layers = layers;
    this.threads = threads;
    this.work = work;
  }

  // About how long the operations take one thread, in ns: low guesses.

  private static long streamNanos(int m, int n) {
    return ThreadedKernels.elementNanos((long) m * n);
  }

  private static long dropNanos(int m, int n) {
    return (long) m * n / 2;
  }

  private void runColumns(Work.Part part, int m, int n) {
    work.run(part, n, Work.GRAIN, threads.count(), streamNanos(m, n));
  }

  @Override
  protected void doNormalize(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] mean,
      int meanOff,
      float[] scale,
      int scaleOff,
      float[] shift,
      int shiftOff,
      float[] y,
      int yOff,
      int ldy) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doNormalize(
          m, n, x, xOff, ldx, mean, meanOff, scale, scaleOff, shift, shiftOff, y, yOff, ldy);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.operand(0, x, xOff, ldx);
    w.operand(1, mean, meanOff, 0);
    w.operand(2, scale, scaleOff, 0);
    w.operand(3, shift, shiftOff, 0);
    w.operand(4, y, yOff, ldy);
    work.runRows(NORMALIZE, m, streamNanos(m, n));
  }

  private static final Work.Part NORMALIZE =
      (w, from, size) ->
          w.layers.doNormalize(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.x[1],
              w.off[1],
              w.x[2],
              w.off[2],
              w.x[3],
              w.off[3],
              w.x[4],
              w.row(4, from),
              w.ld[4]);

  @Override
  protected void doColumnMoments(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] mean,
      int meanOff,
      float[] variance,
      int varianceOff) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doColumnMoments(m, n, x, xOff, ldx, mean, meanOff, variance, varianceOff);
      return;
    }
    Work w = work.begin();
    w.m = m;
    w.operand(0, x, xOff, ldx);
    w.operand(1, mean, meanOff, 0);
    w.operand(2, variance, varianceOff, 0);
    runColumns(COLUMN_MOMENTS, m, n);
  }

  private static final Work.Part COLUMN_MOMENTS =
      (w, from, size) ->
          w.layers.doColumnMoments(
              w.m,
              size,
              w.x[0],
              w.column(0, from),
              w.ld[0],
              w.x[1],
              w.column(1, from),
              w.x[2],
              w.column(2, from));

  @Override
  protected void doBatchNormParameters(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      int first,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doBatchNormParameters(
          m, n, x, xOff, ldx, norm, first, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
      return;
    }
    Work w = work.begin();
    w.m = m;
    w.what = norm;
    w.first = first;
    w.operand(0, x, xOff, ldx);
    w.operand(1, dy, dyOff, lddy);
    w.operand(2, dgamma, dgammaOff, 0);
    w.operand(3, dbeta, dbetaOff, 0);
    runColumns(BATCH_NORM_PARAMETERS, m, n);
  }

  private static final Work.Part BATCH_NORM_PARAMETERS =
      (w, from, size) ->
          w.layers.doBatchNormParameters(
              w.m,
              size,
              w.x[0],
              w.column(0, from),
              w.ld[0],
              (Norm) w.what,
              w.first + from,
              w.x[1],
              w.column(1, from),
              w.ld[1],
              w.x[2],
              w.column(2, from),
              w.x[3],
              w.column(3, from));

  @Override
  protected void doBatchNormInput(
      int batch,
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff,
      float[] dx,
      int dxOff,
      int lddx) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doBatchNormInput(
          batch, m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff, dx,
          dxOff, lddx);
      return;
    }
    Work w = work.begin();
    w.m = batch;
    w.n = n;
    w.what = norm;
    w.operand(0, x, xOff, ldx);
    w.operand(1, dy, dyOff, lddy);
    w.operand(2, dgamma, dgammaOff, 0);
    w.operand(3, dbeta, dbetaOff, 0);
    w.operand(4, dx, dxOff, lddx);
    work.runRows(BATCH_NORM_INPUT, m, streamNanos(m, n));
  }

  private static final Work.Part BATCH_NORM_INPUT =
      (w, from, size) ->
          w.layers.doBatchNormInput(
              w.m,
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              (Norm) w.what,
              w.x[1],
              w.row(1, from),
              w.ld[1],
              w.x[2],
              w.off[2],
              w.x[3],
              w.off[3],
              w.x[4],
              w.row(4, from),
              w.ld[4]);

  @Override
  protected void doLayerNorm(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      int first,
      float epsilon,
      float[] y,
      int yOff,
      int ldy) {
    if (!threads.worth(ThreadedKernels.rowNanos(m, n))) {
      layers.doLayerNorm(m, n, x, xOff, ldx, norm, first, epsilon, y, yOff, ldy);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.what = norm;
    w.first = first;
    w.scalar[0] = epsilon;
    w.operand(0, x, xOff, ldx);
    w.operand(1, y, yOff, ldy);
    work.runRows(LAYER_NORM, m, ThreadedKernels.rowNanos(m, n));
  }

  private static final Work.Part LAYER_NORM =
      (w, from, size) ->
          w.layers.doLayerNorm(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              (Norm) w.what,
              w.first + from,
              w.scalar[0],
              w.x[1],
              w.row(1, from),
              w.ld[1]);

  @Override
  protected void doLayerNormParameters(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doLayerNormParameters(
          m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
      return;
    }
    Work w = work.begin();
    w.m = m;
    w.what = norm;
    w.operand(0, x, xOff, ldx);
    w.operand(1, dy, dyOff, lddy);
    w.operand(2, dgamma, dgammaOff, 0);
    w.operand(3, dbeta, dbetaOff, 0);
    runColumns(LAYER_NORM_PARAMETERS, m, n);
  }

  private static final Work.Part LAYER_NORM_PARAMETERS =
      (w, from, size) ->
          w.layers.doLayerNormParameters(
              w.m,
              size,
              w.x[0],
              w.column(0, from),
              w.ld[0],
              (Norm) w.what,
              w.x[1],
              w.column(1, from),
              w.ld[1],
              w.x[2],
              w.column(2, from),
              w.x[3],
              w.column(3, from));

  @Override
  protected void doLayerNormInput(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      int first,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dx,
      int dxOff,
      int lddx) {
    if (!threads.worth(ThreadedKernels.rowNanos(m, n))) {
      layers.doLayerNormInput(m, n, x, xOff, ldx, norm, first, dy, dyOff, lddy, dx, dxOff, lddx);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.what = norm;
    w.first = first;
    w.operand(0, x, xOff, ldx);
    w.operand(1, dy, dyOff, lddy);
    w.operand(2, dx, dxOff, lddx);
    work.runRows(LAYER_NORM_INPUT, m, ThreadedKernels.rowNanos(m, n));
  }

  private static final Work.Part LAYER_NORM_INPUT =
      (w, from, size) ->
          w.layers.doLayerNormInput(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              (Norm) w.what,
              w.first + from,
              w.x[1],
              w.row(1, from),
              w.ld[1],
              w.x[2],
              w.row(2, from),
              w.ld[2]);

  @Override
  protected void doDropout(
      DropoutMask mask,
      int m,
      int n,
      long seed,
      long stream,
      int firstRow,
      float[] x,
      int xOff,
      int ldx,
      float[] y,
      int yOff,
      int ldy) {
    if (!threads.worth(dropNanos(m, n))) {
      layers.doDropout(mask, m, n, seed, stream, firstRow, x, xOff, ldx, y, yOff, ldy);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.what = mask;
    w.seed = seed;
    w.stream = stream;
    w.first = firstRow;
    w.operand(0, x, xOff, ldx);
    w.operand(1, y, yOff, ldy);
    work.runRows(DROPOUT, m, dropNanos(m, n));
  }

  private static final Work.Part DROPOUT =
      (w, from, size) ->
          w.layers.doDropout(
              (DropoutMask) w.what,
              size,
              w.n,
              w.seed,
              w.stream,
              w.first + from,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.x[1],
              w.row(1, from),
              w.ld[1]);

  @Override
  protected void doAdd(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] y,
      int yOff,
      int ldy) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doAdd(m, n, a, aOff, lda, b, bOff, ldb, y, yOff, ldy);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.operand(0, a, aOff, lda);
    w.operand(1, b, bOff, ldb);
    w.operand(2, y, yOff, ldy);
    work.runRows(ADD, m, streamNanos(m, n));
  }

  private static final Work.Part ADD =
      (w, from, size) ->
          w.layers.doAdd(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.x[1],
              w.row(1, from),
              w.ld[1],
              w.x[2],
              w.row(2, from),
              w.ld[2]);

  @Override
  protected void doScaleRows(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] w,
      int wOff,
      float[] y,
      int yOff,
      int ldy) {
    if (!threads.worth(streamNanos(m, n))) {
      layers.doScaleRows(m, n, x, xOff, ldx, w, wOff, y, yOff, ldy);
      return;
    }
    Work task = work.begin();
    task.n = n;
    task.operand(0, x, xOff, ldx);
    task.operand(1, w, wOff, 0);
    task.operand(2, y, yOff, ldy);
    work.runRows(SCALE_ROWS, m, streamNanos(m, n));
  }

  private static final Work.Part SCALE_ROWS =
      (w, from, size) ->
          w.layers.doScaleRows(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.x[1],
              w.column(1, from),
              w.x[2],
              w.row(2, from),
              w.ld[2]);
}
