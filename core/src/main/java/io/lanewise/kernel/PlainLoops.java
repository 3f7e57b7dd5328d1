package io.lanewise.kernel;

/**
 * Loops that C2 makes vectors of. It does so only where it sees that no array overlaps another one:
 * each row has an array of its own, from index 0. Four rows of C take four p a pass, so an element
 * that is loaded is used four times. One such loop serves all forms, since each further one would
 * be compiled too; a single row has another.
 */
final class PlainLoops {
  private PlainLoops() {}

  static void copy(float[] x, int off, int step, int n, float[] y) {
    if (step == 1) {
      System.arraycopy(x, off, y, 0, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      y[j] = x[off + j * step];
    }
  }

  /** Four rows at once: where they lie side by side, a line of the cache is read once. */
  static void transpose(
      float[] x, int off, int step, int rowStep, int n, float[][] rows, int first) {
    float[] y0 = rows[first];
    float[] y1 = rows[first + 1];
    float[] y2 = rows[first + 2];
    float[] y3 = rows[first + 3];
    for (int j = 0; j < n; j++) {
      int at = off + j * step;
      y0[j] = x[at];
      y1[j] = x[at + rowStep];
      y2[j] = x[at + 2 * rowStep];
      y3[j] = x[at + 3 * rowStep];
    }
  }

  /** Four p of a row of C. */
  static void passRow(int n, float[] a, int off, float[][] rights, int p, float[] c) {
    float a0 = a[off];
    float a1 = a[off + PlainProduct.UNIT];
    float a2 = a[off + 2 * PlainProduct.UNIT];
    float a3 = a[off + 3 * PlainProduct.UNIT];
    float[] b0 = rights[p];
    float[] b1 = rights[p + 1];
    float[] b2 = rights[p + 2];
    float[] b3 = rights[p + 3];
    for (int j = 0; j < n; j++) {
      c[j] =
          Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], c[j]))));
    }
  }

  /** Four p of four rows of C. */
  static void pass(int n, float[] a, int off, float[][] rights, int p, float[][] outs) {
    float a00 = a[off];
    float a10 = a[off + 1];
    float a20 = a[off + 2];
    float a30 = a[off + 3];
    float a01 = a[off + 4];
    float a11 = a[off + 5];
    float a21 = a[off + 6];
    float a31 = a[off + 7];
    float a02 = a[off + 8];
    float a12 = a[off + 9];
    float a22 = a[off + 10];
    float a32 = a[off + 11];
    float a03 = a[off + 12];
    float a13 = a[off + 13];
    float a23 = a[off + 14];
    float a33 = a[off + 15];
    float[] b0 = rights[p];
    float[] b1 = rights[p + 1];
    float[] b2 = rights[p + 2];
    float[] b3 = rights[p + 3];
    float[] c0 = outs[0];
    float[] c1 = outs[1];
    float[] c2 = outs[2];
    float[] c3 = outs[3];
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
      c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
      c2[j] = Math.fma(a23, x3, Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, c2[j]))));
      c3[j] = Math.fma(a33, x3, Math.fma(a32, x2, Math.fma(a31, x1, Math.fma(a30, x0, c3[j]))));
    }
  }
}
