package io.lanewise.kernel;

import io.lanewise.kernel.Kernels.Function;

/**
 * Cuts each operation into pieces that other kernels compute, on {@link Threads}: those with chains
 * down the columns between columns, the others between rows or elements. What computes a piece
 * captures nothing, so it is no new object.
 */
final class ThreadedKernels extends Kernels {
  final Kernels kernels;
  final Threads threads;
  // Of each thread, whose they are during a turn.
  final Cut.Piece[] pieces;
  // The first of those that are free, as many as were in use at once.
  private Cut idle;

  ThreadedKernels(Kernels kernels, Threads threads) {
    this.kernels = kernels;
    this.threads = threads;
    pieces = new Cut.Piece[threads.count()];
    for (int t = 0; t < pieces.length; t++) {
      pieces[t] = new Cut.Piece();
    }
  }

  private Cut begin() {
    return begin(null);
  }

  /** Begins that of an operation with a function, mask or the like. */
  private synchronized Cut begin(Object what) {
    Cut cut = idle == null ? new Cut(this) : idle;
    idle = cut.next;
    return cut.begin(what);
  }

  synchronized void giveBack(Cut cut) {
    cut.next = idle;
    idle = cut;
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
    Cut cut = begin().with(a, c, bias).with(saved, b);
    cut.form = form;
    cut.epilogue = epilogue;
    cut.grid(c, k, Cut.GRAIN, nanos, ThreadedKernels::matmul);
  }

  private static void matmul(Kernels kernels, Cut cut, Cut.Piece p) {
    int i = cut.grid.row(p.first);
    int m = cut.grid.m(p.first);
    int j = cut.grid.column(p.first);
    int n = cut.grid.n(p.first);
    int k = cut.grid.k;
    Matrix c = p.part(1, i, m, j, n);
    Matrix bias = p.part(2, 0, 1, j, n);
    Matrix saved = p.part(3, i, m, j, n);
    if (cut.what == null) {
      Transpose form = cut.form;
      Matrix a = form.a() ? p.part(0, 0, k, i, m) : p.part(0, i, m, 0, k);
      Matrix b = form.b() ? p.part(4, j, n, 0, k) : p.part(4, 0, k, j, n);
      kernels.doMatmul(form, a, b, c, cut.epilogue, bias, saved);
    } else {
      Matrix a = p.part(0, i, m, 0, k);
      PackedMatrix b = (PackedMatrix) cut.what;
      kernels.doMatmulPacked(a, b, cut.number + j, c, cut.epilogue, bias, saved);
    }
  }

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
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    long nanos = productNanos(c, b.k());
    if (!threads.worth(nanos)) {
      kernels.doMatmulPacked(a, b, from, c, epilogue, bias, saved);
      return;
    }
    Cut cut = begin(b).with(a, c).with(bias, saved);
    cut.number = from;
    cut.epilogue = epilogue;
    // The cut leaves a whole grain behind it, as packed columns ask for.
    cut.grid(c, b.k(), PACKED_GRAIN, nanos, ThreadedKernels::matmul);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin().with(x, sums).columns(nanos, (k, c, p) -> k.doColumnSums(p.get(0), p.get(1)));
    } else {
      kernels.doColumnSums(x, sums);
    }
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin(f)
          .with(x, y)
          .elements(nanos, (k, c, p) -> k.doMap((Function) c.what, p.get(0), p.get(1)));
    } else {
      kernels.doMap(f, x, y);
    }
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    long nanos = elementNanos(z);
    if (threads.worth(nanos)) {
      begin(f)
          .with(z, a)
          .elements(nanos, (k, c, p) -> k.doActivate((Activation) c.what, p.get(0), p.get(1)));
    } else {
      kernels.doActivate(f, z, a);
    }
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    long nanos = elementNanos(saved);
    if (threads.worth(nanos)) {
      begin(f)
          .with(saved, da, dz)
          .elements(
              nanos,
              (k, c, p) -> k.doActivateBackward((Activation) c.what, p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doActivateBackward(f, saved, da, dz);
    }
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    long nanos = rowNanos(z);
    if (threads.worth(nanos)) {
      begin().with(z, a).rows(nanos, (k, c, p) -> k.doSoftmax(p.get(0), p.get(1)));
    } else {
      kernels.doSoftmax(z, a);
    }
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    long nanos = rowNanos(a);
    if (threads.worth(nanos)) {
      begin()
          .with(a, da, dz)
          .rows(nanos, (k, c, p) -> k.doSoftmaxBackward(p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doSoftmaxBackward(a, da, dz);
    }
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    long nanos = rowNanos(z);
    if (threads.worth(nanos)) {
      begin().with(z, a).rows(nanos, (k, c, p) -> k.doLogSoftmax(p.get(0), p.get(1)));
    } else {
      kernels.doLogSoftmax(z, a);
    }
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    long nanos = rowNanos(a);
    if (threads.worth(nanos)) {
      begin()
          .with(a, da, dz)
          .rows(nanos, (k, c, p) -> k.doLogSoftmaxBackward(p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doLogSoftmaxBackward(a, da, dz);
    }
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    long nanos = rowNanos(z);
    if (threads.worth(nanos)) {
      Cut cut = begin().with(z, dz, rowLoss);
      cut.labels = labels;
      cut.labelsOff = labelsOff;
      cut.scalar = scale;
      cut.rows(
          nanos,
          (k, c, p) ->
              k.doCrossEntropy(
                  p.get(0), c.labels, c.labelsOff + p.first, c.scalar, p.get(1), p.get(2)));
    } else {
      kernels.doCrossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
    }
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    long nanos = rowNanos(z);
    if (threads.worth(nanos)) {
      Cut cut = begin(loss).with(z, y).with(dz, rowLoss);
      cut.scalar = scale;
      cut.rows(
          nanos,
          (k, c, p) ->
              k.doLoss((LossFunction) c.what, p.get(0), p.get(1), c.scalar, p.get(2), p.get(3)));
    } else {
      kernels.doLoss(loss, z, y, scale, dz, rowLoss);
    }
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin()
          .with(x, mean, scale)
          .with(shift, y)
          .rows(
              nanos, (k, c, p) -> k.doNormalize(p.get(0), p.get(1), p.get(2), p.get(3), p.get(4)));
    } else {
      kernels.doNormalize(x, mean, scale, shift, y);
    }
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin()
          .with(x, mean, variance)
          .columns(nanos, (k, c, p) -> k.doColumnMoments(p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doColumnMoments(x, mean, variance);
    }
  }

  @Override
  protected void doBatchNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin()
          .with(x, dy)
          .with(dgamma, dbeta)
          .with(norm)
          .columns(
              nanos,
              (k, c, p) -> k.doBatchNormParameters(p.get(0), p.norm, p.get(1), p.get(2), p.get(3)));
    } else {
      kernels.doBatchNormParameters(x, norm, dy, dgamma, dbeta);
    }
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      Cut cut = begin().with(x, dy, dgamma).with(dbeta, dx).with(norm);
      cut.number = batch;
      cut.rows(
          nanos,
          (k, c, p) ->
              k.doBatchNormInput(
                  c.number, p.get(0), p.norm, p.get(1), p.get(2), p.get(3), p.get(4)));
    } else {
      kernels.doBatchNormInput(batch, x, norm, dy, dgamma, dbeta, dx);
    }
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    long nanos = rowNanos(x);
    if (threads.worth(nanos)) {
      Cut cut = begin().with(x, y).with(norm);
      cut.scalar = epsilon;
      cut.rows(nanos, (k, c, p) -> k.doLayerNorm(p.get(0), p.norm, c.scalar, p.get(1)));
    } else {
      kernels.doLayerNorm(x, norm, epsilon, y);
    }
  }

  @Override
  protected void doLayerNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin()
          .with(x, dy)
          .with(dgamma, dbeta)
          .with(norm)
          .columns(
              nanos,
              (k, c, p) -> k.doLayerNormParameters(p.get(0), p.norm, p.get(1), p.get(2), p.get(3)));
    } else {
      kernels.doLayerNormParameters(x, norm, dy, dgamma, dbeta);
    }
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    long nanos = rowNanos(x);
    if (threads.worth(nanos)) {
      begin()
          .with(x, dy, dx)
          .with(norm)
          .rows(nanos, (k, c, p) -> k.doLayerNormInput(p.get(0), p.norm, p.get(1), p.get(2)));
    } else {
      kernels.doLayerNormInput(x, norm, dy, dx);
    }
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    long nanos = dropNanos(x);
    if (threads.worth(nanos)) {
      Cut cut = begin(mask).with(x, y);
      cut.seed = seed;
      cut.stream = stream;
      cut.number = firstRow;
      cut.rows(
          nanos,
          (k, c, p) ->
              k.doDropout(
                  (DropoutMask) c.what, c.seed, c.stream, c.number + p.first, p.get(0), p.get(1)));
    } else {
      kernels.doDropout(mask, seed, stream, firstRow, x, y);
    }
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    long nanos = elementNanos(a);
    if (threads.worth(nanos)) {
      begin().with(a, b, y).rows(nanos, (k, c, p) -> k.doAdd(p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doAdd(a, b, y);
    }
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    long nanos = elementNanos(x);
    if (threads.worth(nanos)) {
      begin().with(x, w, y).rows(nanos, (k, c, p) -> k.doScaleRows(p.get(0), p.get(1), p.get(2)));
    } else {
      kernels.doScaleRows(x, w, y);
    }
  }

  @Override
  protected void doUpdate(Update update, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    long nanos = elementNanos(p);
    if (threads.worth(nanos)) {
      begin(update)
          .with(p, g)
          .with(s1, s2)
          .elements(
              nanos,
              (k, c, at) ->
                  k.doUpdate((Update) c.what, at.get(0), at.get(1), at.get(2), at.get(3)));
    } else {
      kernels.doUpdate(update, p, g, s1, s2);
    }
  }

  @Override
  double doSumOfSquares(Matrix g) {
    long nanos = elementNanos(g);
    if (!threads.worth(nanos)) {
      return kernels.doSumOfSquares(g);
    }
    return begin().with(g).sumOfSquares(nanos);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    return kernels.doBlockSumOfSquares(g, gOff, length);
  }
}
