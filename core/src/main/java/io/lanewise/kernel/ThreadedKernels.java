package io.lanewise.kernel;

/**
 * Cuts an operation into parts that other kernels compute, on {@link Threads}. A cut is between
 * rows, columns or elements, so no chain is cut.
 */
final class ThreadedKernels extends Kernels {
  // Below these an operation takes less time than waking a thread and waiting for it (about 10 us).
  private static final long MIN_FLOPS = 2_000_000;
  private static final long MIN_ELEMENTS = 65_536;

  // Cuts fall on multiples of this, so that no part has a tail that the whole has not.
  private static final int GRAIN = 32;

  private final Kernels kernels;
  private final Threads threads;

  ThreadedKernels(Kernels kernels, Threads threads) {
    this.kernels = kernels;
    this.threads = threads;
  }

  boolean on(Threads other) {
    return threads == other;
  }

  /** The part of an operation that begins at {@code from}. */
  private interface Range {
    void run(int from, int size);
  }

  /** Runs the range of each part on a thread of its own; a cut falls on a multiple of grain. */
  private void split(int length, int grain, Range range) {
    threads.run(
        (part, parts) -> {
          int from = cut(length, part, parts, grain);
          int size = cut(length, part + 1, parts, grain) - from;
          if (size > 0) {
            range.run(from, size);
          }
        });
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public String describe() {
    return kernels.describe() + ", " + threads.count() + " threads";
  }

  /** The first element of a part; that of the part after the last one is length. */
  private static int cut(int length, int part, int parts, int grain) {
    long grains = (length + (long) grain - 1) / grain;
    return (int) Math.min(length, grains * part / parts * grain);
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
    if (2L * m * n * k < MIN_FLOPS) {
      kernels.doMatmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
      return;
    }
    boolean byRows = m >= n;
    int aStep = form.transA() ? 1 : lda;
    int bStep = form.transB() ? ldb : 1;
    split(
        byRows ? m : n,
        GRAIN,
        (from, size) -> {
          if (byRows) {
            kernels.doMatmul(
                form,
                size,
                n,
                k,
                a,
                aOff + from * aStep,
                lda,
                b,
                bOff,
                ldb,
                c,
                cOff + from * ldc,
                ldc,
                fusion.at(from, 0));
          } else {
            kernels.doMatmul(
                form,
                m,
                size,
                k,
                a,
                aOff,
                lda,
                b,
                bOff + from * bStep,
                ldb,
                c,
                cOff + from,
                ldc,
                fusion.at(0, from));
          }
        });
  }

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    if ((long) m * n < MIN_ELEMENTS) {
      kernels.doColumnSums(m, n, x, xOff, ldx, sums, sumsOff);
      return;
    }
    split(
        n,
        GRAIN,
        (from, size) -> kernels.doColumnSums(m, size, x, xOff + from, ldx, sums, sumsOff + from));
  }

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    if (length < MIN_ELEMENTS) {
      kernels.doMap(f, length, x, xOff, y, yOff);
      return;
    }
    split(length, GRAIN, (from, size) -> kernels.doMap(f, size, x, xOff + from, y, yOff + from));
  }

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    if (length < MIN_ELEMENTS) {
      kernels.doActivate(f, length, z, zOff, a, aOff);
      return;
    }
    split(
        length, GRAIN, (from, size) -> kernels.doActivate(f, size, z, zOff + from, a, aOff + from));
  }

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
    if (length < MIN_ELEMENTS) {
      kernels.doActivateBackward(f, length, saved, savedOff, da, daOff, dz, dzOff);
      return;
    }
    split(
        length,
        GRAIN,
        (from, size) ->
            kernels.doActivateBackward(
                f, size, saved, savedOff + from, da, daOff + from, dz, dzOff + from));
  }

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    if ((long) m * n < MIN_ELEMENTS) {
      kernels.doSoftmax(m, n, z, zOff, ldz, a, aOff, lda);
      return;
    }
    split(
        m,
        1,
        (from, size) ->
            kernels.doSoftmax(size, n, z, zOff + from * ldz, ldz, a, aOff + from * lda, lda));
  }

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
    if ((long) m * n < MIN_ELEMENTS) {
      kernels.doSoftmaxBackward(m, n, a, aOff, lda, da, daOff, ldda, dz, dzOff, lddz);
      return;
    }
    split(
        m,
        1,
        (from, size) ->
            kernels.doSoftmaxBackward(
                size,
                n,
                a,
                aOff + from * lda,
                lda,
                da,
                daOff + from * ldda,
                ldda,
                dz,
                dzOff + from * lddz,
                lddz));
  }

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
    if ((long) m * n < MIN_ELEMENTS) {
      kernels.doCrossEntropy(
          m, n, z, zOff, ldz, labels, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    split(
        m,
        1,
        (from, size) ->
            kernels.doCrossEntropy(
                size,
                n,
                z,
                zOff + from * ldz,
                ldz,
                labels,
                labelsOff + from,
                scale,
                dz,
                dzOff + from * lddz,
                lddz,
                rowLoss,
                rowLossOff + from));
  }

  @Override
  protected void doLoss(
      LossKernel loss,
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
    if ((long) m * n < MIN_ELEMENTS) {
      kernels.doLoss(
          loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      return;
    }
    split(
        m,
        1,
        (from, size) ->
            kernels.doLoss(
                loss,
                size,
                n,
                z,
                zOff + from * ldz,
                ldz,
                y,
                yOff + from * ldy,
                ldy,
                scale,
                dz,
                dzOff + from * lddz,
                lddz,
                rowLoss,
                rowLossOff + from));
  }

  @Override
  protected void doSgd(int length, float[] p, int pOff, float[] g, int gOff, float learningRate) {
    if (length < MIN_ELEMENTS) {
      kernels.doSgd(length, p, pOff, g, gOff, learningRate);
      return;
    }
    split(
        length,
        GRAIN,
        (from, size) -> kernels.doSgd(size, p, pOff + from, g, gOff + from, learningRate));
  }

  @Override
  protected void doAdam(
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] m1,
      int m1Off,
      float[] m2,
      int m2Off,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    if (length < MIN_ELEMENTS) {
      kernels.doAdam(
          length,
          p,
          pOff,
          g,
          gOff,
          m1,
          m1Off,
          m2,
          m2Off,
          oneMinusBeta1,
          beta2,
          oneMinusBeta2,
          stepSize,
          rootScale,
          epsilon);
      return;
    }
    split(
        length,
        GRAIN,
        (from, size) ->
            kernels.doAdam(
                size,
                p,
                pOff + from,
                g,
                gOff + from,
                m1,
                m1Off + from,
                m2,
                m2Off + from,
                oneMinusBeta1,
                beta2,
                oneMinusBeta2,
                stepSize,
                rootScale,
                epsilon));
  }
}
