package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.UpdateKernels;

/** The kernels on the Vector API: the bits of the scalar ones, whatever the lanes. */
final class SimdKernels extends Kernels {
  static final SimdKernels INSTANCE = new SimdKernels();

  private final boolean fastFma = Fma.isFast();

  private SimdKernels() {
    System.Logger log = System.getLogger("io.lanewise");
    if (!fastFma) {
      log.log(
          System.Logger.Level.WARNING,
          "this JVM emulates fused multiply-add, a thousand times slower or more: the same results, but use"
              + " a processor with FMA and leave out -XX:-UseFMA and -XX:UseAVX=0");
    }
    if (!Lanes.isNative()) {
      log.log(
          System.Logger.Level.WARNING,
          "this JVM has no {0}-lane vectors and emulates them, some 50 times slower: the same"
              + " results, but leave out -Dlanewise.lanes and -XX:MaxVectorSize",
          Lanes.LENGTH);
    }
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String describe() {
    return "simd, "
        + Lanes.FLOAT.vectorBitSize()
        + "-bit lanes"
        + (Lanes.isNative() ? "" : " (emulated)")
        + (fastFma ? ", FMA" : ", FMA emulated");
  }

  @Override
  public LayerKernels layers() {
    return SimdLayerKernels.INSTANCE;
  }

  @Override
  public UpdateKernels updates() {
    return SimdUpdateKernels.INSTANCE;
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
    if (Scaled.takes(n, fusion)) {
      Scaled.matmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    } else {
      Gemm.matmul(form, m, n, k, a, aOff, lda, b, bOff, ldb, c, cOff, ldc, fusion);
    }
  }

  @Override
  protected PackedMatrix doPack(int k, int n, float[] b, int bOff, int ldb) {
    // A single row of narrow panels would wait for its chains.
    int fewestRows = Blocking.VECTORS == 3 ? 1 : 2;
    return new PackedMatrix(this, k, n, Packing.panels(k, n, b, bOff, ldb), fewestRows);
  }

  @Override
  protected void doMatmulPacked(
      int m,
      float[] a,
      int aOff,
      int lda,
      PackedMatrix b,
      int column,
      int n,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    Gemm.matmulPacked(m, n, a, aOff, lda, b, column, c, cOff, ldc, fusion);
  }

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    Rows.columnSums(m, n, x, xOff, ldx, sums, sumsOff);
  }

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    Elementwise.map(f, length, x, xOff, y, yOff);
  }

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    Elementwise.activate(f, length, z, zOff, a, aOff);
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
    Derivatives.multiply(f, length, saved, savedOff, da, daOff, dz, dzOff);
  }

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    Rows.softmax(m, n, z, zOff, ldz, a, aOff, lda);
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
    Rows.softmaxBackward(m, n, a, aOff, lda, da, daOff, ldda, dz, dzOff, lddz);
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
    Losses.crossEntropy(
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
    Losses.loss(
        loss, m, n, z, zOff, ldz, y, yOff, ldy, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
  }
}
