package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ADD;

import io.lanewise.kernel.FloatMath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Softmax and its Jacobian, row by row, and sums down the columns.
 *
 * <p>A reduction runs once for each vector of the 16 virtual lanes, of which {@code first} is the
 * first lane, and leaves it in {@code lanes}.
 */
final class Rows {
  private Rows() {}

  static void softmax(int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    int done = n <= LENGTH ? rowsOfWholeLoads(m, z, zOff, ldz) : 0;
    if (done > 0) {
      softmaxOfShortRows(done, n, z, zOff, ldz, a, aOff, lda);
    }
    float[] lanes = Lanes.scratch();
    for (int i = done; i < m; i++) {
      int zRow = zOff + i * ldz;
      int aRow = aOff + i * lda;
      float max = max(n, z, zRow, lanes);
      Arrays.fill(lanes, 0f);
      for (int first = 0; first < VIRTUAL; first += LENGTH) {
        exponentials(first, n, z, zRow, max, a, aRow, lanes);
      }
      divide(n, a, aRow, Lanes.sum(lanes));
    }
  }

  /** How many rows a whole vector may be loaded from, though it may reach past the row. */
  static int rowsOfWholeLoads(int m, float[] z, int zOff, int ldz) {
    int room = z.length - LENGTH - zOff;
    return room < 0 ? 0 : Math.min(m, room / ldz + 1);
  }

  /**
   * Rows of at most one vector: they stay in a register. The loads are whole ones since a masked
   * one takes so much of what the compiler inlines in a method that exp would be left out.
   */
  private static void softmaxOfShortRows(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector nothing = FloatVector.broadcast(FLOAT, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(FLOAT);
    float[] lanes = Lanes.clearedScratch();
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, z, zOff + i * ldz);
      float max = Lanes.max(nothing.blend(v, some));
      // Past the row exp of 0: that of -infinity takes many times longer where it underflows.
      FloatVector d = zero.blend(v.sub(max), some);
      FloatVector e = zero.blend(LaneMath.exp(d), some);
      // Through memory: C2 leaves the sum a call here, and would box its argument.
      e.intoArray(lanes, 0);
      e.div(Lanes.sum(lanes)).intoArray(a, aOff + i * lda, some);
    }
  }

  /** a = exp(z - max), and the sums of it. The tail is scalar, as in {@link Elementwise}. */
  private static void exponentials(
      int first, int n, float[] z, int zRow, float max, float[] a, int aRow, float[] lanes) {
    int j = first;
    if (j <= n - LENGTH) {
      j = wholeExponentials(first, n, z, zRow, max, a, aRow, lanes);
    }
    for (int l = first; j < n; j++, l++) {
      float e = FloatMath.exp(z[zRow + j] - max);
      a[aRow + j] = e;
      lanes[l] += e;
    }
  }

  private static int wholeExponentials(
      int first, int n, float[] z, int zRow, float max, float[] a, int aRow, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector e = LaneMath.exp(fromArray(FLOAT, z, zRow + j).sub(max));
      e.intoArray(a, aRow + j);
      sum = sum.add(e);
    }
    sum.intoArray(lanes, first);
    return j;
  }

  private static void divide(int n, float[] a, int aRow, float sum) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      fromArray(FLOAT, a, aRow + j).div(sum).intoArray(a, aRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      fromArray(FLOAT, a, aRow + whole, rest).div(sum).intoArray(a, aRow + whole, rest);
    }
  }

  /** The maximum of a row, -infinity of nothing. */
  static float max(int n, float[] x, int row, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      max(first, n, x, row, lanes);
    }
    return Lanes.max(lanes);
  }

  private static void max(int first, int n, float[] x, int row, float[] lanes) {
    FloatVector max = FloatVector.broadcast(FLOAT, Float.NEGATIVE_INFINITY);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      max = max.max(fromArray(FLOAT, x, row + j));
    }
    max.intoArray(lanes, first);
    for (int l = first; j < n; j++, l++) {
      lanes[l] = Math.max(lanes[l], x[row + j]);
    }
  }

  /** The sum of a row. */
  static float sum(int n, float[] x, int row, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      sum(first, n, x, row, lanes);
    }
    return Lanes.sum(lanes);
  }

  private static void sum(int first, int n, float[] x, int row, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      sum = sum.add(fromArray(FLOAT, x, row + j));
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      sum = sum.lanewise(ADD, fromArray(FLOAT, x, row + j, rest), rest);
    }
    sum.intoArray(lanes, first);
  }

  static void softmaxBackward(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      float[] da,
      int daOff,
      int ldda,
      float[] dz,
      int dzOff,
      int lddz) {
    float[] lanes = Lanes.scratch();
    for (int i = 0; i < m; i++) {
      int aRow = aOff + i * lda;
      int daRow = daOff + i * ldda;
      for (int first = 0; first < VIRTUAL; first += LENGTH) {
        dot(first, n, a, aRow, da, daRow, lanes);
      }
      softmaxBackwardRow(n, a, aRow, da, daRow, Lanes.sum(lanes), dz, dzOff + i * lddz);
    }
  }

  private static void dot(
      int first, int n, float[] x, int xRow, float[] y, int yRow, float[] lanes) {
    FloatVector dot = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      dot = fromArray(FLOAT, x, xRow + j).fma(fromArray(FLOAT, y, yRow + j), dot);
    }
    if (j < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(j, n);
      FloatVector vx = fromArray(FLOAT, x, xRow + j, rest);
      FloatVector vy = fromArray(FLOAT, y, yRow + j, rest);
      // Only there: elsewhere fma(0, 0, dot) would turn a -0 into +0.
      dot = dot.blend(vx.fma(vy, dot), rest);
    }
    dot.intoArray(lanes, first);
  }

  private static void softmaxBackwardRow(
      int n, float[] a, int aRow, float[] da, int daRow, float dot, float[] dz, int dzRow) {
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = fromArray(FLOAT, da, daRow + j).sub(dot);
      fromArray(FLOAT, a, aRow + j).mul(d).intoArray(dz, dzRow + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      FloatVector d = fromArray(FLOAT, da, daRow + whole, rest).sub(dot);
      fromArray(FLOAT, a, aRow + whole, rest).mul(d).intoArray(dz, dzRow + whole, rest);
    }
  }

  static void columnSums(int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    int j = 0;
    for (; j <= n - 4 * LENGTH; j += 4 * LENGTH) {
      fourVectorsOfColumns(m, x, xOff + j, ldx, sums, sumsOff + j);
    }
    for (; j <= n - LENGTH; j += LENGTH) {
      vectorOfColumns(m, x, xOff + j, ldx, sums, sumsOff + j);
    }
    if (j < n) {
      lastColumns(m, n - j, x, xOff + j, ldx, sums, sumsOff + j);
    }
  }

  private static void fourVectorsOfColumns(
      int m, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    FloatVector s0 = FloatVector.zero(FLOAT);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < m; i++) {
      int row = xOff + i * ldx;
      s0 = s0.add(fromArray(FLOAT, x, row));
      s1 = s1.add(fromArray(FLOAT, x, row + LENGTH));
      s2 = s2.add(fromArray(FLOAT, x, row + 2 * LENGTH));
      s3 = s3.add(fromArray(FLOAT, x, row + 3 * LENGTH));
    }
    s0.intoArray(sums, sumsOff);
    s1.intoArray(sums, sumsOff + LENGTH);
    s2.intoArray(sums, sumsOff + 2 * LENGTH);
    s3.intoArray(sums, sumsOff + 3 * LENGTH);
  }

  private static void vectorOfColumns(
      int m, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    FloatVector s = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      s = s.add(fromArray(FLOAT, x, xOff + i * ldx));
    }
    s.intoArray(sums, sumsOff);
  }

  private static void lastColumns(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector s = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      s = s.add(fromArray(FLOAT, x, xOff + i * ldx, some));
    }
    s.intoArray(sums, sumsOff, some);
  }
}
