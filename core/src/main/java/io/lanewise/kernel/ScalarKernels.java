package io.lanewise.kernel;

import java.util.Arrays;

/**
 * The executable specification: every operation in the plainest loops that say which float
 * operations are done, in which order, and where they are fused. Anything faster must give the same
 * bits.
 */
public final class ScalarKernels extends Kernels {
  /** The name of these kernels. */
  public static final String NAME = "scalar";

  /** The one instance. */
  public static final ScalarKernels INSTANCE = new ScalarKernels();

  private ScalarKernels() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String describe() {
    return "scalar";
  }

  @Override
  public LayerKernels layers() {
    return ScalarLayerKernels.INSTANCE;
  }

  @Override
  public UpdateKernels updates() {
    return ScalarUpdateKernels.INSTANCE;
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
    if (fusion.isScaled()) {
      scaled(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
      return;
    }
    int aRow = form.transA() ? 1 : lda;
    int aColumn = form.transA() ? lda : 1;
    for (int i = 0; i < m; i++) {
      int row = cOff + i * ldc;
      switch (fusion.start()) {
        case ZERO -> Arrays.fill(c, row, row + n, 0f);
        case BIAS -> System.arraycopy(fusion.biasArray(), fusion.biasOff(), c, row, n);
        case ACCUMULATE -> {}
      }
      int aI = aOff + i * aRow;
      if (form.transB()) {
        for (int j = 0; j < n; j++) {
          float sum = c[row + j];
          for (int p = 0; p < k; p++) {
            sum = Math.fma(a[aI + p * aColumn], b[bOff + j * ldb + p], sum);
          }
          c[row + j] = sum;
        }
      } else {
        // The same chains in i-k-j order, which the JIT can vectorize over j.
        for (int p = 0; p < k; p++) {
          float ap = a[aI + p * aColumn];
          int bP = bOff + p * ldb;
          for (int j = 0; j < n; j++) {
            c[row + j] = Math.fma(ap, b[bP + j], c[row + j]);
          }
        }
      }
      if (fusion.activation() != Activation.IDENTITY) {
        doActivate(fusion.activation(), n, c, row, c, row);
      }
      if (fusion.derivative() != null) {
        int saved = fusion.savedOff() + i * fusion.ldSaved();
        doActivateBackward(fusion.derivative(), n, fusion.saved(), saved, c, row, c, row);
      }
    }
  }

  /** The chains of a row, then what {@link Fusion#scaled} says. */
  private void scaled(
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
    float alpha = fusion.alpha();
    float beta = fusion.beta();
    boolean noChain = alpha == 0f || k == 0;
    float[] t = new float[n];
    for (int i = 0; i < m; i++) {
      int aI = aOff + i * (form.transA() ? 1 : lda);
      if (!noChain) {
        doMatmul(form, 1, n, k, a, aI, lda, b, bOff, ldb, t, 0, n, Fusion.NONE);
      }
      for (int j = 0; j < n; j++) {
        int at = cOff + i * ldc + j;
        if (noChain) {
          c[at] = beta == 0f ? 0f : beta * c[at];
        } else {
          c[at] = beta == 0f ? alpha * t[j] : Math.fma(alpha, t[j], beta * c[at]);
        }
      }
    }
  }

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    Arrays.fill(sums, sumsOff, sumsOff + n, 0f);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        sums[sumsOff + j] += x[xOff + i * ldx + j];
      }
    }
  }

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < length; i++) {
      y[yOff + i] = ScalarActivations.apply(f, x[xOff + i]);
    }
  }

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    for (int i = 0; i < length; i++) {
      a[aOff + i] = ScalarActivations.apply(f, z[zOff + i]);
    }
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
    for (int i = 0; i < length; i++) {
      dz[dzOff + i] = da[daOff + i] * ScalarActivations.derivative(f, saved[savedOff + i]);
    }
  }

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    float[] lanes = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      int zRow = zOff + i * ldz;
      int aRow = aOff + i * lda;
      float max = ScalarRows.max(z, zRow, n, lanes);
      for (int j = 0; j < n; j++) {
        a[aRow + j] = FloatMath.exp(z[zRow + j] - max);
      }
      float sum = ScalarRows.sum(a, aRow, n, lanes);
      for (int j = 0; j < n; j++) {
        a[aRow + j] = a[aRow + j] / sum;
      }
    }
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
    float[] lanes = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      int aRow = aOff + i * lda;
      int daRow = daOff + i * ldda;
      int dzRow = dzOff + i * lddz;
      float dot = ScalarRows.dot(a, aRow, da, daRow, n, lanes);
      for (int j = 0; j < n; j++) {
        dz[dzRow + j] = a[aRow + j] * (da[daRow + j] - dot);
      }
    }
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
    float[] lanes = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      rowLoss[rowLossOff + i] =
          ScalarLosses.crossEntropyRow(
              n, z, zOff + i * ldz, labels[labelsOff + i], scale, dz, dzOff + i * lddz, lanes);
    }
  }

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
    float[] lanes = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      rowLoss[rowLossOff + i] =
          ScalarLosses.row(
              loss, n, z, zOff + i * ldz, y, yOff + i * ldy, scale, dz, dzOff + i * lddz, lanes);
    }
  }
}
