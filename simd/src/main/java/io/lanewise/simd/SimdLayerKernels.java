package io.lanewise.simd;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;

/** The layers' operations on the Vector API. */
final class SimdLayerKernels extends LayerKernels {
  static final SimdLayerKernels INSTANCE = new SimdLayerKernels();

  private SimdLayerKernels() {}

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
    for (int i = 0; i < m; i++) {
      RowMaps.normalize(
          n, x, xOff + i * ldx, mean, meanOff, scale, scaleOff, shift, shiftOff, y, yOff + i * ldy);
    }
  }

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
    ColumnNorms.moments(m, n, x, xOff, ldx, mean, meanOff, variance, varianceOff);
  }

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
    ColumnNorms.parameters(
        m, n, x, xOff, ldx, norm, first, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
  }

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
    ColumnNorms.input(
        batch, m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff, dx,
        dxOff, lddx);
  }

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
    RowNorms.layerNorm(m, n, x, xOff, ldx, norm, first, epsilon, y, yOff, ldy);
  }

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
    RowNorms.parameters(
        m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
  }

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
    RowNorms.input(m, n, x, xOff, ldx, norm, first, dy, dyOff, lddy, dx, dxOff, lddx);
  }

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
    Scratch scratch = Scratch.get();
    for (int i = 0; i < m; i++) {
      Dropping.dropout(
          mask, n, seed, stream, firstRow + i, x, xOff + i * ldx, y, yOff + i * ldy, scratch);
    }
  }

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
    if (lda == n && ldb == n && ldy == n) {
      RowMaps.add(m * n, a, aOff, b, bOff, y, yOff);
      return;
    }
    for (int i = 0; i < m; i++) {
      RowMaps.add(n, a, aOff + i * lda, b, bOff + i * ldb, y, yOff + i * ldy);
    }
  }

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
    for (int i = 0; i < m; i++) {
      RowMaps.scale(n, x, xOff + i * ldx, w[wOff + i], y, yOff + i * ldy);
    }
  }
}
