package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The logarithm of softmax and its Jacobian, a block of rows at a time. */
final class LogSoftmax {
  private LogSoftmax() {}

  static void forward(Matrix z, Matrix a) {
    Scratch scratch = Scratch.take();
    int rows = Scratch.rows(z.columns());
    for (int i = 0; i < z.rows(); i += rows) {
      int some = Math.min(rows, z.rows() - i);
      Matrix zs = scratch.part(0, z, i, some);
      SoftmaxLosses.logSums(zs, scratch);
      differences(zs, scratch.maxima, scratch.logs, scratch.part(1, a, i, some));
    }
    scratch.give();
  }

  /** a = (z - max) - log. */
  private static void differences(Matrix zs, float[] maxima, float[] logs, Matrix as) {
    float[] z = zs.array();
    float[] a = as.array();
    int zRow = zs.off();
    int ldz = zs.ld();
    int aRow = as.off();
    int lda = as.ld();
    int m = zs.rows();
    int n = zs.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      float max = maxima[i];
      float log = logs[i];
      int j = 0;
      for (; j < whole; j += LENGTH) {
        fromArray(FLOAT, z, zRow + j).sub(max).sub(log).intoArray(a, aRow + j);
      }
      if (j < n) {
        fromArray(FLOAT, z, zRow + j, rest).sub(max).sub(log).intoArray(a, aRow + j, rest);
      }
      zRow += ldz;
      aRow += lda;
    }
  }

  static void backward(Matrix a, Matrix da, Matrix dz) {
    Scratch scratch = Scratch.take();
    int n = a.columns();
    int rows = Scratch.rows(n);
    float[] block = scratch.block(n);
    for (int i = 0; i < a.rows(); i += rows) {
      int some = Math.min(rows, a.rows() - i);
      Scratch.gather(scratch.part(0, a, i, some), block);
      Pass.of(Function.EXP).run(Scratch.wholeVectors(some * n), block);
      Matrix das = scratch.part(1, da, i, some);
      jacobian(block, das, scratch.part(2, dz, i, some), scratch.lanes);
    }
    scratch.give();
  }

  /** dz = da - p sum of da, p being in the block. */
  private static void jacobian(float[] block, Matrix das, Matrix dzs, float[] lanes) {
    float[] da = das.array();
    float[] dz = dzs.array();
    int daRow = das.off();
    int ldda = das.ld();
    int dzRow = dzs.off();
    int lddz = dzs.ld();
    int m = das.rows();
    int n = das.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      FloatVector negated = FloatVector.broadcast(FLOAT, -Reductions.sum(n, da, daRow, lanes));
      int j = 0;
      for (; j < whole; j += LENGTH) {
        FloatVector d = fromArray(FLOAT, da, daRow + j);
        fromArray(FLOAT, block, i * n + j).fma(negated, d).intoArray(dz, dzRow + j);
      }
      if (j < n) {
        FloatVector d = fromArray(FLOAT, da, daRow + j, rest);
        fromArray(FLOAT, block, i * n + j).fma(negated, d).intoArray(dz, dzRow + j, rest);
      }
      daRow += ldda;
      dzRow += lddz;
    }
  }
}
