package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import io.lanewise.math.FloatMath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that hand every operation on to others: extend it, and override the one that is yours. So
 * one operation is tried in a network, by {@link KernelDiff}, or by {@link Conformance}, long
 * before the others are written.
 *
 * <pre>{@code
 * Kernels mine = new ForwardingKernels(ScalarKernels.INSTANCE) {
 *   @Override
 *   protected void doColumnSums(Matrix x, Matrix sums) {
 *     // ...
 *   }
 * };
 * }</pre>
 *
 * <p>An activation after a product is part of the product: {@code doActivate} does not see it. A
 * product with a packed B is {@code doMatmul} with B as it lies. May be shared by threads if the
 * others may.
 */
public abstract class ForwardingKernels extends Kernels {
  final Kernels to;

  /**
   * Forwards to those kernels.
   *
   * @param to such as {@link io.lanewise.kernel.ScalarKernels#INSTANCE}
   */
  protected ForwardingKernels(Kernels to) {
    this.to = Objects.requireNonNull(to, "to");
  }

  /** Is told of each call but a product, with the window whose size says how large it is. */
  void onCall(String operation, Object detail, Matrix x) {}

  /** Is told of each product. */
  void onProduct(String operation, String form, Epilogue e, Matrix c, int k) {}

  /** Returns the name of the class, so that a report tells them from the others; override it. */
  @Override
  public String name() {
    String full = getClass().getName();
    return full.substring(full.lastIndexOf('.') + 1);
  }

  @Override
  public String describe() {
    return name() + " on " + to.describe();
  }

  @Override
  protected void doMatmul(
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    onProduct("matmul", " " + form, epilogue, c, form.a() ? a.rows() : a.columns());
    to.matmul(form, a, b, c, epilogue, bias, saved);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a,
      PackedMatrix b,
      int from,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    Matrix rows = new Matrix(b.elements(), from, Math.max(1, b.n()), b.k(), c.columns());
    doMatmul(Transpose.NN, a, rows, c, epilogue, bias, saved);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    onCall("columnSums", "", x);
    to.columnSums(x, sums);
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    onCall("map", f, x);
    to.map(f, x, y);
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    onCall("activate", f, z);
    to.activate(f, z, a);
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    onCall("activateBackward", f, saved);
    to.activateBackward(f, saved, da, dz);
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    onCall("softmax", "", z);
    to.softmax(z, a);
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    onCall("softmaxBackward", "", a);
    to.softmaxBackward(a, da, dz);
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    onCall("logSoftmax", "", z);
    to.logSoftmax(z, a);
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    onCall("logSoftmaxBackward", "", a);
    to.logSoftmaxBackward(a, da, dz);
  }

  @Override
  protected void doAttention(
      Heads of, Matrix q, Matrix k, Matrix v, @Nullable Matrix mask, Matrix y) {
    onCall("attention", "", y);
    int texts = of.texts();
    int heads = of.heads();
    if (of.end() - of.first() == texts * heads) {
      to.attention(of, q, k, v, mask, y);
      return;
    }
    Heads one = new Heads(1, 1, of.scale());
    for (int h = of.first(); h < of.end(); h++) {
      Matrix ofText = mask == null ? null : part(mask, h / heads, texts, 0, 1);
      to.attention(
          one,
          part(q, h / heads, texts, h % heads, heads),
          part(k, h / heads, texts, h % heads, heads),
          part(v, h / heads, texts, h % heads, heads),
          ofText,
          part(y, h / heads, texts, h % heads, heads));
    }
  }

  private static Matrix part(Matrix x, int text, int texts, int head, int heads) {
    int m = x.rows() / texts;
    int n = x.columns() / heads;
    return new Matrix().part(x, text * m, m, head * n, n);
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    onCall("crossEntropy", "", z);
    to.crossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    onCall("loss", loss, z);
    to.loss(loss, z, y, scale, dz, rowLoss);
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    onCall("normalize", "", x);
    to.normalize(x, mean, scale, shift, y);
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    onCall("columnMoments", "", x);
    to.columnMoments(x, mean, variance);
  }

  @Override
  protected void doNormParameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    if (ofRows) {
      onCall("layerNormBackward", "", x);
      to.layerNormBackward(x, norm, dy, null, dgamma, dbeta);
    } else {
      onCall("batchNormBackward", "", x);
      to.batchNormBackward(x, norm, dy, null, dgamma, dbeta);
    }
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    if (batch == x.rows()) {
      int n = x.columns();
      to.batchNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
      return;
    }
    // Some rows of a batch, whose sums are of all: no operation of others does that.
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        float rstd = norm.rstd().get(0, j);
        float xhat = (x.get(i, j) - norm.mean().get(0, j)) * rstd;
        float d = dy.get(i, j) - dbeta.get(0, j) / batch;
        float sum = Math.fma(FloatMath.negative(xhat), dgamma.get(0, j) / batch, d);
        dx.put(i, j, norm.gamma().get(0, j) * rstd * sum);
      }
    }
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    onCall("layerNorm", "", x);
    to.layerNorm(x, norm, epsilon, y);
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    int n = x.columns();
    to.layerNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    onCall("dropout", "", x);
    to.dropout(mask, seed, stream, firstRow, x, y);
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    onCall("add", "", a);
    to.add(a, b, y);
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    onCall("scaleRows", "", x);
    to.scaleRows(x, w, y);
  }

  @Override
  protected void doUpdate(
      Update update, Matrix p, Matrix g, @Nullable Matrix s1, @Nullable Matrix s2) {
    onCall("update", update.rule(), p);
    to.update(update, p, g, s1, s2);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    Matrix row = Matrix.row(g, gOff, length);
    onCall("sumOfSquares", "", row);
    double sum = to.sumOfSquares(row);
    // Else it was summed in double, as it is again where a block's sum is not finite.
    return sum == (float) sum ? (float) sum : Float.POSITIVE_INFINITY;
  }
}
