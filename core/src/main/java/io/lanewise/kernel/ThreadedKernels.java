package io.lanewise.kernel;

/**
 * Cuts an operation into pieces that other kernels compute, on {@link Threads}. A cut is between
 * rows, columns or elements, so no chain is cut.
 */
final class ThreadedKernels extends Kernels {
  private static final int GRAIN = Work.GRAIN;
  private static final int ROW_GRAIN = 8;

  /** Below this a product is mostly the writing of C, which is fastest in whole rows. */
  private static final int SHORT_K = 32;

  private final Kernels kernels;
  private final Threads threads;
  private final Work work;
  private final LayerKernels layers;
  private final UpdateKernels updates;

  ThreadedKernels(Kernels kernels, Threads threads) {
    this.kernels = kernels;
    this.threads = threads;
    work = new Work(kernels, threads);
    layers = new ThreadedLayerKernels(kernels.layers(), threads, work);
    updates = new ThreadedUpdateKernels(kernels.updates(), threads, work);
  }

  boolean on(Threads other) {
    return threads == other;
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public String describe() {
    return kernels.describe() + ", " + threads.count() + " threads";
  }

  @Override
  public LayerKernels layers() {
    return layers;
  }

  @Override
  public UpdateKernels updates() {
    return updates;
  }

  // About how long the operations take one thread, in ns: a low guess, so that work is rather left
  // whole than cut too small.

  private static long productNanos(int m, int n, int k) {
    return (long) m * n * k / 64;
  }

  static long elementNanos(long elements) {
    return elements / 8;
  }

  static long rowNanos(int m, int n) {
    return m * (n / 4L + 50);
  }

  private void runElements(Work.Part part, int length) {
    work.runElements(part, length, elementNanos(length));
  }

  private void runRows(Work.Part part, int m, int n) {
    work.runRows(part, m, rowNanos(m, n));
  }

  @Override
  protected void doMatmul(
      Form form,
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    long nanos = productNanos(m, n, k);
    if (!threads.worth(nanos)) {
      kernels.doMatmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
      return;
    }
    Work w = work.begin();
    w.form = form;
    w.operand(0, a, aOff, lda);
    w.operand(1, b, bOff, ldb);
    w.operand(2, c, cOff, ldc);
    w.fusion = fusion;
    runGrid(MATMUL, m, n, k, GRAIN, nanos);
  }

  /** Runs the work cut into a grid of pieces of C, row by row. */
  private void runGrid(Work.Part part, int m, int n, int k, int grain, long nanos) {
    // What is more than whole grains stays with the last of them.
    int columnGrains = Math.max(1, n / grain);
    int rowGrains = (int) ((m + ROW_GRAIN - 1L) / ROW_GRAIN);
    int rows = rowPieces(k, rowGrains, columnGrains, grain);
    int columns = Math.min(threads.count() / rows, columnGrains);
    work.m = m;
    work.n = n;
    work.k = k;
    work.rowPieces = rows;
    work.columnPieces = columns;
    work.columnGrain = grain;
    work.run(part, rows * columns, 1, rows * columns, nanos);
  }

  private static int rowAt(Work w, int i) {
    return Work.cut(w.m, ROW_GRAIN, i, w.rowPieces);
  }

  private static int columnAt(Work w, int j) {
    int whole = w.n / w.columnGrain * w.columnGrain;
    return j == w.columnPieces ? w.n : Work.cut(whole, w.columnGrain, j, w.columnPieces);
  }

  private static final Work.Part MATMUL =
      (w, piece, one) -> {
        int i = piece / w.columnPieces;
        int j = piece % w.columnPieces;
        int row = rowAt(w, i);
        int column = columnAt(w, j);
        w.kernels.doMatmul(
            w.form,
            rowAt(w, i + 1) - row,
            columnAt(w, j + 1) - column,
            w.k,
            w.x[0],
            w.form.transA() ? w.column(0, row) : w.row(0, row),
            w.ld[0],
            w.x[1],
            w.form.transB() ? w.row(1, column) : w.column(1, column),
            w.ld[1],
            w.x[2],
            w.row(2, row) + column,
            w.ld[2],
            w.fusion.at(row, column));
      };

  @Override
  protected Kernels packer() {
    return kernels;
  }

  @Override
  protected PackedMatrix doPack(int k, int n, float[] b, int bOff, int ldb) {
    return kernels.doPack(k, n, b, bOff, ldb);
  }

  @Override
  protected void doMatmulPacked(
      int m,
      float[] a,
      int aOff,
      int lda,
      PackedMatrix b,
      int column,
      int n,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    long nanos = productNanos(m, n, b.k());
    if (!threads.worth(nanos)) {
      kernels.doMatmulPacked(m, a, aOff, lda, b, column, n, c, cOff, ldc, fusion);
      return;
    }
    Work w = work.begin();
    w.what = b;
    w.first = column;
    w.operand(0, a, aOff, lda);
    w.operand(2, c, cOff, ldc);
    w.fusion = fusion;
    // The cut leaves a whole grain behind it, as packed columns ask for.
    runGrid(MATMUL_PACKED, m, n, b.k(), PACKED_GRAIN, nanos);
  }

  private static final Work.Part MATMUL_PACKED =
      (w, piece, one) -> {
        int i = piece / w.columnPieces;
        int j = piece % w.columnPieces;
        int row = rowAt(w, i);
        int column = columnAt(w, j);
        w.kernels.doMatmulPacked(
            rowAt(w, i + 1) - row,
            w.x[0],
            w.row(0, row),
            w.ld[0],
            (PackedMatrix) w.what,
            w.first + column,
            columnAt(w, j + 1) - column,
            w.x[2],
            w.row(2, row) + column,
            w.ld[2],
            w.fusion.at(row, column));
      };

  /**
   * Into how many the rows are cut, the columns into the rest of the threads: the least time for
   * the largest piece, which computes its elements and packs its rows and columns; an element of A
   * or B costs about as much to pack as eight multiply-adds. With a short k as many as there are
   * threads.
   */
  private int rowPieces(int k, int rowGrains, int columnGrains, int grain) {
    if (k < SHORT_K) {
      return Math.min(threads.count(), rowGrains);
    }
    int best = 1;
    long least = Long.MAX_VALUE;
    for (int rows = 1; rows <= Math.min(threads.count(), rowGrains); rows++) {
      int columns = Math.min(threads.count() / rows, columnGrains);
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

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    if (!threads.worth(elementNanos((long) m * n))) {
      kernels.doColumnSums(m, n, x, xOff, ldx, sums, sumsOff);
      return;
    }
    Work w = work.begin();
    w.m = m;
    w.operand(0, x, xOff, ldx);
    w.operand(1, sums, sumsOff, 0);
    work.run(COLUMN_SUMS, n, GRAIN, threads.count(), elementNanos((long) m * n));
  }

  private static final Work.Part COLUMN_SUMS =
      (w, from, size) ->
          w.kernels.doColumnSums(
              w.m, size, w.x[0], w.column(0, from), w.ld[0], w.x[1], w.column(1, from));

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    if (!threads.worth(elementNanos(length))) {
      kernels.doMap(f, length, x, xOff, y, yOff);
      return;
    }
    Work w = work.begin();
    w.what = f;
    w.operand(0, x, xOff, 0);
    w.operand(1, y, yOff, 0);
    runElements(MAP, length);
  }

  private static final Work.Part MAP =
      (w, from, size) ->
          w.kernels.doMap(
              (Function) w.what, size, w.x[0], w.column(0, from), w.x[1], w.column(1, from));

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    if (!threads.worth(elementNanos(length))) {
      kernels.doActivate(f, length, z, zOff, a, aOff);
      return;
    }
    Work w = work.begin();
    w.what = f;
    w.operand(0, z, zOff, 0);
    w.operand(1, a, aOff, 0);
    runElements(ACTIVATE, length);
  }

  private static final Work.Part ACTIVATE =
      (w, from, size) ->
          w.kernels.doActivate(
              (Activation) w.what, size, w.x[0], w.column(0, from), w.x[1], w.column(1, from));

  @Override
  protected void doActivateBackward(
      Activation f,
      int length,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff) {
    if (!threads.worth(elementNanos(length))) {
      kernels.doActivateBackward(f, length, saved, savedOff, da, daOff, dz, dzOff);
      return;
    }
    Work w = work.begin();
    w.what = f;
    w.operand(0, saved, savedOff, 0);
    w.operand(1, da, daOff, 0);
    w.operand(2, dz, dzOff, 0);
    runElements(ACTIVATE_BACKWARD, length);
  }

  private static final Work.Part ACTIVATE_BACKWARD =
      (w, from, size) ->
          w.kernels.doActivateBackward(
              (Activation) w.what,
              size,
              w.x[0],
              w.column(0, from),
              w.x[1],
              w.column(1, from),
              w.x[2],
              w.column(2, from));

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    if (!threads.worth(rowNanos(m, n))) {
      kernels.doSoftmax(m, n, z, zOff, ldz, a, aOff, lda);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.operand(0, z, zOff, ldz);
    w.operand(1, a, aOff, lda);
    runRows(SOFTMAX, m, n);
  }

  private static final Work.Part SOFTMAX =
      (w, from, size) ->
          w.kernels.doSoftmax(
              size, w.n, w.x[0], w.row(0, from), w.ld[0], w.x[1], w.row(1, from), w.ld[1]);

  @Override
  protected void doSoftmaxBackward(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      float[] da,
      int daOff,
      int ldda,
      float[] dz,
      int dzOff,
      int lddz) {
    if (!threads.worth(rowNanos(m, n))) {
      kernels.doSoftmaxBackward(m, n, a, aOff, lda, da, daOff, ldda, dz, dzOff, lddz);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.operand(0, a, aOff, lda);
    w.operand(1, da, daOff, ldda);
    w.operand(2, dz, dzOff, lddz);
    runRows(SOFTMAX_BACKWARD, m, n);
  }

  private static final Work.Part SOFTMAX_BACKWARD =
      (w, from, size) ->
          w.kernels.doSoftmaxBackward(
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
  protected void doCrossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    if (!threads.worth(rowNanos(m, n))) {
      kernels.doCrossEntropy(
          m, n, z, zOff, ldz, labels, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    Work w = work.begin();
    w.n = n;
    w.labels = labels;
    w.labelsOff = labelsOff;
    w.scalar[0] = scale;
    w.operand(0, z, zOff, ldz);
    w.operand(1, dz, dzOff, lddz);
    w.operand(2, rowLoss, rowLossOff, 0);
    runRows(CROSS_ENTROPY, m, n);
  }

  private static final Work.Part CROSS_ENTROPY =
      (w, from, size) ->
          w.kernels.doCrossEntropy(
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.labels,
              w.labelsOff + from,
              w.scalar[0],
              w.x[1],
              w.row(1, from),
              w.ld[1],
              w.x[2],
              w.column(2, from));

  @Override
  protected void doLoss(
      LossFunction loss,
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    if (!threads.worth(rowNanos(m, n))) {
      kernels.doLoss(
          loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    Work w = work.begin();
    w.what = loss;
    w.n = n;
    w.scalar[0] = scale;
    w.operand(0, z, zOff, ldz);
    w.operand(1, y, yOff, ldy);
    w.operand(2, dz, dzOff, lddz);
    w.operand(3, rowLoss, rowLossOff, 0);
    runRows(LOSS, m, n);
  }

  private static final Work.Part LOSS =
      (w, from, size) ->
          w.kernels.doLoss(
              (LossFunction) w.what,
              size,
              w.n,
              w.x[0],
              w.row(0, from),
              w.ld[0],
              w.x[1],
              w.row(1, from),
              w.ld[1],
              w.scalar[0],
              w.x[2],
              w.row(2, from),
              w.ld[2],
              w.x[3],
              w.column(3, from));
}
