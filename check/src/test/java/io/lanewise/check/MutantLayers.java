package io.lanewise.check;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;

/** The operations of the layers and the updates with one fault, or with none. */
class MutantLayers extends MutantUpdates {
  private static final int LANES = 16;

  MutantLayers(Fault fault) {
    super(fault);
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        float xij = x.get(i, j);
        float s = scale.get(0, j);
        float t = shift.get(0, j);
        float c = mean.get(0, j);
        float yij =
            has(Fault.NORMALIZED_WITHOUT_FMA)
                ? (xij - c) * s + t
                : has(Fault.NORMALIZED_BY_A_FOLDED_SHIFT)
                    ? Math.fma(xij, s, Math.fma(-c, s, t))
                    : Math.fma(xij - c, s, t);
        y.put(i, j, yij);
      }
    }
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    int m = x.rows();
    for (int j = 0; j < x.columns(); j++) {
      float sum = 0f;
      float squares = 0f;
      for (int i = 0; i < m; i++) {
        float xij = x.get(i, j);
        sum += xij;
        squares = Math.fma(xij, xij, squares);
      }
      float center = has(Fault.MEAN_BY_A_RECIPROCAL) ? sum * (1f / m) : sum / m;
      float chain = 0f;
      for (int i = 0; i < m; i++) {
        float d = x.get(i, j) - center;
        chain = Math.fma(d, d, chain);
      }
      mean.put(0, j, center);
      float result =
          has(Fault.VARIANCE_IN_ONE_PASS)
              ? squares / m - center * center
              : chain / (has(Fault.VARIANCE_UNBIASED) ? m - 1 : m);
      variance.put(0, j, result);
    }
  }

  @Override
  protected void doNormParameters(
      boolean rows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    for (int j = 0; j < x.columns(); j++) {
      float gammaChain = 0f;
      float betaChain = has(Fault.DBETA_ONTO_OLD) ? dbeta.get(0, j) : 0f;
      for (int step = 0; step < x.rows(); step++) {
        int i = has(Fault.DGAMMA_BACKWARD) ? x.rows() - 1 - step : step;
        float mean = rows ? norm.mean().get(i, 0) : norm.mean().get(0, j);
        float rstd = rows ? norm.rstd().get(i, 0) : norm.rstd().get(0, j);
        float d = x.get(i, j) - mean;
        float xhat = has(Fault.XHAT_WITHOUT_RSTD) ? d : d * rstd;
        gammaChain = Math.fma(dy.get(i, j), xhat, gammaChain);
        betaChain += dy.get(i, j);
      }
      dgamma.put(0, j, gammaChain);
      dbeta.put(0, j, betaChain);
    }
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        float rstd = norm.rstd().get(0, j);
        float gamma = norm.gamma().get(0, j);
        float xhat = (x.get(i, j) - norm.mean().get(0, j)) * rstd;
        boolean without = has(Fault.GRADIENT_OF_THE_MEAN_FORGOTTEN);
        float d = without ? dy.get(i, j) : dy.get(i, j) - dbeta.get(0, j) / batch;
        float projected = Math.fma(-xhat, dgamma.get(0, j) / batch, d);
        boolean fromRight = has(Fault.FACTORS_FROM_THE_RIGHT);
        dx.put(i, j, fromRight ? gamma * (rstd * projected) : gamma * rstd * projected);
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
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    int n = x.columns();
    for (int i = 0; i < x.rows(); i++) {
      int end = has(Fault.NORM_TAIL_DROPPED) && n > LANES ? n - n % LANES : n;
      float[] lanes = new float[LANES];
      for (int j = 0; j < end; j++) {
        lanes[j % LANES] += x.get(i, j);
      }
      float mean = mean(lanes, n);
      float[] squares = new float[LANES];
      for (int j = 0; j < n; j++) {
        float d = x.get(i, j) - mean;
        squares[j % LANES] = Math.fma(d, d, squares[j % LANES]);
      }
      float variance = mean(squares, n);
      float rstd =
          has(Fault.EPSILON_BESIDE_THE_ROOT)
              ? 1f / ((float) Math.sqrt(variance) + epsilon)
              : has(Fault.ROOT_OF_THE_RECIPROCAL)
                  ? (float) Math.sqrt(1f / (variance + epsilon))
                  : Norm.rstd(variance, epsilon);
      if (!(rstd > 0f) && !has(Fault.SQUARES_BEYOND_FLOAT)) {
        row(i, x, norm, epsilon, y);
        continue;
      }
      norm.mean().put(i, 0, mean);
      norm.rstd().put(i, 0, has(Fault.VARIANCE_KEPT_FOR_RSTD) ? variance : rstd);
      for (int j = 0; j < n; j++) {
        float gamma = norm.gamma().get(0, j);
        float beta = norm.beta().get(0, j);
        float d = x.get(i, j) - mean;
        boolean first = has(Fault.GAMMA_TIMES_RSTD_FIRST);
        y.put(i, j, first ? Math.fma(d, rstd * gamma, beta) : Math.fma(d * rstd, gamma, beta));
      }
    }
  }

  /** What is rare, by the specification. */
  private static void row(int i, Matrix x, Norm norm, float epsilon, Matrix y) {
    Matrix mean = new Matrix().part(norm.mean(), i, 1, 0, 1);
    Matrix rstd = new Matrix().part(norm.rstd(), i, 1, 0, 1);
    SCALAR.layerNorm(
        new Matrix().part(x, i, 1, 0, x.columns()),
        new Norm(norm.gamma(), norm.beta(), mean, rstd),
        epsilon,
        new Matrix().part(y, i, 1, 0, x.columns()));
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    int n = x.columns();
    for (int i = 0; i < x.rows(); i++) {
      float mean = norm.mean().get(i, 0);
      float rstd = norm.rstd().get(i, 0);
      float[] sums = new float[LANES];
      float[] products = new float[LANES];
      float[] g = new float[n];
      float[] xhat = new float[n];
      for (int j = 0; j < n; j++) {
        float gamma = has(Fault.GAMMA_NOT_IN_THE_GRADIENT) ? 1f : norm.gamma().get(0, j);
        g[j] = dy.get(i, j) * gamma;
        xhat[j] = (x.get(i, j) - mean) * rstd;
        sums[j % LANES] += g[j];
        products[j % LANES] = Math.fma(g[j], xhat[j], products[j % LANES]);
      }
      float t = mean(sums, n);
      float s = has(Fault.GRADIENT_OF_THE_VARIANCE_FORGOTTEN) ? 0f : mean(products, n);
      for (int j = 0; j < n; j++) {
        dx.put(i, j, rstd * Math.fma(-xhat[j], s, g[j] - t));
      }
    }
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    Matrix old = copy(x);
    DropoutMask used =
        has(Fault.KEPT_NOT_SCALED)
            ? new DropoutMask(mask.threshold(), 1f, mask.shift(), mask.dropped())
            : mask;
    SCALAR.dropout(
        used,
        has(Fault.SEED_AS_AN_INT) ? (int) seed : seed,
        has(Fault.STREAM_AS_AN_INT) ? stream & 0xffffffffL : stream,
        has(Fault.ROWS_COUNTED_FROM_ZERO) ? 0 : firstRow,
        x,
        y);
    for (int i = 0; i < x.rows() && has(Fault.DROPPED_TIMES_ZERO); i++) {
      for (int j = 0; j < x.columns(); j++) {
        // A product keeps what a choice drops: NaN, infinities and the sign.
        float yij = y.get(i, j);
        y.put(i, j, yij == 0f && mask.dropped() == 0f ? 0f * old.get(i, j) : yij);
      }
    }
  }

  /** The window on a copy of its array. */
  static Matrix copy(Matrix x) {
    return x.on(x.array().clone());
  }

  /** The same elements were the distance of two rows another one. */
  static Matrix withLd(Matrix x, int ld) {
    return new Matrix(x.array(), x.off(), ld, x.rows(), x.columns());
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    SCALAR.add(a, has(Fault.LD_OF_B_FROM_A) ? withLd(b, Math.min(a.ld(), b.ld())) : b, y);
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        float wi = w.get(has(Fault.ROWS_SCALED_BY_COLUMN) ? j % x.rows() : i, 0);
        // 0 x infinity is NaN, and so it stays.
        boolean skipped = has(Fault.ROWS_OF_WEIGHT_ZERO_CLEARED) && wi == 0f;
        y.put(i, j, skipped ? 0f : x.get(i, j) * wi);
      }
    }
  }
}
