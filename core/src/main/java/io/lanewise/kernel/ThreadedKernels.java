package io.lanewise.kernel;

import io.lanewise.kernel.Cut.Operation;
import io.lanewise.kernel.Kernels.Function;

/**
 * Cuts each operation into pieces that other kernels compute, on {@link Threads}: those with chains
 * down the columns between columns, the others between rows or elements.
 */
final class ThreadedKernels extends Kernels {
  private final Kernels kernels;
  private final Threads threads;
  private final Cut cut;

  ThreadedKernels(Kernels kernels, Threads threads) {
    this.kernels = kernels;
    this.threads = threads;
    cut = new Cut(kernels, threads);
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

  // About how long the operations take one thread, in ns: a low guess, so that work is rather left
  // whole than cut too small.

  private static long productNanos(Matrix c, int k) {
    return (long) c.rows() * c.columns() * k / 64;
  }

  private static long elementNanos(Matrix x) {
    return (long) x.rows() * x.columns() / 8;
  }

  private static long rowNanos(Matrix x) {
    return x.rows() * (x.columns() / 4L + 50);
  }

  private static long dropNanos(Matrix x) {
    return (long) x.rows() * x.columns() / 2;
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    int k = form.a() ? a.rows() : a.columns();
    long nanos = productNanos(c, k);
    if (!threads.worth(nanos)) {
      kernels.doMatmul(form, a, b, c, epilogue, bias, saved);
      return;
    }
    cut.begin().with(a).with(c).with(bias).with(saved).with(b);
    cut.form = form;
    cut.epilogue = epilogue;
    cut.grid(MATMUL, c, k, Cut.GRAIN, nanos);
  }

  private static final Operation MATMUL =
      (kernels, cut, p) -> {
        int i = cut.grid.row(p.first);
        int m = cut.grid.m(p.first);
        int j = cut.grid.column(p.first);
        int n = cut.grid.n(p.first);
        int k = cut.grid.k;
        Transpose form = cut.form;
        Matrix a = form.a() ? p.part(0, 0, k, i, m) : p.part(0, i, m, 0, k);
        Matrix b = form.b() ? p.part(4, j, n, 0, k) : p.part(4, 0, k, j, n);
        Matrix c = p.part(1, i, m, j, n);
        Matrix bias = p.part(2, 0, 1, j, n);
        Matrix saved = p.part(3, i, m, j, n);
        kernels.doMatmul(form, a, b, c, cut.epilogue, bias, saved);
      };

  @Override
  protected Kernels packer() {
    return kernels;
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    return kernels.doPack(b);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a,
      PackedMatrix b,
      int column,
      Matrix c,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved) {
    long nanos = productNanos(c, b.k());
    if (!threads.worth(nanos)) {
      kernels.doMatmulPacked(a, b, column, c, epilogue, bias, saved);
      return;
    }
    cut.begin().with(a).with(c).with(bias).with(saved);
    cut.what = b;
    cut.number = column;
    cut.epilogue = epilogue;
    // The cut leaves a whole grain behind it, as packed columns ask for.
    cut.grid(MATMUL_PACKED, c, b.k(), PACKED_GRAIN, nanos);
  }

  private static final Operation MATMUL_PACKED =
      (kernels, cut, p) -> {
        int i = cut.grid.row(p.first);
        int m = cut.grid.m(p.first);
        int j = cut.grid.column(p.first);
        int n = cut.grid.n(p.first);
        PackedMatrix b = (PackedMatrix) cut.what;
        Matrix a = p.part(0, i, m, 0, cut.grid.k);
        Matrix c = p.part(1, i, m, j, n);
        Matrix bias = p.part(2, 0, 1, j, n);
        Matrix saved = p.part(3, i, m, j, n);
        kernels.doMatmulPacked(a, b, cut.number + j, c, cut.epilogue, bias, saved);
      };

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doColumnSums(x, sums);
      return;
    }
    cut.begin().with(x).with(sums);
    cut.columns(COLUMN_SUMS, nanos);
  }

  private static final Operation COLUMN_SUMS =
      (kernels, cut, p) -> kernels.doColumnSums(p.get(0), p.get(1));

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doMap(f, x, y);
      return;
    }
    cut.begin().with(x).with(y);
    cut.what = f;
    cut.elements(MAP, nanos);
  }

  private static final Operation MAP =
      (kernels, cut, p) -> kernels.doMap((Function) cut.what, p.get(0), p.get(1));

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    long nanos = elementNanos(z);
    if (!threads.worth(nanos)) {
      kernels.doActivate(f, z, a);
      return;
    }
    cut.begin().with(z).with(a);
    cut.what = f;
    cut.elements(ACTIVATE, nanos);
  }

  private static final Operation ACTIVATE =
      (kernels, cut, p) -> kernels.doActivate((Activation) cut.what, p.get(0), p.get(1));

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    long nanos = elementNanos(saved);
    if (!threads.worth(nanos)) {
      kernels.doActivateBackward(f, saved, da, dz);
      return;
    }
    cut.begin().with(saved).with(da).with(dz);
    cut.what = f;
    cut.elements(ACTIVATE_BACKWARD, nanos);
  }

  private static final Operation ACTIVATE_BACKWARD =
      (kernels, cut, p) ->
          kernels.doActivateBackward((Activation) cut.what, p.get(0), p.get(1), p.get(2));

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    long nanos = rowNanos(z);
    if (!threads.worth(nanos)) {
      kernels.doSoftmax(z, a);
      return;
    }
    cut.begin().with(z).with(a);
    cut.rows(SOFTMAX, nanos);
  }

  private static final Operation SOFTMAX =
      (kernels, cut, p) -> kernels.doSoftmax(p.get(0), p.get(1));

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    long nanos = rowNanos(a);
    if (!threads.worth(nanos)) {
      kernels.doSoftmaxBackward(a, da, dz);
      return;
    }
    cut.begin().with(a).with(da).with(dz);
    cut.rows(SOFTMAX_BACKWARD, nanos);
  }

  private static final Operation SOFTMAX_BACKWARD =
      (kernels, cut, p) -> kernels.doSoftmaxBackward(p.get(0), p.get(1), p.get(2));

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    long nanos = rowNanos(z);
    if (!threads.worth(nanos)) {
      kernels.doCrossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
      return;
    }
    cut.begin().with(z).with(dz).with(rowLoss);
    cut.labels = labels;
    cut.labelsOff = labelsOff;
    cut.scalar = scale;
    cut.rows(CROSS_ENTROPY, nanos);
  }

  private static final Operation CROSS_ENTROPY =
      (kernels, cut, p) ->
          kernels.doCrossEntropy(
              p.get(0), cut.labels, cut.labelsOff + p.first, cut.scalar, p.get(1), p.get(2));

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    long nanos = rowNanos(z);
    if (!threads.worth(nanos)) {
      kernels.doLoss(loss, z, y, scale, dz, rowLoss);
      return;
    }
    cut.begin().with(z).with(y).with(dz).with(rowLoss);
    cut.what = loss;
    cut.scalar = scale;
    cut.rows(LOSS, nanos);
  }

  private static final Operation LOSS =
      (kernels, cut, p) ->
          kernels.doLoss(
              (LossFunction) cut.what, p.get(0), p.get(1), cut.scalar, p.get(2), p.get(3));

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doNormalize(x, mean, scale, shift, y);
      return;
    }
    cut.begin().with(x).with(mean).with(scale).with(shift).with(y);
    cut.rows(NORMALIZE, nanos);
  }

  private static final Operation NORMALIZE =
      (kernels, cut, p) -> kernels.doNormalize(p.get(0), p.get(1), p.get(2), p.get(3), p.get(4));

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doColumnMoments(x, mean, variance);
      return;
    }
    cut.begin().with(x).with(mean).with(variance);
    cut.columns(COLUMN_MOMENTS, nanos);
  }

  private static final Operation COLUMN_MOMENTS =
      (kernels, cut, p) -> kernels.doColumnMoments(p.get(0), p.get(1), p.get(2));

  @Override
  protected void doBatchNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doBatchNormParameters(x, norm, dy, dgamma, dbeta);
      return;
    }
    cut.begin().with(x).with(dy).with(dgamma).with(dbeta).with(norm);
    cut.columns(BATCH_NORM_PARAMETERS, nanos);
  }

  private static final Operation BATCH_NORM_PARAMETERS =
      (kernels, cut, p) ->
          kernels.doBatchNormParameters(p.get(0), p.norm, p.get(1), p.get(2), p.get(3));

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doBatchNormInput(batch, x, norm, dy, dgamma, dbeta, dx);
      return;
    }
    cut.begin().with(x).with(dy).with(dgamma).with(dbeta).with(dx).with(norm);
    cut.number = batch;
    cut.rows(BATCH_NORM_INPUT, nanos);
  }

  private static final Operation BATCH_NORM_INPUT =
      (kernels, cut, p) ->
          kernels.doBatchNormInput(
              cut.number, p.get(0), p.norm, p.get(1), p.get(2), p.get(3), p.get(4));

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    long nanos = rowNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doLayerNorm(x, norm, epsilon, y);
      return;
    }
    cut.begin().with(x).with(y).with(norm);
    cut.scalar = epsilon;
    cut.rows(LAYER_NORM, nanos);
  }

  private static final Operation LAYER_NORM =
      (kernels, cut, p) -> kernels.doLayerNorm(p.get(0), p.norm, cut.scalar, p.get(1));

  @Override
  protected void doLayerNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doLayerNormParameters(x, norm, dy, dgamma, dbeta);
      return;
    }
    cut.begin().with(x).with(dy).with(dgamma).with(dbeta).with(norm);
    cut.columns(LAYER_NORM_PARAMETERS, nanos);
  }

  private static final Operation LAYER_NORM_PARAMETERS =
      (kernels, cut, p) ->
          kernels.doLayerNormParameters(p.get(0), p.norm, p.get(1), p.get(2), p.get(3));

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    long nanos = rowNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doLayerNormInput(x, norm, dy, dx);
      return;
    }
    cut.begin().with(x).with(dy).with(dx).with(norm);
    cut.rows(LAYER_NORM_INPUT, nanos);
  }

  private static final Operation LAYER_NORM_INPUT =
      (kernels, cut, p) -> kernels.doLayerNormInput(p.get(0), p.norm, p.get(1), p.get(2));

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    long nanos = dropNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doDropout(mask, seed, stream, firstRow, x, y);
      return;
    }
    cut.begin().with(x).with(y);
    cut.what = mask;
    cut.seed = seed;
    cut.stream = stream;
    cut.number = firstRow;
    cut.rows(DROPOUT, nanos);
  }

  private static final Operation DROPOUT =
      (kernels, cut, p) ->
          kernels.doDropout(
              (DropoutMask) cut.what,
              cut.seed,
              cut.stream,
              cut.number + p.first,
              p.get(0),
              p.get(1));

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    long nanos = elementNanos(a);
    if (!threads.worth(nanos)) {
      kernels.doAdd(a, b, y);
      return;
    }
    cut.begin().with(a).with(b).with(y);
    cut.rows(ADD, nanos);
  }

  private static final Operation ADD =
      (kernels, cut, p) -> kernels.doAdd(p.get(0), p.get(1), p.get(2));

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    long nanos = elementNanos(x);
    if (!threads.worth(nanos)) {
      kernels.doScaleRows(x, w, y);
      return;
    }
    cut.begin().with(x).with(w).with(y);
    cut.rows(SCALE_ROWS, nanos);
  }

  private static final Operation SCALE_ROWS =
      (kernels, cut, p) -> kernels.doScaleRows(p.get(0), p.get(1), p.get(2));

  @Override
  protected void doUpdate(Update update, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    long nanos = elementNanos(p);
    if (!threads.worth(nanos)) {
      kernels.doUpdate(update, p, g, s1, s2);
      return;
    }
    cut.begin().with(p).with(g).with(s1).with(s2);
    cut.what = update;
    cut.elements(UPDATE, nanos);
  }

  private static final Operation UPDATE =
      (kernels, cut, p) ->
          kernels.doUpdate((Update) cut.what, p.get(0), p.get(1), p.get(2), p.get(3));

  @Override
  double doSumOfSquares(Matrix g) {
    long nanos = elementNanos(g);
    if (!threads.worth(nanos)) {
      return kernels.doSumOfSquares(g);
    }
    // The sums belong to whose turn it is, so it lasts until they are added.
    threads.take();
    try {
      int blocks = (g.columns() - 1) / BLOCK + 1;
      if (cut.sums.length < blocks) {
        cut.sums = new double[blocks];
      }
      cut.begin().with(g);
      int pieces = Math.min(blocks, threads.count() * Threads.MOST_A_THREAD);
      cut.numbers(BLOCK_SUMS, blocks, pieces, nanos);
      double sum = 0;
      for (int i = 0; i < blocks; i++) {
        sum += cut.sums[i];
      }
      return sum;
    } finally {
      threads.release();
    }
  }

  private static final Operation BLOCK_SUMS =
      (kernels, cut, p) -> {
        Matrix g = cut.whole(0);
        for (int block = p.first; block < p.first + p.size; block++) {
          int from = block * BLOCK;
          int length = Math.min(BLOCK, g.columns() - from);
          cut.sums[block] = kernels.blockSum(g.array(), g.off() + from, length);
        }
      };

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    return kernels.doBlockSumOfSquares(g, gOff, length);
  }
}
