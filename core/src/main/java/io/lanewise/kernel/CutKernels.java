package io.lanewise.kernel;

import static io.lanewise.kernel.Cut.dropNanos;
import static io.lanewise.kernel.Cut.elementNanos;
import static io.lanewise.kernel.Cut.productNanos;
import static io.lanewise.kernel.Cut.rowNanos;

import io.lanewise.kernel.Kernels.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands each operation on as a {@link Cut}, which other kernels compute, whole or in pieces: those
 * with chains down the columns between columns, the others between rows or elements. What computes
 * a piece captures nothing, so it is no new object.
 */
abstract class CutKernels extends Kernels {
  final Kernels kernels;
  // Of each thread, whose they are during a turn.
  final Cut.Piece[] pieces;
  // The first of those that are free, as many as were in use at once.
  private Cut idle;

  CutKernels(Kernels kernels, int threads) {
    this.kernels = kernels;
    pieces = new Cut.Piece[threads];
    for (int t = 0; t < threads; t++) {
      pieces[t] = new Cut.Piece();
    }
  }

  /**
   * Begins an operation that takes one thread about so many ns.
   *
   * @param what its function, form or the like
   * @return null where the kernels are to compute it as it is
   */
  abstract @Nullable Cut begin(Op op, long nanos, @Nullable Object what);

  /** Runs all pieces of an operation that takes one thread about so many ns. */
  abstract void run(Cut cut, int count, long nanos);

  private @Nullable Cut begin(Op op, long nanos) {
    return begin(op, nanos, null);
  }

  synchronized Cut take() {
    Cut cut = idle == null ? new Cut(this) : idle;
    idle = cut.next;
    return cut;
  }

  synchronized void giveBack(Cut cut) {
    cut.next = idle;
    idle = cut;
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    int k = form.a() ? a.rows() : a.columns();
    Cut cut = begin(Op.MATMUL, productNanos(c, k), form);
    if (cut == null) {
      kernels.doMatmul(form, a, b, c, epilogue, bias, saved);
    } else {
      cut.with(a, c, bias).with(saved, b);
      cut.form = form;
      cut.epilogue = epilogue;
      cut.product(c, k, Cut.GRAIN);
    }
  }

  @Override
  protected Kernels packer() {
    return kernels.packer();
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    return kernels.doPack(b);
  }

  @Override
  protected PackedMatrix doPackIntegers(Matrix b) {
    return kernels.doPackIntegers(b);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Cut cut = begin(c.rows() == 1 ? Op.ROW_PACKED : Op.MATMUL_PACKED, productNanos(c, b.k()), b);
    if (cut == null) {
      kernels.doMatmulPacked(a, b, from, c, epilogue, bias, saved);
    } else {
      cut.with(a, c).with(bias, saved);
      cut.number = from;
      cut.epilogue = epilogue;
      // The cut leaves a whole grain behind it, as packed columns ask for.
      cut.product(c, b.k(), PACKED_GRAIN);
    }
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    Cut cut = begin(Op.COLUMN_SUMS, elementNanos(x));
    if (cut == null) {
      kernels.doColumnSums(x, sums);
    } else {
      cut.with(x, sums).columns((k, c, p) -> k.doColumnSums(p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    Cut cut = begin(Op.MAP, elementNanos(x), f);
    if (cut == null) {
      kernels.doMap(f, x, y);
    } else {
      cut.with(x, y).elements((k, c, p) -> k.doMap((Function) c.what, p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    Cut cut = begin(Op.ACTIVATE, elementNanos(z), f);
    if (cut == null) {
      kernels.doActivate(f, z, a);
    } else {
      cut.with(z, a).elements((k, c, p) -> k.doActivate((Activation) c.what, p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    Cut cut = begin(Op.ACTIVATE_BACKWARD, elementNanos(saved), f);
    if (cut == null) {
      kernels.doActivateBackward(f, saved, da, dz);
    } else {
      cut.with(saved, da, dz);
      cut.elements(
          (k, c, p) -> k.doActivateBackward((Activation) c.what, p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    Cut cut = begin(Op.SOFTMAX, rowNanos(z));
    if (cut == null) {
      kernels.doSoftmax(z, a);
    } else {
      cut.with(z, a).rows((k, c, p) -> k.doSoftmax(p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    Cut cut = begin(Op.SOFTMAX_BACKWARD, rowNanos(a));
    if (cut == null) {
      kernels.doSoftmaxBackward(a, da, dz);
    } else {
      cut.with(a, da, dz).rows((k, c, p) -> k.doSoftmaxBackward(p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    Cut cut = begin(Op.LOG_SOFTMAX, rowNanos(z));
    if (cut == null) {
      kernels.doLogSoftmax(z, a);
    } else {
      cut.with(z, a).rows((k, c, p) -> k.doLogSoftmax(p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    Cut cut = begin(Op.LOG_SOFTMAX_BACKWARD, rowNanos(a));
    if (cut == null) {
      kernels.doLogSoftmaxBackward(a, da, dz);
    } else {
      cut.with(a, da, dz).rows((k, c, p) -> k.doLogSoftmaxBackward(p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doAttention(Heads heads, Matrix q, Matrix k, Matrix v, Matrix mask, Matrix y) {
    int keys = k.rows() / heads.texts();
    Cut cut = begin(Op.ATTENTION, productNanos(q, keys) + productNanos(y, keys), heads);
    if (cut == null) {
      kernels.doAttention(heads, q, k, v, mask, y);
    } else {
      cut.with(q, k, v).with(mask, y);
      cut.numbers(
          heads.end(),
          (some, c, p) ->
              some.doAttention(
                  p.heads.part((Heads) c.what, p.first, p.size),
                  p.get(0),
                  p.get(1),
                  p.get(2),
                  p.get(3),
                  p.get(4)));
    }
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    Cut cut = begin(Op.CROSS_ENTROPY, rowNanos(z));
    if (cut == null) {
      kernels.doCrossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
    } else {
      cut.with(z, dz, rowLoss);
      cut.labels = labels;
      cut.labelsOff = labelsOff;
      cut.scalar = scale;
      cut.rows(
          (k, c, p) ->
              k.doCrossEntropy(
                  p.get(0), c.labels, c.labelsOff + p.first, c.scalar, p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    Cut cut = begin(Op.LOSS, rowNanos(z), loss);
    if (cut == null) {
      kernels.doLoss(loss, z, y, scale, dz, rowLoss);
    } else {
      cut.with(z, y).with(dz, rowLoss);
      cut.scalar = scale;
      cut.rows(
          (k, c, p) ->
              k.doLoss((LossFunction) c.what, p.get(0), p.get(1), c.scalar, p.get(2), p.get(3)));
    }
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    Cut cut = begin(Op.NORMALIZE, elementNanos(x));
    if (cut == null) {
      kernels.doNormalize(x, mean, scale, shift, y);
    } else {
      cut.with(x, mean, scale).with(shift, y);
      cut.rows((k, c, p) -> k.doNormalize(p.get(0), p.get(1), p.get(2), p.get(3), p.get(4)));
    }
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    Cut cut = begin(Op.COLUMN_MOMENTS, elementNanos(x));
    if (cut == null) {
      kernels.doColumnMoments(x, mean, variance);
    } else {
      cut.with(x, mean, variance);
      cut.columns((k, c, p) -> k.doColumnMoments(p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doNormParameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    Cut cut = begin(Op.NORM_PARAMETERS, elementNanos(x), ofRows);
    if (cut == null) {
      kernels.doNormParameters(ofRows, x, norm, dy, dgamma, dbeta);
    } else {
      cut.with(x, dy).with(dgamma, dbeta).with(norm);
      cut.columns(
          (k, c, p) ->
              k.doNormParameters((boolean) c.what, p.get(0), p.norm, p.get(1), p.get(2), p.get(3)));
    }
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    Cut cut = begin(Op.BATCH_NORM_INPUT, elementNanos(x));
    if (cut == null) {
      kernels.doBatchNormInput(batch, x, norm, dy, dgamma, dbeta, dx);
    } else {
      cut.with(x, dy, dgamma).with(dbeta, dx).with(norm);
      cut.number = batch;
      cut.rows(
          (k, c, p) ->
              k.doBatchNormInput(
                  c.number, p.get(0), p.norm, p.get(1), p.get(2), p.get(3), p.get(4)));
    }
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    Cut cut = begin(Op.LAYER_NORM, rowNanos(x));
    if (cut == null) {
      kernels.doLayerNorm(x, norm, epsilon, y);
    } else {
      cut.with(x, y).with(norm);
      cut.scalar = epsilon;
      cut.rows((k, c, p) -> k.doLayerNorm(p.get(0), p.norm, c.scalar, p.get(1)));
    }
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    Cut cut = begin(Op.LAYER_NORM_INPUT, rowNanos(x));
    if (cut == null) {
      kernels.doLayerNormInput(x, norm, dy, dx);
    } else {
      cut.with(x, dy, dx).with(norm);
      cut.rows((k, c, p) -> k.doLayerNormInput(p.get(0), p.norm, p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    Cut cut = begin(Op.DROPOUT, dropNanos(x), mask);
    if (cut == null) {
      kernels.doDropout(mask, seed, stream, firstRow, x, y);
    } else {
      cut.with(x, y);
      cut.seed = seed;
      cut.stream = stream;
      cut.number = firstRow;
      cut.rows(
          (k, c, p) ->
              k.doDropout(
                  (DropoutMask) c.what, c.seed, c.stream, c.number + p.first, p.get(0), p.get(1)));
    }
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    Cut cut = begin(Op.ADD, elementNanos(a));
    if (cut == null) {
      kernels.doAdd(a, b, y);
    } else {
      cut.with(a, b, y).rows((k, c, p) -> k.doAdd(p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    Cut cut = begin(Op.SCALE_ROWS, elementNanos(x));
    if (cut == null) {
      kernels.doScaleRows(x, w, y);
    } else {
      cut.with(x, w, y).rows((k, c, p) -> k.doScaleRows(p.get(0), p.get(1), p.get(2)));
    }
  }

  @Override
  protected void doUpdate(Update update, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    Cut cut = begin(Op.UPDATE, elementNanos(p), update);
    if (cut == null) {
      kernels.doUpdate(update, p, g, s1, s2);
    } else {
      cut.with(p, g).with(s1, s2);
      cut.elements(
          (k, c, at) -> k.doUpdate((Update) c.what, at.get(0), at.get(1), at.get(2), at.get(3)));
    }
  }

  @Override
  double doSumOfSquares(Matrix g) {
    Cut cut = begin(Op.SUM_OF_SQUARES, elementNanos(g));
    return cut == null ? kernels.doSumOfSquares(g) : cut.with(g).sumOfSquares();
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    return kernels.doBlockSumOfSquares(g, gOff, length);
  }
}
