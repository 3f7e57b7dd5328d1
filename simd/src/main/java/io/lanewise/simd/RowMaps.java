package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** What is computed element by element from a row and one vector or row beside it. */
final class RowMaps {
  private RowMaps() {}

  /** y = fma(x - mean, scale, shift). */
  static void normalize(Matrix xs, Matrix means, Matrix scales, Matrix shifts, Matrix ys) {
    float[] x = xs.array();
    float[] mean = means.array();
    float[] scale = scales.array();
    float[] shift = shifts.array();
    float[] y = ys.array();
    int xOff = xs.off();
    int ldx = xs.ld();
    int meanOff = means.off();
    int scaleOff = scales.off();
    int shiftOff = shifts.off();
    int yOff = ys.off();
    int ldy = ys.ld();
    int m = xs.rows();
    int n = xs.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int xRow = xOff + i * ldx;
      int yRow = yOff + i * ldy;
      for (int j = 0; j < whole; j += LENGTH) {
        FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
        FloatVector vs = fromArray(FLOAT, scale, scaleOff + j);
        d.fma(vs, fromArray(FLOAT, shift, shiftOff + j)).intoArray(y, yRow + j);
      }
      if (whole < n) {
        FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
        FloatVector d = fromArray(FLOAT, x, xRow + whole, rest).sub(vm);
        FloatVector vs = fromArray(FLOAT, scale, scaleOff + whole, rest);
        FloatVector vb = fromArray(FLOAT, shift, shiftOff + whole, rest);
        d.fma(vs, vb).intoArray(y, yRow + whole, rest);
      }
    }
  }

  /** y = a + b. */
  static void add(Matrix as, Matrix bs, Matrix ys) {
    float[] a = as.array();
    float[] b = bs.array();
    float[] y = ys.array();
    int rows = as.isDense() && bs.isDense() && ys.isDense() ? 1 : as.rows();
    int n = as.rows() / rows * as.columns();
    for (int i = 0; i < rows; i++) {
      add(n, a, as.at(i), b, bs.at(i), y, ys.at(i));
    }
  }

  private static void add(int n, float[] a, int aRow, float[] b, int bRow, float[] y, int yRow) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector vb = fromArray(FLOAT, b, bRow + j);
      fromArray(FLOAT, a, aRow + j).add(vb).intoArray(y, yRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vb = fromArray(FLOAT, b, bRow + whole, rest);
      fromArray(FLOAT, a, aRow + whole, rest).add(vb).intoArray(y, yRow + whole, rest);
    }
  }

  /** y = x w. */
  static void scaleRows(Matrix xs, Matrix ws, Matrix ys) {
    float[] x = xs.array();
    float[] w = ws.array();
    float[] y = ys.array();
    int xRow = xs.off();
    int ldx = xs.ld();
    int wOff = ws.off();
    int yRow = ys.off();
    int ldy = ys.ld();
    int m = xs.rows();
    int n = xs.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      FloatVector factor = FloatVector.broadcast(FLOAT, w[wOff + i]);
      for (int j = 0; j < whole; j += LENGTH) {
        fromArray(FLOAT, x, xRow + j).mul(factor).intoArray(y, yRow + j);
      }
      if (whole < n) {
        fromArray(FLOAT, x, xRow + whole, rest).mul(factor).intoArray(y, yRow + whole, rest);
      }
      xRow += ldx;
      yRow += ldy;
    }
  }
}
