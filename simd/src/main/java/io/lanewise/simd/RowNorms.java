package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Layer normalization and its gradients, row by row; sums of a row have the virtual lanes. */
final class RowNorms {
  private RowNorms() {}

  static void layerNorm(
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
    float[] lanes = Scratch.get().lanes;
    for (int i = 0; i < m; i++) {
      int row = xOff + i * ldx;
      float mean = Rows.sum(n, x, row, lanes) / n;
      float rstd = LayerKernels.rstd(squares(n, x, row, mean, lanes) / n, epsilon);
      norm.mean()[norm.meanOff() + first + i] = mean;
      norm.rstd()[norm.rstdOff() + first + i] = rstd;
      normalize(n, x, row, mean, rstd, norm, y, yOff + i * ldy);
    }
  }

  /** The sum of (x - mean)^2. */
  private static float squares(int n, float[] x, int row, float mean, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      squares(first, n, x, row, mean, lanes);
    }
    return Lanes.sum(lanes);
  }

  private static void squares(int first, int n, float[] x, int row, float mean, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector d = fromArray(FLOAT, x, row + j).sub(mean);
      sum = d.fma(d, sum);
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      FloatVector d = fromArray(FLOAT, x, row + j, rest).sub(mean);
      sum = sum.blend(d.fma(d, sum), rest);
    }
    sum.intoArray(lanes, first);
  }

  private static void normalize(
      int n, float[] x, int xRow, float mean, float rstd, Norm norm, float[] y, int yRow) {
    float[] gamma = norm.gamma();
    float[] beta = norm.beta();
    int gammaOff = norm.gammaOff();
    int betaOff = norm.betaOff();
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      FloatVector vb = fromArray(FLOAT, beta, betaOff + j);
      xhat.fma(fromArray(FLOAT, gamma, gammaOff + j), vb).intoArray(y, yRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector xhat = fromArray(FLOAT, x, xRow + whole, rest).sub(mean).mul(rstd);
      FloatVector vg = fromArray(FLOAT, gamma, gammaOff + whole, rest);
      FloatVector vb = fromArray(FLOAT, beta, betaOff + whole, rest);
      xhat.fma(vg, vb).intoArray(y, yRow + whole, rest);
    }
  }

  static void parameters(
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
      int dyRow = dyOff + i * lddy;
      float mean = norm.mean()[norm.meanOff() + i];
      float rstd = norm.rstd()[norm.rstdOff() + i];
      products(n, x, xOff + i * ldx, mean, rstd, dy, dyRow, dgamma, dgammaOff);
      ColumnNorms.sums(n, dy, dyRow, dbeta, dbetaOff);
    }
  }

  /** Goes on with the columns' chains of dy (x - mean) rstd. */
  private static void products(
      int n,
      float[] x,
      int xRow,
      float mean,
      float rstd,
      float[] dy,
      int dyRow,
      float[] sums,
      int sumsOff) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + j);
      fromArray(FLOAT, dy, dyRow + j).fma(xhat, sum).intoArray(sums, sumsOff + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector xhat = fromArray(FLOAT, x, xRow + whole, rest).sub(mean).mul(rstd);
      FloatVector sum = fromArray(FLOAT, sums, sumsOff + whole, rest);
      FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, rest);
      vdy.fma(xhat, sum).intoArray(sums, sumsOff + whole, rest);
    }
  }

  static void input(
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
    Scratch scratch = Scratch.get();
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      int dyRow = dyOff + i * lddy;
      float mean = norm.mean()[norm.meanOff() + first + i];
      float rstd = norm.rstd()[norm.rstdOff() + first + i];
      for (int lane = 0; lane < VIRTUAL; lane += LENGTH) {
        reduce(lane, n, x, xRow, mean, rstd, norm, dy, dyRow, scratch);
      }
      float t = Lanes.sum(scratch.lanes) / n;
      float s = Lanes.sum(scratch.products) / n;
      inputRow(n, x, xRow, mean, rstd, norm, dy, dyRow, t, s, dx, dxOff + i * lddx);
    }
  }

  /** Into lanes and products the sums of g = dy gamma and of g xhat. */
  private static void reduce(
      int first,
      int n,
      float[] x,
      int xRow,
      float mean,
      float rstd,
      Norm norm,
      float[] dy,
      int dyRow,
      Scratch scratch) {
    float[] gamma = norm.gamma();
    int gammaOff = norm.gammaOff();
    FloatVector sum = FloatVector.zero(FLOAT);
    FloatVector products = sum;
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector g = fromArray(FLOAT, dy, dyRow + j).mul(fromArray(FLOAT, gamma, gammaOff + j));
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      sum = sum.add(g);
      products = g.fma(xhat, products);
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      FloatVector vg = fromArray(FLOAT, gamma, gammaOff + j, rest);
      FloatVector g = fromArray(FLOAT, dy, dyRow + j, rest).mul(vg);
      FloatVector xhat = fromArray(FLOAT, x, xRow + j, rest).sub(mean).mul(rstd);
      sum = sum.blend(sum.add(g), rest);
      products = products.blend(g.fma(xhat, products), rest);
    }
    sum.intoArray(scratch.lanes, first);
    products.intoArray(scratch.products, first);
  }

  private static void inputRow(
      int n,
      float[] x,
      int xRow,
      float mean,
      float rstd,
      Norm norm,
      float[] dy,
      int dyRow,
      float t,
      float s,
      float[] dx,
      int dxRow) {
    float[] gamma = norm.gamma();
    int gammaOff = norm.gammaOff();
    FloatVector vs = FloatVector.broadcast(FLOAT, s);
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector g = fromArray(FLOAT, dy, dyRow + j).mul(fromArray(FLOAT, gamma, gammaOff + j));
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      xhat.neg().fma(vs, g.sub(t)).mul(rstd).intoArray(dx, dxRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vg = fromArray(FLOAT, gamma, gammaOff + whole, rest);
      FloatVector g = fromArray(FLOAT, dy, dyRow + whole, rest).mul(vg);
      FloatVector xhat = fromArray(FLOAT, x, xRow + whole, rest).sub(mean).mul(rstd);
      xhat.neg().fma(vs, g.sub(t)).mul(rstd).intoArray(dx, dxRow + whole, rest);
    }
  }
}
