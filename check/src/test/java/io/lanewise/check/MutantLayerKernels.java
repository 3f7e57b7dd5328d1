package io.lanewise.check;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.ScalarKernels;

/** The operations of the layers with one fault, or with none. */
final class MutantLayerKernels extends LayerKernels {
  private static final int LANES = 16;
  private static final LayerKernels SCALAR = ScalarKernels.INSTANCE.layers();

  private final Fault fault;

  MutantLayerKernels(Fault fault) {
    this.fault = fault;
  }

  private boolean has(Fault planted) {
    return fault == planted;
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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float xij = x[xOff + i * ldx + j];
        float s = scale[scaleOff + j];
        float t = shift[shiftOff + j];
        float c = mean[meanOff + j];
        y[yOff + i * ldy + j] =
            has(Fault.NORMALIZED_WITHOUT_FMA)
                ? (xij - c) * s + t
                : has(Fault.NORMALIZED_BY_A_FOLDED_SHIFT)
                    ? Math.fma(xij, s, Math.fma(-c, s, t))
                    : Math.fma(xij - c, s, t);
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
    for (int j = 0; j < n; j++) {
      float sum = 0f;
      float squares = 0f;
      for (int i = 0; i < m; i++) {
        float xij = x[xOff + i * ldx + j];
        sum += xij;
        squares = Math.fma(xij, xij, squares);
      }
      float center = has(Fault.MEAN_BY_A_RECIPROCAL) ? sum * (1f / m) : sum / m;
      float chain = 0f;
      for (int i = 0; i < m; i++) {
        float d = x[xOff + i * ldx + j] - center;
        chain = Math.fma(d, d, chain);
      }
      mean[meanOff + j] = center;
      variance[varianceOff + j] =
          has(Fault.VARIANCE_IN_ONE_PASS)
              ? squares / m - center * center
              : chain / (has(Fault.VARIANCE_UNBIASED) ? m - 1 : m);
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
    parameters(
        false, m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
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
    parameters(true, m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
  }

  /** Of a norm whose statistics are those of the rows, or of the columns. */
  private void parameters(
      boolean rows,
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
    for (int j = 0; j < n; j++) {
      float gammaChain = 0f;
      float betaChain = has(Fault.DBETA_ONTO_OLD) ? dbeta[dbetaOff + j] : 0f;
      for (int step = 0; step < m; step++) {
        int i = has(Fault.DGAMMA_BACKWARD) ? m - 1 - step : step;
        int k = rows ? i : j;
        float d = x[xOff + i * ldx + j] - norm.mean()[norm.meanOff() + k];
        float xhat = has(Fault.XHAT_WITHOUT_RSTD) ? d : d * norm.rstd()[norm.rstdOff() + k];
        gammaChain = Math.fma(dy[dyOff + i * lddy + j], xhat, gammaChain);
        betaChain += dy[dyOff + i * lddy + j];
      }
      dgamma[dgammaOff + j] = gammaChain;
      dbeta[dbetaOff + j] = betaChain;
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
        float gamma = norm.gamma()[norm.gammaOff() + j];
        float xhat = (x[xOff + i * ldx + j] - norm.mean()[norm.meanOff() + j]) * rstd;
        float dyij = dy[dyOff + i * lddy + j];
        float d =
            has(Fault.GRADIENT_OF_THE_MEAN_FORGOTTEN) ? dyij : dyij - dbeta[dbetaOff + j] / batch;
        float projected = Math.fma(-xhat, dgamma[dgammaOff + j] / batch, d);
        dx[dxOff + i * lddx + j] =
            has(Fault.FACTORS_FROM_THE_RIGHT)
                ? gamma * (rstd * projected)
                : gamma * rstd * projected;
      }
    }
  }

  /** Lanes of what is added up for each row, folded, over n. */
  private static float mean(float[] lanes, int n) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0] / n;
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
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      int end = has(Fault.NORM_TAIL_DROPPED) && n > LANES ? n - n % LANES : n;
      float[] lanes = new float[LANES];
      for (int j = 0; j < end; j++) {
        lanes[j % LANES] += x[xRow + j];
      }
      float mean = mean(lanes, n);
      float[] squares = new float[LANES];
      for (int j = 0; j < n; j++) {
        float d = x[xRow + j] - mean;
        squares[j % LANES] = Math.fma(d, d, squares[j % LANES]);
      }
      float variance = mean(squares, n);
      float rstd =
          has(Fault.EPSILON_BESIDE_THE_ROOT)
              ? 1f / ((float) Math.sqrt(variance) + epsilon)
              : has(Fault.ROOT_OF_THE_RECIPROCAL)
                  ? (float) Math.sqrt(1f / (variance + epsilon))
                  : LayerKernels.rstd(variance, epsilon);
      norm.mean()[norm.meanOff() + i] = mean;
      norm.rstd()[norm.rstdOff() + i] = has(Fault.VARIANCE_KEPT_FOR_RSTD) ? variance : rstd;
      for (int j = 0; j < n; j++) {
        float gamma = norm.gamma()[norm.gammaOff() + j];
        float beta = norm.beta()[norm.betaOff() + j];
        float d = x[xRow + j] - mean;
        y[yOff + i * ldy + j] =
            has(Fault.GAMMA_TIMES_RSTD_FIRST)
                ? Math.fma(d, rstd * gamma, beta)
                : Math.fma(d * rstd, gamma, beta);
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
    for (int i = 0; i < m; i++) {
      float mean = norm.mean()[norm.meanOff() + i];
      float rstd = norm.rstd()[norm.rstdOff() + i];
      float[] sums = new float[LANES];
      float[] products = new float[LANES];
      float[] g = new float[n];
      float[] xhat = new float[n];
      for (int j = 0; j < n; j++) {
        float gamma = has(Fault.GAMMA_NOT_IN_THE_GRADIENT) ? 1f : norm.gamma()[norm.gammaOff() + j];
        g[j] = dy[dyOff + i * lddy + j] * gamma;
        xhat[j] = (x[xOff + i * ldx + j] - mean) * rstd;
        sums[j % LANES] += g[j];
        products[j % LANES] = Math.fma(g[j], xhat[j], products[j % LANES]);
      }
      float t = mean(sums, n);
      float s = has(Fault.GRADIENT_OF_THE_VARIANCE_FORGOTTEN) ? 0f : mean(products, n);
      for (int j = 0; j < n; j++) {
        dx[dxOff + i * lddx + j] = rstd * Math.fma(-xhat[j], s, g[j] - t);
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
    float[] old = x.clone();
    DropoutMask used =
        has(Fault.KEPT_NOT_SCALED)
            ? new DropoutMask(mask.threshold(), 1f, mask.shift(), mask.dropped())
            : mask;
    SCALAR.dropout(
        used,
        m,
        n,
        has(Fault.SEED_AS_AN_INT) ? (int) seed : seed,
        has(Fault.STREAM_AS_AN_INT) ? stream & 0xffffffffL : stream,
        has(Fault.ROWS_COUNTED_FROM_ZERO) ? 0 : firstRow,
        x,
        xOff,
        ldx,
        y,
        yOff,
        ldy);
    for (int i = 0; i < m && has(Fault.DROPPED_TIMES_ZERO); i++) {
      for (int j = 0; j < n; j++) {
        // A product keeps what a choice drops: NaN, infinities and the sign.
        float yij = y[yOff + i * ldy + j];
        y[yOff + i * ldy + j] =
            yij == 0f && mask.dropped() == 0f ? 0f * old[xOff + i * ldx + j] : yij;
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
    int ld = has(Fault.LD_OF_B_FROM_A) ? Math.min(lda, ldb) : ldb;
    SCALAR.add(m, n, a, aOff, lda, b, bOff, ld, y, yOff, ldy);
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
        float wi = w[wOff + (has(Fault.ROWS_SCALED_BY_COLUMN) ? j % m : i)];
        // 0 x infinity is NaN, and so it stays.
        boolean skipped = has(Fault.ROWS_OF_WEIGHT_ZERO_CLEARED) && wi == 0f;
        y[yOff + i * ldy + j] = skipped ? 0f : x[xOff + i * ldx + j] * wi;
      }
    }
  }
}
