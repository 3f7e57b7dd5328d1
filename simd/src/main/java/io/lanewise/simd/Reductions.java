package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Softmax and its Jacobian, row by row, and sums down the columns.
 *
 * <p>Rows of at most one vector are reduced in it. Of longer ones a reduction runs once for each
 * vector of the 16 virtual lanes, of which {@code first} is the first lane, and leaves it in {@code
 * lanes}.
 */
final class Reductions {
  private Reductions() {}

  static void softmax(Matrix zs, Matrix as) {
    Scratch scratch = Scratch.take();
    int m = zs.rows();
    int n = zs.columns();
    if (n <= LENGTH) {
      int rows = Scratch.rows(n);
      for (int i = 0; i < m; i += rows) {
        int some = Math.min(rows, m - i);
        shortExponentials(scratch.part(0, zs, i, some), scratch);
        Matrix part = scratch.part(1, as, i, some);
        Pass.rows(Pass.QUOTIENTS, n, part, scratch.block(n), scratch);
      }
      scratch.give();
      return;
    }
    float[] z = zs.array();
    float[] a = as.array();
    int zOff = zs.off();
    int aOff = as.off();
    int ldz = zs.ld();
    int lda = as.ld();
    scratch.except = Float.NaN;
    for (int i = 0; i < m; i++) {
      int zRow = zOff + i * ldz;
      int aRow = aOff + i * lda;
      scratch.max = max(n, z, zRow);
      exponentials(n, z, zRow, a, aRow, scratch);
      divide(n, a, aRow, Lanes.sum(scratch.lanes));
    }
    scratch.give();
  }

  /**
   * Into the scratch block e^(z - max) of rows of at most one vector, and their maxima. One row
   * after another is stored as a whole vector, whose excess the next row overwrites; exp then runs
   * over them all, since there are fewer vectors than rows.
   */
  static void shortExponentials(Matrix z, Scratch scratch) {
    int n = z.columns();
    float[] block = scratch.block(n);
    Pass.rows(Pass.DIFFERENCES, n, z, block, scratch);
    Pass.of(Function.EXP).run(Scratch.wholeVectors(z.rows() * n), block);
  }

  /** See {@link Pass#rows}, as the others of this form. */
  static void shortDifferences(int n, Matrix zs, float[] block, Scratch scratch) {
    float[] z = zs.array();
    float[] maxima = scratch.maxima;
    int zOff = zs.off();
    int ldz = zs.ld();
    int m = zs.rows();
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector nothing = FloatVector.broadcast(FLOAT, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, z, zOff + i * ldz, some);
      FloatVector max = Lanes.max(nothing.blend(v, some));
      max.intoArray(maxima, i);
      v.sub(max).intoArray(block, i * n);
    }
  }

  static void shortQuotients(int n, Matrix as, float[] block, Scratch scratch) {
    float[] a = as.array();
    int aOff = as.off();
    int lda = as.ld();
    int m = as.rows();
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      FloatVector e = fromArray(FLOAT, block, i * n);
      e.div(Lanes.sum(zero.blend(e, some))).intoArray(a, aOff + i * lda, some);
    }
  }

  /**
   * a = exp(z - max), and in the lanes the sums of it but where z is the exception, as {@link
   * Scratch} has both; returns how often it is.
   */
  static int exponentials(int n, float[] z, int zRow, float[] a, int aRow, Scratch scratch) {
    int whole = n - n % VIRTUAL;
    int count = 0;
    Arrays.fill(scratch.lanes, 0f);
    for (int first = 0; whole > 0 && first < VIRTUAL; first += LENGTH) {
      count += Pass.exponentials(first, whole, z, zRow, a, aRow, scratch);
    }
    if (whole < n) {
      float[] tail = tailExponentials(n - whole, z, zRow + whole, scratch);
      for (int l = 0; l < n - whole; l++) {
        boolean isExcept = z[zRow + whole + l] == scratch.except;
        count += isExcept ? 1 : 0;
        scratch.lanes[l] += isExcept ? 0f : tail[l];
        a[aRow + whole + l] = tail[l];
      }
    }
    return count;
  }

  /** Of every vector from {@code first} in steps of the virtual lanes; see {@link Pass}. */
  static int wholeExponentials(
      int first, int whole, float[] z, int zRow, float[] a, int aRow, Scratch scratch) {
    float max = scratch.max;
    float except = scratch.except;
    FloatVector sum = FloatVector.zero(FLOAT);
    int count = 0;
    for (int j = first; j < whole; j += VIRTUAL) {
      FloatVector v = fromArray(FLOAT, z, zRow + j);
      FloatVector e = LaneMath.exp(v.sub(max));
      VectorMask<Float> isExcept = v.compare(EQ, except);
      e.intoArray(a, aRow + j);
      sum = sum.add(e.blend(0f, isExcept));
      count += isExcept.trueCount();
    }
    sum.intoArray(scratch.lanes, first);
    return count;
  }

  /** exp(z - max) of less than 16 elements. */
  private static float[] tailExponentials(int n, float[] z, int zRow, Scratch scratch) {
    float[] tail = scratch.tail;
    float max = scratch.max;
    for (int l = 0; l < n; l++) {
      tail[l] = z[zRow + l] - max;
    }
    // 0 and not what was there: exp takes many times longer where it underflows.
    Arrays.fill(tail, n, VIRTUAL, 0f);
    Pass.of(Function.EXP).run(Scratch.wholeVectors(n), tail);
    return tail;
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

  /**
   * The maximum of a row of at least a vector, as {@link Lanes#max} has it and in any order; four
   * chains, since a step has the latency of two instructions.
   */
  static float max(int n, float[] x, int row) {
    FloatVector m0 = fromArray(FLOAT, x, row + n - LENGTH);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int j = 0;
    for (; j <= n - 4 * LENGTH; j += 4 * LENGTH) {
      FloatVector v0 = fromArray(FLOAT, x, row + j);
      FloatVector v1 = fromArray(FLOAT, x, row + j + LENGTH);
      FloatVector v2 = fromArray(FLOAT, x, row + j + 2 * LENGTH);
      FloatVector v3 = fromArray(FLOAT, x, row + j + 3 * LENGTH);
      m0 = m0.blend(v0, v0.compare(GT, m0));
      m1 = m1.blend(v1, v1.compare(GT, m1));
      m2 = m2.blend(v2, v2.compare(GT, m2));
      m3 = m3.blend(v3, v3.compare(GT, m3));
    }
    for (; j <= n - LENGTH; j += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, row + j);
      m0 = m0.blend(v, v.compare(GT, m0));
    }
    m0 = m0.blend(m1, m1.compare(GT, m0));
    m2 = m2.blend(m3, m3.compare(GT, m2));
    m0 = m0.blend(m2, m2.compare(GT, m0));
    // Ints in the order of the floats: their maximum is one instruction a fold.
    IntVector k = m0.reinterpretAsInts();
    int max = k.lanewise(XOR, k.lanewise(ASHR, 31).lanewise(LSHR, 1)).reduceLanes(MAX);
    return Float.intBitsToFloat(max ^ (max >> 31 >>> 1));
  }

  /** The sums of rows that lie one after another in the block. */
  static void sums(int n, float[] block, Matrix sums, Scratch scratch) {
    if (n <= LENGTH) {
      Pass.rows(Pass.SUMS, n, sums, block, scratch);
      return;
    }
    for (int i = 0; i < sums.rows(); i++) {
      sums.array()[sums.off() + i] = sum(n, block, i * n, scratch.lanes);
    }
  }

  static void shortSums(int n, Matrix rowSums, float[] block, Scratch scratch) {
    float[] sums = rowSums.array();
    int sumsOff = rowSums.off();
    int m = rowSums.rows();
    VectorMask<Float> some = FLOAT.indexInRange(0, n);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < m; i++) {
      FloatVector v = fromArray(FLOAT, block, i * n);
      // A lane starts from +0, which -0 would not change.
      sums[sumsOff + i] = Lanes.sum(zero.add(zero.blend(v, some))).lane(0);
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

  static void softmaxBackward(Matrix as, Matrix das, Matrix dzs) {
    Scratch scratch = Scratch.take();
    float[] a = as.array();
    float[] da = das.array();
    float[] dz = dzs.array();
    int aRow = as.off();
    int lda = as.ld();
    int daRow = das.off();
    int ldda = das.ld();
    int dzRow = dzs.off();
    int lddz = dzs.ld();
    int m = as.rows();
    int n = as.columns();
    for (int i = 0; i < m; i++) {
      float dot = dot(n, a, aRow, da, daRow, scratch.lanes);
      softmaxBackwardRow(n, a, aRow, da, daRow, dot, dz, dzRow);
      aRow += lda;
      daRow += ldda;
      dzRow += lddz;
    }
    scratch.give();
  }

  /** The sum of x[j] y[j]. */
  static float dot(int n, float[] x, int xRow, float[] y, int yRow, float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      dot(first, n, x, xRow, y, yRow, lanes);
    }
    return Lanes.sum(lanes);
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

  static void columnSums(Matrix xs, Matrix columnSums) {
    float[] x = xs.array();
    float[] sums = columnSums.array();
    int xOff = xs.off();
    int ldx = xs.ld();
    int sumsOff = columnSums.off();
    int m = xs.rows();
    int n = xs.columns();
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
