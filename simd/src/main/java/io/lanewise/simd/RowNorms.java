package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.ScalarKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Layer normalization and its gradients, row by row; sums of a row have the virtual lanes. */
final class RowNorms {
  private RowNorms() {}

  static void layerNorm(Matrix xs, Norm norm, float epsilon, Matrix ys) {
    Scratch scratch = Scratch.take();
    int m = xs.rows();
    int rows = Scratch.rows(xs.columns());
    for (int i = 0; i < m; i += rows) {
      int end = Math.min(m, i + rows);
      statistics(i, end, xs, norm, epsilon, scratch.lanes);
      normalize(i, end, xs, norm, epsilon, ys);
    }
    scratch.give();
  }

  /** Of some rows, which stay in L1: with {@link #normalize} in one loop C2 lacks registers. */
  private static void statistics(
      int begin, int end, Matrix xs, Norm norm, float epsilon, float[] lanes) {
    float[] x = xs.array();
    int xOff = xs.off();
    int ldx = xs.ld();
    float[] means = norm.mean().array();
    float[] rstds = norm.rstd().array();
    int meanOff = norm.mean().off();
    int rstdOff = norm.rstd().off();
    int n = xs.columns();
    for (int i = begin; i < end; i++) {
      int row = xOff + i * ldx;
      float mean = Reductions.sum(n, x, row, lanes) / n;
      means[meanOff + i] = mean;
      rstds[rstdOff + i] = Norm.rstd(squares(n, x, row, mean, lanes) / n, epsilon);
    }
  }

  private static void normalize(
      int begin, int end, Matrix xs, Norm norm, float epsilon, Matrix ys) {
    float[] x = xs.array();
    float[] y = ys.array();
    int xOff = xs.off();
    int ldx = xs.ld();
    int yOff = ys.off();
    int ldy = ys.ld();
    float[] means = norm.mean().array();
    float[] rstds = norm.rstd().array();
    int meanOff = norm.mean().off();
    int rstdOff = norm.rstd().off();
    int n = xs.columns();
    for (int i = begin; i < end; i++) {
      float rstd = rstds[rstdOff + i];
      if (rstd > 0f) {
        normalize(n, x, xOff + i * ldx, means[meanOff + i], rstd, norm, y, yOff + i * ldy);
      } else {
        large(xs, norm, epsilon, ys, i);
      }
    }
  }

  /** Row i, whose squares are beyond the range of float: as the specification has it. */
  private static void large(Matrix xs, Norm norm, float epsilon, Matrix ys, int i) {
    Matrix mean = new Matrix().part(norm.mean(), i, 1, 0, 1);
    Matrix rstd = new Matrix().part(norm.rstd(), i, 1, 0, 1);
    int n = xs.columns();
    ScalarKernels.INSTANCE.layerNorm(
        new Matrix().part(xs, i, 1, 0, n),
        new Norm(norm.gamma(), norm.beta(), mean, rstd),
        epsilon,
        new Matrix().part(ys, i, 1, 0, n));
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
    float[] gamma = norm.gamma().array();
    float[] beta = norm.beta().array();
    int gammaOff = norm.gamma().off();
    int betaOff = norm.beta().off();
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

  static void parameters(Matrix xs, Norm norm, Matrix dys, Matrix dgammas, Matrix dbetas) {
    float[] x = xs.array();
    float[] dy = dys.array();
    float[] dgamma = dgammas.array();
    float[] dbeta = dbetas.array();
    int dgammaOff = dgammas.off();
    int dbetaOff = dbetas.off();
    int xRow = xs.off();
    int dyRow = dys.off();
    Scratch scratch = Scratch.take();
    int n = xs.columns();
    Arrays.fill(dgamma, dgammaOff, dgammaOff + n, 0f);
    Arrays.fill(dbeta, dbetaOff, dbetaOff + n, 0f);
    for (int i = 0; i < xs.rows(); i++) {
      scratch.mean = norm.mean().array()[norm.mean().off() + i];
      scratch.rstd = norm.rstd().array()[norm.rstd().off() + i];
      products(n, x, xRow, dy, dyRow, scratch, dgamma, dgammaOff);
      ColumnNorms.sums(n, dy, dyRow, dbeta, dbetaOff);
      xRow += xs.ld();
      dyRow += dys.ld();
    }
    scratch.give();
  }

  /** Goes on with the columns' chains of dy (x - mean) rstd. */
  private static void products(
      int n, float[] x, int xRow, float[] dy, int dyRow, Scratch scratch, float[] sums, int to) {
    float mean = scratch.mean;
    float rstd = scratch.rstd;
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      FloatVector sum = fromArray(FLOAT, sums, to + j);
      fromArray(FLOAT, dy, dyRow + j).fma(xhat, sum).intoArray(sums, to + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector xhat = fromArray(FLOAT, x, xRow + whole, rest).sub(mean).mul(rstd);
      FloatVector sum = fromArray(FLOAT, sums, to + whole, rest);
      FloatVector vdy = fromArray(FLOAT, dy, dyRow + whole, rest);
      vdy.fma(xhat, sum).intoArray(sums, to + whole, rest);
    }
  }

  static void input(Matrix xs, Norm norm, Matrix dys, Matrix dxs) {
    Scratch scratch = Scratch.take();
    float[] x = xs.array();
    float[] dy = dys.array();
    float[] dx = dxs.array();
    int xRow = xs.off();
    int dyRow = dys.off();
    int dxRow = dxs.off();
    for (int i = 0; i < xs.rows(); i++) {
      scratch.mean = norm.mean().array()[norm.mean().off() + i];
      scratch.rstd = norm.rstd().array()[norm.rstd().off() + i];
      for (int lane = 0; lane < VIRTUAL; lane += LENGTH) {
        reduce(lane, x, xRow, dy, dyRow, norm, scratch);
      }
      inputRow(x, xRow, dy, dyRow, norm, scratch, dx, dxRow);
      xRow += xs.ld();
      dyRow += dys.ld();
      dxRow += dxs.ld();
    }
    scratch.give();
  }

  /** Into lanes and products the sums of g = dy gamma and of g xhat. */
  private static void reduce(
      int first, float[] x, int xRow, float[] dy, int dyRow, Norm norm, Scratch scratch) {
    float[] gamma = norm.gamma().array();
    int gammaOff = norm.gamma().off();
    int n = norm.gamma().columns();
    float mean = scratch.mean;
    float rstd = scratch.rstd;
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
      float[] x, int xRow, float[] dy, int dyRow, Norm norm, Scratch scratch, float[] dx, int to) {
    float[] gamma = norm.gamma().array();
    int gammaOff = norm.gamma().off();
    int n = norm.gamma().columns();
    float mean = scratch.mean;
    float rstd = scratch.rstd;
    float t = Lanes.sum(scratch.lanes) / n;
    float s = Lanes.sum(scratch.products) / n;
    FloatVector vs = FloatVector.broadcast(FLOAT, -s);
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector g = fromArray(FLOAT, dy, dyRow + j).mul(fromArray(FLOAT, gamma, gammaOff + j));
      FloatVector xhat = fromArray(FLOAT, x, xRow + j).sub(mean).mul(rstd);
      xhat.fma(vs, g.sub(t)).mul(rstd).intoArray(dx, to + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vg = fromArray(FLOAT, gamma, gammaOff + whole, rest);
      FloatVector g = fromArray(FLOAT, dy, dyRow + whole, rest).mul(vg);
      FloatVector xhat = fromArray(FLOAT, x, xRow + whole, rest).sub(mean).mul(rstd);
      xhat.fma(vs, g.sub(t)).mul(rstd).intoArray(dx, to + whole, rest);
    }
  }
}
