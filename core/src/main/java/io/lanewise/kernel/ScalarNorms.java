package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.negative;

import java.util.Arrays;

/** The executable specification of the normalizations, as {@link ScalarKernels} is. */
final class ScalarNorms {
  private ScalarNorms() {}

  /** What x and a mean are taken times before their difference, which is then never infinite. */
  private static float half(float mean) {
    return Math.abs(mean) < 0x1p102f ? 1f : 0.5f;
  }

  /** Those kernels; the specification itself where there is a mean for which that is not 1. */
  static Kernels unlessLarge(Matrix means, Kernels kernels) {
    for (int i = 0; i < means.rows() * means.columns(); i++) {
      if (half(of(means, i)) < 1f) {
        return ScalarKernels.INSTANCE;
      }
    }
    return kernels;
  }

  private static float xhat(float x, float mean, float rstd) {
    float half = half(mean);
    return (half * x - half * mean) * (rstd / half);
  }

  /** In arrays of their own, so that C2 makes vectors of the loop. */
  static void normalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    PlainProduct scratch = PlainProduct.take();
    float[] halves = scratch.row(0);
    float[] centers = scratch.row(1);
    float[] scales = scratch.row(2);
    float[] shifts = scratch.row(3);
    float[] row = scratch.row(4);
    for (int first = 0; first < x.columns(); first += row.length) {
      int n = Math.min(x.columns() - first, row.length);
      for (int j = 0; j < n; j++) {
        float center = of(mean, first + j);
        float half = half(center);
        halves[j] = half;
        centers[j] = half * center;
        scales[j] = of(scale, first + j) / half;
        shifts[j] = of(shift, first + j);
      }
      for (int i = 0; i < x.rows(); i++) {
        System.arraycopy(x.array(), x.at(i) + first, row, 0, n);
        for (int j = 0; j < n; j++) {
          row[j] = Math.fma(halves[j] * row[j] - centers[j], scales[j], shifts[j]);
        }
        System.arraycopy(row, 0, y.array(), y.at(i) + first, n);
      }
    }
    scratch.give();
  }

  /** Element j of a vector of columns. */
  private static float of(Matrix row, int j) {
    return row.array()[row.off() + j];
  }

  static void columnMoments(Matrix x, Matrix mean, Matrix variance) {
    int m = x.rows();
    int n = x.columns();
    float[] means = mean.array();
    float[] variances = variance.array();
    int meanOff = mean.off();
    int varianceOff = variance.off();
    ScalarKernels.INSTANCE.doColumnSums(x, mean);
    for (int j = 0; j < n; j++) {
      means[meanOff + j] /= m;
    }
    Arrays.fill(variances, varianceOff, varianceOff + n, 0f);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float d = x.array()[x.at(i) + j] - means[meanOff + j];
        variances[varianceOff + j] = Math.fma(d, d, variances[varianceOff + j]);
      }
    }
    for (int j = 0; j < n; j++) {
      variances[varianceOff + j] /= m;
    }
  }

  /** Takes in double the moments of columns whose squares are beyond the range of float. */
  static void largeMoments(Matrix x, Matrix mean, Matrix variance) {
    float[] variances = variance.array();
    int off = variance.off();
    int n = x.columns();
    // 0 times a number is 0, and NaN otherwise: most have nothing to do again, and shall not wait.
    float none = 0f;
    for (int j = 0; j < n; j++) {
      none += 0f * variances[off + j];
    }
    for (int j = 0; none != 0f && j < n; j++) {
      if (!Float.isFinite(variances[off + j])) {
        int column = x.off() + j;
        float center = (float) Norm.moment(false, x.array(), column, x.ld(), x.rows(), 0f);
        double v = Norm.moment(true, x.array(), column, x.ld(), x.rows(), center);
        mean.put(0, j, center);
        variance.put(0, j, (float) Math.min(v, Float.MAX_VALUE));
      }
    }
  }

  /** dgamma and dbeta, with the statistics of columns or of rows. */
  static void parameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    float[] gammas = dgamma.array();
    float[] betas = dbeta.array();
    int n = x.columns();
    Arrays.fill(gammas, dgamma.off(), dgamma.off() + n, 0f);
    Arrays.fill(betas, dbeta.off(), dbeta.off() + n, 0f);
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < n; j++) {
        int which = ofRows ? i : j;
        float xhat = xhat(x.array()[x.at(i) + j], of(norm.mean(), which), of(norm.rstd(), which));
        float d = dy.array()[dy.at(i) + j];
        gammas[dgamma.off() + j] = Math.fma(d, xhat, gammas[dgamma.off() + j]);
        betas[dbeta.off() + j] += d;
      }
    }
  }

  static void batchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        float rstd = of(norm.rstd(), j);
        float xhat = xhat(x.array()[x.at(i) + j], of(norm.mean(), j), rstd);
        float d = dy.array()[dy.at(i) + j] - of(dbeta, j) / batch;
        float factor = of(norm.gamma(), j) * rstd;
        dx.array()[dx.at(i) + j] = factor * Math.fma(negative(xhat), of(dgamma, j) / batch, d);
      }
    }
  }

  static void layerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    int n = x.columns();
    PlainProduct scratch = PlainProduct.take();
    float[] lanes = scratch.lanes;
    for (int i = 0; i < x.rows(); i++) {
      int xRow = x.at(i);
      float mean = ScalarRows.sum(x.array(), xRow, n, lanes) / n;
      Arrays.fill(lanes, 0f);
      for (int j = 0; j < n; j++) {
        float d = x.array()[xRow + j] - mean;
        lanes[j % ScalarRows.LANES] = Math.fma(d, d, lanes[j % ScalarRows.LANES]);
      }
      float rstd = Norm.rstd(ScalarRows.fold(lanes) / n, epsilon);
      if (!(rstd > 0f)) {
        // The squares are beyond the range of float.
        mean = (float) Norm.moment(false, x.array(), xRow, 1, n, 0f);
        rstd = Norm.rstd(Norm.moment(true, x.array(), xRow, 1, n, mean), epsilon);
      }
      norm.mean().array()[norm.mean().at(i)] = mean;
      norm.rstd().array()[norm.rstd().at(i)] = rstd;
      for (int j = 0; j < n; j++) {
        float xhat = xhat(x.array()[xRow + j], mean, rstd);
        y.array()[y.at(i) + j] = Math.fma(xhat, of(norm.gamma(), j), of(norm.beta(), j));
      }
    }
    scratch.give();
  }

  static void layerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    int n = x.columns();
    PlainProduct scratch = PlainProduct.take();
    float[] lanes = scratch.lanes;
    float[] products = scratch.moreLanes;
    for (int i = 0; i < x.rows(); i++) {
      float mean = of(norm.mean(), i);
      float rstd = of(norm.rstd(), i);
      Arrays.fill(lanes, 0f);
      Arrays.fill(products, 0f);
      for (int j = 0; j < n; j++) {
        int l = j % ScalarRows.LANES;
        float g = dy.array()[dy.at(i) + j] * of(norm.gamma(), j);
        lanes[l] += g;
        products[l] = Math.fma(g, xhat(x.array()[x.at(i) + j], mean, rstd), products[l]);
      }
      float t = ScalarRows.fold(lanes) / n;
      float s = ScalarRows.fold(products) / n;
      for (int j = 0; j < n; j++) {
        float g = dy.array()[dy.at(i) + j] * of(norm.gamma(), j);
        float xhat = xhat(x.array()[x.at(i) + j], mean, rstd);
        dx.array()[dx.at(i) + j] = rstd * Math.fma(negative(xhat), s, g - t);
      }
    }
    scratch.give();
  }
}
