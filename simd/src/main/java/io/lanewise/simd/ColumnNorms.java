package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

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

  static void moments(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      float[] mean,
      int meanOff,
      float[] variance,
      int varianceOff) {
    Rows.columnSums(m, n, x, xOff, ldx, mean, meanOff);
    divide(n, mean, meanOff, m);
    Arrays.fill(variance, varianceOff, varianceOff + n, 0f);
    for (int i = 0; i < m; i++) {
      squares(n, x, xOff + i * ldx, mean, meanOff, variance, varianceOff);
    }
    divide(n, variance, varianceOff, m);
  }

  private static void divide(int n, float[] x, int xOff, int m) {
    for (int j = xOff; j < xOff + n; j++) {
      x[j] /= m;
    }
  }

  /** Goes on with the chains of (x - mean)^2. */
  private static void squares(
      int n, float[] x, int row, float[] mean, int meanOff, float[] sums, int sumsOff) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = fromArray(FLOAT, x, row + j).sub(fromArray(FLOAT, mean, meanOff + j));
      d.fma(d, fromArray(FLOAT, sums, sumsOff + j)).intoArray(sums, sumsOff + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
      FloatVector d = fromArray(FLOAT, x, row + whole, rest).sub(vm);
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + whole, rest);
      d.fma(d, sum).intoArray(sums, sumsOff + whole, rest);
    }
  }

  static void parameters(
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
    float[] mean = norm.mean();
    float[] rstd = norm.rstd();
    int meanOff = norm.meanOff() + first;
    int rstdOff = norm.rstdOff() + first;
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      int dyRow = dyOff + i * lddy;
      products(n, x, xRow, mean, meanOff, rstd, rstdOff, dy, dyRow, dgamma, dgammaOff);
      sums(n, dy, dyRow, dbeta, dbetaOff);
    }
  }

  /** Goes on with the chains of dy (x - mean) rstd. */
  private static void products(
      int n,
      float[] x,
      int xRow,
      float[] mean,
      int meanOff,
      float[] rstd,
      int rstdOff,
      float[] dy,
      int dyRow,
      float[] sums,
      int sumsOff) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
      FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + j));
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + j);
      fromArray(FLOAT, dy, dyRow + j).fma(xhat, sum).intoArray(sums, sumsOff + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
      FloatVector d = fromArray(FLOAT, x, xRow + whole, rest).sub(vm);
      FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + whole, rest));
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + whole, rest);
      FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, rest);
      vdy.fma(xhat, sum).intoArray(sums, sumsOff + whole, rest);
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
    // What a column needs, computed once: dgamma / batch, dbeta / batch, gamma rstd.
    float[] columns = Scratch.get().block(3 * n);
    for (int j = 0; j < n; j++) {
      columns[j] = dgamma[dgammaOff + j] / batch;
      columns[n + j] = dbeta[dbetaOff + j] / batch;
      columns[2 * n + j] = norm.gamma()[norm.gammaOff() + j] * norm.rstd()[norm.rstdOff() + j];
    }
    for (int i = 0; i < m; i++) {
      inputRow(n, x, xOff + i * ldx, norm, columns, dy, dyOff + i * lddy, dx, dxOff + i * lddx);
    }
  }

  private static void inputRow(
      int n,
      float[] x,
      int xRow,
      Norm norm,
      float[] columns,
      float[] dy,
      int dyRow,
      float[] dx,
      int dxRow) {
    float[] mean = norm.mean();
    float[] rstd = norm.rstd();
    int meanOff = norm.meanOff();
    int rstdOff = norm.rstdOff();
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
      FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + j));
      FloatVector rest = fromArray(FLOAT, dy, dyRow + j).sub(fromArray(FLOAT, columns, n + j));
      FloatVector product = xhat.neg().fma(fromArray(FLOAT, columns, j), rest);
      fromArray(FLOAT, columns, 2 * n + j).mul(product).intoArray(dx, dxRow + j);
    }
    if (whole < n) {
      VectorMask<Float> some = FLOAT.indexInRange(whole, n);
      FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, some);
      FloatVector d = fromArray(FLOAT, x, xRow + whole, some).sub(vm);
      FloatVector xhat = d.mul(fromArray(FLOAT, rstd, rstdOff + whole, some));
      FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, some);
      // The columns have room for a whole vector past the last.
      FloatVector rest = vdy.sub(fromArray(FLOAT, columns, n + whole));
      FloatVector product = xhat.neg().fma(fromArray(FLOAT, columns, whole), rest);
      FloatVector factor = fromArray(FLOAT, columns, 2 * n + whole);
      factor.mul(product).intoArray(dx, dxRow + whole, some);
    }
  }
}
