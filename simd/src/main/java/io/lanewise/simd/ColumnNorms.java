package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Statistics of columns and the gradients of batch normalization. A matrix is read row by row, as
 * it lies, and the chains of all columns go on in arrays, which stay in L1: a strip of columns in
 * registers would read one line of each row, and wait for it.
 */
final class ColumnNorms {
  private ColumnNorms() {}

  static void moments(Matrix x, Matrix mean, Matrix variance) {
    Reductions.columnSums(x, mean);
    divide(mean, x.rows());
    fill(variance);
    squares(x, mean, variance);
    divide(variance, x.rows());
  }

  private static void fill(Matrix sums) {
    Arrays.fill(sums.array(), sums.off(), sums.off() + sums.columns(), 0f);
  }

  private static void divide(Matrix xs, int m) {
    float[] x = xs.array();
    int xOff = xs.off();
    int n = xs.columns();
    for (int j = xOff; j < xOff + n; j++) {
      x[j] /= m;
    }
  }

  /**
   * The chains of (x - mean)^2: four rows a time, as a chain in memory waits for its last store.
   */
  private static void squares(Matrix xs, Matrix means, Matrix squares) {
    float[] x = xs.array();
    float[] mean = means.array();
    float[] sums = squares.array();
    int row = xs.off();
    int ldx = xs.ld();
    int meanOff = means.off();
    int sumsOff = squares.off();
    int n = xs.columns();
    int whole = FLOAT.loopBound(n);
    int left = xs.rows();
    for (; left >= 4; left -= 4) {
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector vm = fromArray(FLOAT, mean, meanOff + j);
        FloatVector d0 = fromArray(FLOAT, x, row + j).sub(vm);
        FloatVector d1 = fromArray(FLOAT, x, row + ldx + j).sub(vm);
        FloatVector d2 = fromArray(FLOAT, x, row + 2 * ldx + j).sub(vm);
        FloatVector d3 = fromArray(FLOAT, x, row + 3 * ldx + j).sub(vm);
        FloatVector sum = d1.fma(d1, d0.fma(d0, fromArray(FLOAT, sums, sumsOff + j)));
        d3.fma(d3, d2.fma(d2, sum)).intoArray(sums, sumsOff + j);
      }
      row += 4 * ldx;
    }
    for (; left > 0; left--) {
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector d = fromArray(FLOAT, x, row + j).sub(fromArray(FLOAT, mean, meanOff + j));
        d.fma(d, fromArray(FLOAT, sums, sumsOff + j)).intoArray(sums, sumsOff + j);
      }
      row += ldx;
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
      FloatVector sum = FloatVector.zero(FLOAT);
      for (int i = 0; i < xs.rows(); i++) {
        FloatVector d = fromArray(FLOAT, x, xs.off() + i * ldx + whole, rest).sub(vm);
        sum = d.fma(d, sum);
      }
      sum.intoArray(sums, sumsOff + whole, rest);
    }
  }

  static void parameters(Matrix xs, Norm norm, Matrix dys, Matrix dgammas, Matrix dbetas) {
    fill(dgammas);
    fill(dbetas);
    float[] x = xs.array();
    float[] mean = norm.mean().array();
    float[] rstd = norm.rstd().array();
    float[] dy = dys.array();
    float[] dgamma = dgammas.array();
    float[] dbeta = dbetas.array();
    int xRow = xs.off();
    int ldx = xs.ld();
    int meanOff = norm.mean().off();
    int rstdOff = norm.rstd().off();
    int dyRow = dys.off();
    int lddy = dys.ld();
    int dgammaOff = dgammas.off();
    int dbetaOff = dbetas.off();
    int m = xs.rows();
    int n = xs.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
        FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + j));
        FloatVector sum = fromArray(FLOAT, dgamma, dgammaOff + j);
        fromArray(FLOAT, dy, dyRow + j).fma(xhat, sum).intoArray(dgamma, dgammaOff + j);
      }
      if (whole < n) {
        FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
        FloatVector d = fromArray(FLOAT, x, xRow + whole, rest).sub(vm);
        FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + whole, rest));
        FloatVector sum = fromArray(FLOAT, dgamma, dgammaOff + whole, rest);
        FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, rest);
        vdy.fma(xhat, sum).intoArray(dgamma, dgammaOff + whole, rest);
      }
      sums(n, dy, dyRow, dbeta, dbetaOff);
      xRow += ldx;
      dyRow += lddy;
    }
  }

  /** Goes on with the chains of sums. */
  static void sums(int n, float[] x, int row, float[] sums, int sumsOff) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + j);
      sum.add(fromArray(FLOAT, x, row + j)).intoArray(sums, sumsOff + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + whole, rest);
      sum.add(fromArray(FLOAT, x, row + whole, rest)).intoArray(sums, sumsOff + whole, rest);
    }
  }

  static void input(
      int batch, Matrix xs, Norm norm, Matrix dys, Matrix dgammas, Matrix dbetas, Matrix dxs) {
    int n = xs.columns();
    Scratch scratch = Scratch.take();
    float[] columns = scratch.block(3 * n);
    columns(batch, norm, dgammas, dbetas, columns);
    float[] x = xs.array();
    float[] mean = norm.mean().array();
    float[] rstd = norm.rstd().array();
    float[] dy = dys.array();
    float[] dx = dxs.array();
    int xRow = xs.off();
    int ldx = xs.ld();
    int meanOff = norm.mean().off();
    int rstdOff = norm.rstd().off();
    int dyRow = dys.off();
    int lddy = dys.ld();
    int dxRow = dxs.off();
    int lddx = dxs.ld();
    int m = xs.rows();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> some = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
        FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + j));
        FloatVector rest = fromArray(FLOAT, dy, dyRow + j).sub(fromArray(FLOAT, columns, n + j));
        FloatVector product = xhat.fma(fromArray(FLOAT, columns, j), rest);
        fromArray(FLOAT, columns, 2 * n + j).mul(product).intoArray(dx, dxRow + j);
      }
      if (whole < n) {
        FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, some);
        FloatVector d = fromArray(FLOAT, x, xRow + whole, some).sub(vm);
        FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + whole, some));
        FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, some);
        // The columns have room for a whole vector past the last.
        FloatVector rest = vdy.sub(fromArray(FLOAT, columns, n + whole));
        FloatVector product = xhat.fma(fromArray(FLOAT, columns, whole), rest);
        FloatVector factor = fromArray(FLOAT, columns, 2 * n + whole);
        factor.mul(product).intoArray(dx, dxRow + whole, some);
      }
      xRow += ldx;
      dyRow += lddy;
      dxRow += lddx;
    }
    scratch.give();
  }

  /** What a column needs, computed once: -dgamma / batch, dbeta / batch, gamma rstd. */
  private static void columns(int batch, Norm norm, Matrix dgamma, Matrix dbeta, float[] columns) {
    Matrix gamma = norm.gamma();
    Matrix rstd = norm.rstd();
    int n = gamma.columns();
    for (int j = 0; j < n; j++) {
      columns[j] = -dgamma.array()[dgamma.off() + j] / batch;
      columns[n + j] = dbeta.array()[dbeta.off() + j] / batch;
      columns[2 * n + j] = gamma.array()[gamma.off() + j] * rstd.array()[rstd.off() + j];
    }
  }
}
