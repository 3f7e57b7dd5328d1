package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;

/** The scalar kernels, for tests that override one operation with a bug; not for threads. */
class DelegatingKernels extends Kernels {
  static final Kernels SCALAR = ScalarKernels.INSTANCE;

  @Override
  public String name() {
    return "planted";
  }

  @Override
  public String describe() {
    return name();
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    SCALAR.matmul(form, a, b, c, epilogue, bias, saved);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Matrix rows = new Matrix(b.elements(), from, Math.max(1, b.n()), b.k(), c.columns());
    doMatmul(Transpose.NN, a, rows, c, epilogue, bias, saved);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    SCALAR.columnSums(x, sums);
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    SCALAR.map(f, x, y);
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    SCALAR.activate(f, z, a);
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    SCALAR.activateBackward(f, saved, da, dz);
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    SCALAR.softmax(z, a);
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    SCALAR.softmaxBackward(a, da, dz);
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    SCALAR.logSoftmax(z, a);
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    SCALAR.logSoftmaxBackward(a, da, dz);
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    SCALAR.crossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    SCALAR.loss(loss, z, y, scale, dz, rowLoss);
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    SCALAR.normalize(x, mean, scale, shift, y);
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    SCALAR.columnMoments(x, mean, variance);
  }

  @Override
  protected void doBatchNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    SCALAR.batchNormBackward(x, norm, dy, null, dgamma, dbeta);
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    int n = x.columns();
    SCALAR.batchNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    SCALAR.layerNorm(x, norm, epsilon, y);
  }

  @Override
  protected void doLayerNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    SCALAR.layerNormBackward(x, norm, dy, null, dgamma, dbeta);
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    int n = x.columns();
    SCALAR.layerNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    SCALAR.dropout(mask, seed, stream, firstRow, x, y);
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    SCALAR.add(a, b, y);
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    SCALAR.scaleRows(x, w, y);
  }

  @Override
  protected void doUpdate(Update update, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    SCALAR.update(update, p, g, s1, s2);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    return (float) SCALAR.sumOfSquares(Matrix.row(g, gOff, length));
  }
}
