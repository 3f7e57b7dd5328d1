package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** What is computed element by element from a row and one vector or row beside it. */
final class RowMaps {
  private RowMaps() {}

  /** y = fma(x - mean, scale, shift). */
  static void normalize(
      int n,
      float[] x,
      int xRow,
      float[] mean,
      int meanOff,
      float[] scale,
      int scaleOff,
      float[] shift,
      int shiftOff,
      float[] y,
      int yRow) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = fromArray(FLOAT, x, xRow + j).sub(fromArray(FLOAT, mean, meanOff + j));
      FloatVector vs = fromArray(FLOAT, scale, scaleOff + j);
      d.fma(vs, fromArray(FLOAT, shift, shiftOff + j)).intoArray(y, yRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector vm = fromArray(FLOAT, mean, meanOff + whole, rest);
      FloatVector d = fromArray(FLOAT, x, xRow + whole, rest).sub(vm);
      FloatVector vs = fromArray(FLOAT, scale, scaleOff + whole, rest);
      FloatVector vb = fromArray(FLOAT, shift, shiftOff + whole, rest);
      d.fma(vs, vb).intoArray(y, yRow + whole, rest);
    }
  }

  /** y = a + b. */
  static void add(int n, float[] a, int aRow, float[] b, int bRow, float[] y, int yRow) {
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
  static void scale(int n, float[] x, int xRow, float w, float[] y, int yRow) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      fromArray(FLOAT, x, xRow + j).mul(w).intoArray(y, yRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      fromArray(FLOAT, x, xRow + whole, rest).mul(w).intoArray(y, yRow + whole, rest);
    }
  }
}
