package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The kernels on the Vector API: the bits of the scalar ones, whatever the lanes. */
final class SimdKernels extends Kernels {
  static final SimdKernels INSTANCE = new SimdKernels(false);

  /** With the products that are compiled first. */
  static final SimdKernels EARLY = new SimdKernels(true);

  private static final long SLICE = 4_000_000;

  private final boolean isEarly;
  private final boolean fastFma = Lanes.hasFastFma();

  private SimdKernels(boolean isEarly) {
    this.isEarly = isEarly;
    if (isEarly) {
      return; // The other ones have said it.
    }
    System.Logger log = System.getLogger("io.lanewise");
    if (!fastFma) {
      log.log(
          System.Logger.Level.WARNING,
          "this JVM emulates fused multiply-add, a thousand times slower or more: the same results,"
              + " but use a processor with FMA and leave out -XX:-UseFMA and -XX:UseAVX=0");
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
  protected void doWarmUp(Duration most) {
    long begin = System.nanoTime();
    long nanos = TimeUnit.NANOSECONDS.convert(most);
    for (boolean isRow : new boolean[] {true, false}) {
      Rehearsal packed = Rehearsal.of(null, isRow);
      while (!packed.isStale()
          && System.nanoTime() - begin < nanos
          && !Thread.currentThread().isInterrupted()
          && !packed.step(Math.min(nanos, SLICE))) {
        // For the compiler to have a processor.
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  @Override
  protected boolean rehearse(Transpose form, boolean isRow, long nanos) {
    return Rehearsal.of(form, isRow).step(nanos);
  }

  @Override
  protected Kernels early(long nanos) {
    return EarlyProducts.rehearse(nanos) ? EARLY : null;
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue e, Matrix bias, Matrix saved) {
    Products.matmul(isEarly, form, a, b, c, e, bias, saved);
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    return Products.pack(this, b);
  }

  @Override
  protected PackedMatrix doPackIntegers(Matrix b) {
    return Integers.pack(this, b);
  }

  @Override
  protected void doUnpack(PackedMatrix b, int p, int column, int columns, float[] to) {
    if (b instanceof Integers integers) {
      integers.unpack(p, column, columns, to);
      return;
    }
    Packing.unpack(b, p, column, columns, to, 0);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue e, Matrix bias, Matrix saved) {
    if (b instanceof Integers integers) {
      integers.product(a, from, c);
      return;
    }
    Products.matmulPacked(isEarly, a, b, from, c, e, bias, saved);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    Reductions.columnSums(x, sums);
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    Elementwise.map(f, x, y);
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    Elementwise.activate(f, z, a);
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    Elementwise.backward(f, saved, da, dz);
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    Reductions.softmax(z, a);
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    Reductions.softmaxBackward(a, da, dz);
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    LogSoftmax.forward(z, a);
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    LogSoftmax.backward(a, da, dz);
  }

  @Override
  protected void doAttention(Heads heads, Matrix q, Matrix k, Matrix v, Matrix mask, Matrix y) {
    Scratch scratch = Scratch.take();
    for (int h = heads.first(); h < heads.end(); h++) {
      scratch.attention.head(heads, h, q, k, v, mask, y);
    }
    scratch.give();
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    SoftmaxLosses.ofLabels(z, labels, labelsOff, scale, dz, rowLoss);
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    Losses.loss(loss, z, y, scale, dz, rowLoss);
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    RowMaps.normalize(x, mean, scale, shift, y);
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    ColumnNorms.moments(x, mean, variance);
  }

  @Override
  protected void doNormParameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    if (ofRows) {
      RowNorms.parameters(x, norm, dy, dgamma, dbeta);
    } else {
      ColumnNorms.parameters(x, norm, dy, dgamma, dbeta);
    }
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    ColumnNorms.input(batch, x, norm, dy, dgamma, dbeta, dx);
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    RowNorms.layerNorm(x, norm, epsilon, y);
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    RowNorms.input(x, norm, dy, dx);
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    Dropping.dropout(mask, seed, stream, firstRow, x, y);
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    RowMaps.add(a, b, y);
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    RowMaps.scaleRows(x, w, y);
  }

  @Override
  protected void doUpdate(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    UpdateLoops.update(u, p, g, s1, s2);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    Scratch scratch = Scratch.take();
    float sum = Reductions.dot(length, g, gOff, g, gOff, scratch.lanes);
    scratch.give();
    return sum;
  }
}
