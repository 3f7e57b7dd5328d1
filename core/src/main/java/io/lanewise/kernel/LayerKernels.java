package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.sameOrDisjoint;
import static io.lanewise.kernel.Check.size;
import static io.lanewise.kernel.Check.vector;

import java.util.Objects;

/**
 * The numeric operations of the layers that are no product: normalization, dropout, residual sums,
 * weights of rows. Arguments, checks and bits are those of {@link Kernels}, through which they are
 * reached; {@code ScalarLayerKernels} is their executable specification.
 *
 * <p>A sum over the rows of a column is one chain, rows ascending, from +0. A sum over a row has 16
 * virtual lanes: lane l takes elements l, l + 16, ..., from +0; then lane l is added to l + 8, l +
 * 4, l + 2, l + 1. NaN in, NaN out, but for an element that is dropped.
 */
public abstract class LayerKernels {
  /** For implementations. */
  protected LayerKernels() {}

  /** Returns 1 / sqrt(variance + epsilon), each of the three operations rounded. */
  public static float rstd(float variance, float epsilon) {
    return 1f / (float) Math.sqrt(variance + epsilon);
  }

  /**
   * The stream of {@link #dropout} for a layer in a step of a training: no two have the same.
   *
   * @param step in [0, 2^47)
   * @param layer in [0, 2^16)
   */
  public static long stream(long step, int layer) {
    if (step < 0 || step >= 1L << 47) {
      throw new IllegalArgumentException("step must be in 0..2^47 - 1, got " + step);
    }
    if (layer < 0 || layer >= 1 << 16) {
      throw new IllegalArgumentException("layer must be in 0..65535, got " + layer);
    }
    return step << 16 | layer;
  }

  /**
   * y[i,j] = fma(x[i,j] - mean[j], scale[j], shift[j]). Works in place (y the same window as x).
   *
   * @param x (m, n)
   * @param mean n elements
   * @param scale n elements, such as gamma times rstd
   * @param shift n elements, such as beta; all -0 to add nothing
   * @param y (m, n); must not overlap mean, scale and shift
   */
  public final void normalize(
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
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    vector("mean", mean, meanOff, n);
    vector("scale", scale, scaleOff, n);
    vector("shift", shift, shiftOff, n);
    matrix("y", y, yOff, ldy, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "x", x, xOff, ldx, m, n);
    LayerChecks.apart("y", y, yOff, ldy, m, n, "mean", mean, meanOff, n);
    LayerChecks.apart("y", y, yOff, ldy, m, n, "scale", scale, scaleOff, n);
    LayerChecks.apart("y", y, yOff, ldy, m, n, "shift", shift, shiftOff, n);
    if (n != 0) {
      doNormalize(
          m, n, x, xOff, ldx, mean, meanOff, scale, scaleOff, shift, shiftOff, y, yOff, ldy);
    }
  }

  /** {@link #normalize} with checked arguments, n &gt; 0. */
  protected abstract void doNormalize(
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
      int ldy);

  /**
   * Mean and variance of each column, in two passes: mean[j] = (x[0,j] + x[1,j] + ...) / m, then
   * with d = x[i,j] - mean[j] the chain v = fma(d, d, v), and variance[j] = v / m: the biased one.
   * NaN for m = 0.
   *
   * @param x (m, n)
   * @param mean n elements; as variance, overlaps nothing
   * @param variance n elements
   */
  public final void columnMoments(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] mean,
      int meanOff,
      float[] variance,
      int varianceOff) {
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    vector("mean", mean, meanOff, n);
    vector("variance", variance, varianceOff, n);
    LayerChecks.apart("mean", mean, meanOff, n, "x", x, xOff, ldx, m, n);
    LayerChecks.apart("variance", variance, varianceOff, n, "x", x, xOff, ldx, m, n);
    disjoint("variance", variance, varianceOff, "mean", mean, meanOff, n);
    if (n != 0) {
      doColumnMoments(m, n, x, xOff, ldx, mean, meanOff, variance, varianceOff);
    }
  }

  /** {@link #columnMoments} with checked arguments, n &gt; 0. */
  protected abstract void doColumnMoments(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] mean,
      int meanOff,
      float[] variance,
      int varianceOff);

  /**
   * The gradients of batch normalization y = gamma xhat + beta, xhat = (x - mean) rstd, whose mean
   * and rstd are those of the columns of x (Ioffe and Szegedy 2015):
   *
   * <pre>
   * xhat     = (x[i,j] - mean[j]) * rstd[j]
   * dgamma_j = the chain fma(dy[i,j], xhat, .),  dbeta_j = the chain of dy[i,j], rows ascending
   * dx[i,j]  = gamma[j] * rstd[j] * fma(-xhat, dgamma_j / m, dy[i,j] - dbeta_j / m)
   * </pre>
   *
   * @param x (m, n), the inputs
   * @param norm gamma, mean and rstd of n elements each; beta is not read
   * @param dy (m, n)
   * @param dx (m, n), or null for dgamma and dbeta alone; may be the same window as dy; must not
   *     overlap x or a vector
   * @param dgamma n elements, overwritten; as dbeta, overlaps nothing
   * @param dbeta n elements, overwritten
   */
  public final void batchNormBackward(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dx,
      int dxOff,
      int lddx,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff) {
    LayerChecks.backward(
        m, n, x, xOff, ldx, norm, n, dy, dyOff, lddy, dx, dxOff, lddx, dgamma, dgammaOff, dbeta,
        dbetaOff);
    if (n == 0) {
      return;
    }
    doBatchNormParameters(
        m, n, x, xOff, ldx, norm, 0, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
    if (dx != null && m != 0) {
      doBatchNormInput(
          m, m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff, dx,
          dxOff, lddx);
    }
  }

  /**
   * dgamma and dbeta of {@link #batchNormBackward} with checked arguments, n &gt; 0.
   *
   * @param first which element of the norm's vectors belongs to the first column here
   */
  protected abstract void doBatchNormParameters(
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
      int dbetaOff);

  /**
   * dx of {@link #batchNormBackward} with checked arguments, m and n &gt; 0.
   *
   * @param batch the m of the formula, where m rows of it are computed
   */
  protected abstract void doBatchNormInput(
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
      int lddx);

  /**
   * Layer normalization (Ba et al. 2016) of each row, in two passes:
   *
   * <pre>
   * mean[i] = sum_j x[i,j] / n
   * rstd[i] = {@link #rstd rstd}(sum_j d^2 / n, epsilon),  d = x[i,j] - mean[i], lanes fma(d, d, .)
   * y[i,j]  = fma((x[i,j] - mean[i]) * rstd[i], gamma[j], beta[j])
   * </pre>
   *
   * Works in place (y the same window as x).
   *
   * @param x (m, n)
   * @param norm gamma and beta of n elements each; mean and rstd of m elements each, overwritten
   * @param epsilon added to the variance
   * @param y (m, n); must not overlap a vector, nor mean and rstd anything
   */
  public final void layerNorm(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      float epsilon,
      float[] y,
      int yOff,
      int ldy) {
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    LayerChecks.norm(norm, n, m);
    matrix("y", y, yOff, ldy, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "x", x, xOff, ldx, m, n);
    LayerChecks.apart(norm, n, m, "y", y, yOff, ldy, m, n);
    LayerChecks.apart("mean", norm.mean(), norm.meanOff(), m, "x", x, xOff, ldx, m, n);
    LayerChecks.apart("rstd", norm.rstd(), norm.rstdOff(), m, "x", x, xOff, ldx, m, n);
    LayerChecks.statisticsApart(norm, "gamma", norm.gamma(), norm.gammaOff(), m, n);
    LayerChecks.statisticsApart(norm, "beta", norm.beta(), norm.betaOff(), m, n);
    disjoint("rstd", norm.rstd(), norm.rstdOff(), "mean", norm.mean(), norm.meanOff(), m);
    if (n != 0) {
      doLayerNorm(m, n, x, xOff, ldx, norm, 0, epsilon, y, yOff, ldy);
    }
  }

  /**
   * {@link #layerNorm} with checked arguments, n &gt; 0.
   *
   * @param first which element of mean and rstd belongs to the first row here
   */
  protected abstract void doLayerNorm(
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
      int ldy);

  /**
   * The gradients of {@link #layerNorm}:
   *
   * <pre>
   * xhat     = (x[i,j] - mean[i]) * rstd[i]
   * dgamma_j = the chain fma(dy[i,j], xhat, .),  dbeta_j = the chain of dy[i,j], rows ascending
   * g        = dy[i,j] * gamma[j]
   * dx[i,j]  = rstd[i] * fma(-xhat, s, g - t),  s = sum_j g xhat / n, lanes fma(g, xhat, .),
   *                                             t = sum_j g / n
   * </pre>
   *
   * @param x (m, n), the inputs
   * @param norm gamma of n elements; mean and rstd of m, as layerNorm left them; beta is not read
   * @param dy (m, n)
   * @param dx (m, n), or null for dgamma and dbeta alone; may be the same window as dy; must not
   *     overlap x or a vector
   * @param dgamma n elements, overwritten; as dbeta, overlaps nothing
   * @param dbeta n elements, overwritten
   */
  public final void layerNormBackward(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dx,
      int dxOff,
      int lddx,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff) {
    LayerChecks.backward(
        m, n, x, xOff, ldx, norm, m, dy, dyOff, lddy, dx, dxOff, lddx, dgamma, dgammaOff, dbeta,
        dbetaOff);
    if (n == 0) {
      return;
    }
    doLayerNormParameters(
        m, n, x, xOff, ldx, norm, dy, dyOff, lddy, dgamma, dgammaOff, dbeta, dbetaOff);
    if (dx != null) {
      doLayerNormInput(m, n, x, xOff, ldx, norm, 0, dy, dyOff, lddy, dx, dxOff, lddx);
    }
  }

  /** dgamma and dbeta of {@link #layerNormBackward} with checked arguments, n &gt; 0. */
  protected abstract void doLayerNormParameters(
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
      int dbetaOff);

  /**
   * dx of {@link #layerNormBackward} with checked arguments, n &gt; 0.
   *
   * @param first which element of mean and rstd belongs to the first row here
   */
  protected abstract void doLayerNormInput(
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
      int lddx);

  /**
   * Drops elements at random: y[i,j] = fma(x[i,j], scale, shift) where its word is at least the
   * mask's threshold, else the mask's value. A choice, not a product: a NaN that is dropped is
   * gone. The same call with {@link DropoutMask#backward} on dy gives dx. Works in place (y the
   * same window as x).
   *
   * <p>The word depends on the seed, the stream, the row's number and j alone, so not on threads,
   * batches, shards or lanes. With j = 64 q + 16 w + l (w in 0..3, l in 0..15) it is word w of the
   * {@link Philox#block} whose counter is
   *
   * <pre>
   * 16 q + l,  firstRow + i,  low 32 bits of stream,  high 32 bits of stream | 2^31
   * </pre>
   *
   * and whose key is the low and the high 32 bits of the seed. Bit 2^31 keeps these blocks apart
   * from those of random streams with the same seed, whose last word is an index, not negative.
   *
   * @param stream not negative; see {@link #stream}
   * @param firstRow the number of row 0, not negative
   * @param x (m, n)
   * @param y (m, n)
   */
  public final void dropout(
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
    Objects.requireNonNull(mask, "mask");
    size("m", m);
    size("n", n);
    if (stream < 0) {
      throw new IllegalArgumentException("stream must be >= 0, got " + stream);
    }
    size("firstRow", firstRow);
    matrix("x", x, xOff, ldx, m, n);
    matrix("y", y, yOff, ldy, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "x", x, xOff, ldx, m, n);
    if (n != 0) {
      doDropout(mask, m, n, seed, stream, firstRow, x, xOff, ldx, y, yOff, ldy);
    }
  }

  /** {@link #dropout} with checked arguments, n &gt; 0. */
  protected abstract void doDropout(
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
      int ldy);

  /**
   * y = a + b. Works in place (y the same window as a or b).
   *
   * @param a (m, n)
   * @param b (m, n)
   * @param y (m, n)
   */
  public final void add(
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
    size("m", m);
    size("n", n);
    matrix("a", a, aOff, lda, m, n);
    matrix("b", b, bOff, ldb, m, n);
    matrix("y", y, yOff, ldy, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "a", a, aOff, lda, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "b", b, bOff, ldb, m, n);
    if (n != 0) {
      doAdd(m, n, a, aOff, lda, b, bOff, ldb, y, yOff, ldy);
    }
  }

  /** {@link #add} with checked arguments, n &gt; 0. */
  protected abstract void doAdd(
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
      int ldy);

  /**
   * y[i,j] = x[i,j] * w[i], as weights of samples are. Works in place (y the same window as x).
   *
   * @param x (m, n)
   * @param w m elements
   * @param y (m, n); must not overlap w
   */
  public final void scaleRows(
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
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    vector("w", w, wOff, m);
    matrix("y", y, yOff, ldy, m, n);
    sameOrDisjoint("y", y, yOff, ldy, "x", x, xOff, ldx, m, n);
    LayerChecks.apart("y", y, yOff, ldy, m, n, "w", w, wOff, m);
    if (n != 0) {
      doScaleRows(m, n, x, xOff, ldx, w, wOff, y, yOff, ldy);
    }
  }

  /** {@link #scaleRows} with checked arguments, n &gt; 0. */
  protected abstract void doScaleRows(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] w,
      int wOff,
      float[] y,
      int yOff,
      int ldy);
}
