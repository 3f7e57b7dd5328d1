package io.lanewise.kernel;

import java.util.Arrays;

/** The executable specification of the layers' operations, as {@link ScalarKernels} is. */
final class ScalarLayerKernels extends LayerKernels {
  static final ScalarLayerKernels INSTANCE = new ScalarLayerKernels();

  private ScalarLayerKernels() {}

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
      for (int j = 0; j < n; j++) {
        float d = x[xOff + i * ldx + j] - mean[meanOff + j];
        y[yOff + i * ldy + j] = Math.fma(d, scale[scaleOff + j], shift[shiftOff + j]);
      }
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
    Arrays.fill(mean, meanOff, meanOff + n, 0f);
    Arrays.fill(variance, varianceOff, varianceOff + n, 0f);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        mean[meanOff + j] += x[xOff + i * ldx + j];
      }
    }
    for (int j = 0; j < n; j++) {
      mean[meanOff + j] /= m;
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float d = x[xOff + i * ldx + j] - mean[meanOff + j];
        variance[varianceOff + j] = Math.fma(d, d, variance[varianceOff + j]);
      }
    }
    for (int j = 0; j < n; j++) {
      variance[varianceOff + j] /= m;
    }
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
    Arrays.fill(dgamma, dgammaOff, dgammaOff + n, 0f);
    Arrays.fill(dbeta, dbetaOff, dbetaOff + n, 0f);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float mean = norm.mean()[norm.meanOff() + first + j];
        float rstd = norm.rstd()[norm.rstdOff() + first + j];
        float xhat = (x[xOff + i * ldx + j] - mean) * rstd;
        float d = dy[dyOff + i * lddy + j];
        dgamma[dgammaOff + j] = Math.fma(d, xhat, dgamma[dgammaOff + j]);
        dbeta[dbetaOff + j] += d;
      }
    }
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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float rstd = norm.rstd()[norm.rstdOff() + j];
        float xhat = (x[xOff + i * ldx + j] - norm.mean()[norm.meanOff() + j]) * rstd;
        float d = dy[dyOff + i * lddy + j] - dbeta[dbetaOff + j] / batch;
        float factor = norm.gamma()[norm.gammaOff() + j] * rstd;
        dx[dxOff + i * lddx + j] = factor * Math.fma(-xhat, dgamma[dgammaOff + j] / batch, d);
      }
    }
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
    float[] lanes = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      float mean = ScalarRows.sum(x, xRow, n, lanes) / n;
      Arrays.fill(lanes, 0f);
      for (int j = 0; j < n; j++) {
        float d = x[xRow + j] - mean;
        lanes[j % ScalarRows.LANES] = Math.fma(d, d, lanes[j % ScalarRows.LANES]);
      }
      float rstd = rstd(ScalarRows.fold(lanes) / n, epsilon);
      norm.mean()[norm.meanOff() + first + i] = mean;
      norm.rstd()[norm.rstdOff() + first + i] = rstd;
      for (int j = 0; j < n; j++) {
        float xhat = (x[xRow + j] - mean) * rstd;
        float gamma = norm.gamma()[norm.gammaOff() + j];
        y[yOff + i * ldy + j] = Math.fma(xhat, gamma, norm.beta()[norm.betaOff() + j]);
      }
    }
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
    Arrays.fill(dgamma, dgammaOff, dgammaOff + n, 0f);
    Arrays.fill(dbeta, dbetaOff, dbetaOff + n, 0f);
    for (int i = 0; i < m; i++) {
      float mean = norm.mean()[norm.meanOff() + i];
      float rstd = norm.rstd()[norm.rstdOff() + i];
      for (int j = 0; j < n; j++) {
        float xhat = (x[xOff + i * ldx + j] - mean) * rstd;
        float d = dy[dyOff + i * lddy + j];
        dgamma[dgammaOff + j] = Math.fma(d, xhat, dgamma[dgammaOff + j]);
        dbeta[dbetaOff + j] += d;
      }
    }
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
    float[] lanes = new float[ScalarRows.LANES];
    float[] products = new float[ScalarRows.LANES];
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      int dyRow = dyOff + i * lddy;
      float mean = norm.mean()[norm.meanOff() + first + i];
      float rstd = norm.rstd()[norm.rstdOff() + first + i];
      Arrays.fill(lanes, 0f);
      Arrays.fill(products, 0f);
      for (int j = 0; j < n; j++) {
        int l = j % ScalarRows.LANES;
        float g = dy[dyRow + j] * norm.gamma()[norm.gammaOff() + j];
        lanes[l] += g;
        products[l] = Math.fma(g, (x[xRow + j] - mean) * rstd, products[l]);
      }
      float t = ScalarRows.fold(lanes) / n;
      float s = ScalarRows.fold(products) / n;
      for (int j = 0; j < n; j++) {
        float g = dy[dyRow + j] * norm.gamma()[norm.gammaOff() + j];
        float xhat = (x[xRow + j] - mean) * rstd;
        dx[dxOff + i * lddx + j] = rstd * Math.fma(-xhat, s, g - t);
      }
    }
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
    int[] words = new int[4];
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32) | Integer.MIN_VALUE;
    for (int i = 0; i < m; i++) {
      for (int first = 0; first < n; first += 64) {
        for (int l = 0; l < 16 && first + l < n; l++) {
          Philox.block(first / 4 + l, firstRow + i, c2, c3, (int) seed, (int) (seed >>> 32), words);
          for (int w = 0; w < 4 && first + 16 * w + l < n; w++) {
            int j = first + 16 * w + l;
            float kept = Math.fma(x[xOff + i * ldx + j], mask.scale(), mask.shift());
            y[yOff + i * ldy + j] = words[w] >= mask.threshold() ? kept : mask.dropped();
          }
        }
      }
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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        y[yOff + i * ldy + j] = a[aOff + i * lda + j] + b[bOff + i * ldb + j];
      }
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
      for (int j = 0; j < n; j++) {
        y[yOff + i * ldy + j] = x[xOff + i * ldx + j] * w[wOff + i];
      }
    }
  }
}
