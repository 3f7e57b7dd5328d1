package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.UpdateKernels;

/** The scalar kernels, for tests that override one operation with a bug. */
class DelegatingKernels extends Kernels {
  private static final Kernels TO = ScalarKernels.INSTANCE;

  @Override
  public String name() {
    return "planted";
  }

  @Override
  public String describe() {
    return name();
  }

  @Override
  public LayerKernels layers() {
    return TO.layers();
  }

  @Override
  public UpdateKernels updates() {
    return TO.updates();
  }

  @Override
  protected void doMatmul(
      Form form,
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    TO.matmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
  }

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    TO.columnSums(m, n, x, xOff, ldx, sums, sumsOff);
  }

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    TO.map(f, length, x, xOff, y, yOff);
  }

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    TO.activate(f, length, z, zOff, a, aOff);
  }

  @Override
  protected void doActivateBackward(
      Activation f,
      int length,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff) {
    TO.activateBackward(f, length, saved, savedOff, da, daOff, dz, dzOff);
  }

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    TO.softmax(m, n, z, zOff, ldz, a, aOff, lda);
  }

  @Override
  protected void doSoftmaxBackward(
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
    TO.softmaxBackward(m, n, a, aOff, lda, da, daOff, ldda, dz, dzOff, lddz);
  }

  @Override
  protected void doCrossEntropy(
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      int[] labels,
      int labelsOff,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    TO.crossEntropy(
        m, n, z, zOff, ldz, labels, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
  }

  @Override
  protected void doLoss(
      LossFunction loss,
      int m,
      int n,
      float[] z,
      int zOff,
      int ldz,
      float[] y,
      int yOff,
      int ldy,
      float scale,
      float[] dz,
      int dzOff,
      int lddz,
      float[] rowLoss,
      int rowLossOff) {
    TO.loss(loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
  }
}
