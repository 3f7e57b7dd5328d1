package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.negative;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.math.FloatMath;
import io.lanewise.math.RandomStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The executable specification: every operation in the plainest loops that say which float
 * operations are done, in which order, and where they are fused. Anything faster must give the same
 * bits.
 */
public final class ScalarKernels extends Kernels {
  /** The name of these kernels. */
  public static final String NAME = "scalar";

  /** The one instance. */
  public static final ScalarKernels INSTANCE = new ScalarKernels();

  private ScalarKernels() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String describe() {
    return "scalar";
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
    PlainProduct scratch = PlainProduct.take();
    scratch.product(form, a, b, c, epilogue, bias, saved);
    scratch.give();
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    return PlainProduct.pack(this, b);
  }

  @Override
  protected void doUnpack(PackedMatrix b, int p, int column, int columns, float[] to) {
    PlainProduct.unpack(b, p, column, columns, to);
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
    PlainProduct scratch = PlainProduct.take();
    scratch.productPacked(a, b, from, c, epilogue, bias, saved);
    scratch.give();
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    Arrays.fill(sums.array(), sums.off(), sums.off() + x.columns(), 0f);
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        sums.array()[sums.off() + j] += x.array()[x.at(i) + j];
      }
    }
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        y.array()[y.at(i) + j] = f.apply(x.array()[x.at(i) + j]);
      }
    }
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    PlainProduct scratch = PlainProduct.take();
    ScalarRows.activate(f, z, null, a, scratch);
    scratch.give();
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    PlainProduct scratch = PlainProduct.take();
    ScalarRows.activate(f, saved, da, dz, scratch);
    scratch.give();
  }

  @Override
  protected void doSoftmax(Matrix zs, Matrix as) {
    float[] z = zs.array();
    float[] a = as.array();
    int n = zs.columns();
    PlainProduct scratch = PlainProduct.take();
    float[] lanes = scratch.lanes;
    for (int i = 0; i < zs.rows(); i++) {
      int aRow = as.at(i);
      float sum = ScalarRows.exponentials(z, zs.at(i), a, aRow, n, lanes);
      for (int j = 0; j < n; j++) {
        a[aRow + j] = a[aRow + j] / sum;
      }
    }
    scratch.give();
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    PlainProduct scratch = PlainProduct.take();
    float[] lanes = scratch.lanes;
    for (int i = 0; i < a.rows(); i++) {
      float dot = ScalarRows.dot(a.array(), a.at(i), da.array(), da.at(i), a.columns(), lanes);
      for (int j = 0; j < a.columns(); j++) {
        float d = da.array()[da.at(i) + j] - dot;
        dz.array()[dz.at(i) + j] = a.array()[a.at(i) + j] * d;
      }
    }
    scratch.give();
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    PlainProduct scratch = PlainProduct.take();
    ScalarLosses sums = scratch.losses;
    sums.set(null, z, null, 1f, null);
    for (int i = 0; i < z.rows(); i++) {
      sums.logSoftmax(i, a);
    }
    sums.clear();
    scratch.give();
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    PlainProduct scratch = PlainProduct.take();
    float[] lanes = scratch.lanes;
    for (int i = 0; i < a.rows(); i++) {
      float negated = negative(ScalarRows.sum(da.array(), da.at(i), a.columns(), lanes));
      for (int j = 0; j < a.columns(); j++) {
        float p = FloatMath.exp(a.array()[a.at(i) + j]);
        dz.array()[dz.at(i) + j] = Math.fma(p, negated, da.array()[da.at(i) + j]);
      }
    }
    scratch.give();
  }

  @Override
  protected void doAttention(
      Heads heads, Matrix q, Matrix k, Matrix v, @Nullable Matrix mask, Matrix y) {
    int texts = heads.texts();
    int queries = q.rows() / texts;
    int keys = k.rows() / texts;
    int n = y.columns() / heads.heads();
    float[] e = new float[keys];
    float[] lanes = new float[ScalarRows.LANES];
    for (int h = heads.first(); h < heads.end(); h++) {
      int text = h / heads.heads();
      int head = h % heads.heads();
      for (int i = text * queries; i < (text + 1) * queries; i++) {
        ScalarRows.scores(q, i, k, text * keys, head, q.columns() / heads.heads(), e);
        for (int j = 0; j < keys; j++) {
          float added = mask == null ? 0f : mask.get(mask.rows() == texts ? text : i, j);
          e[j] = Math.fma(e[j], heads.scale(), added);
        }
        float sum = ScalarRows.exponentials(e, 0, e, 0, keys, lanes);
        for (int c = head * n; c < (head + 1) * n; c++) {
          float t = 0f;
          for (int j = 0; j < keys; j++) {
            t = Math.fma(e[j], v.array()[v.at(text * keys + j) + c], t);
          }
          y.array()[y.at(i) + c] = (t + 0f) / sum;
        }
      }
    }
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    PlainProduct scratch = PlainProduct.take();
    ScalarLosses losses = scratch.losses;
    losses.set(null, z, null, scale, dz);
    for (int i = 0; i < z.rows(); i++) {
      rowLoss.array()[rowLoss.at(i)] = losses.crossEntropy(i, labels[labelsOff + i]);
    }
    losses.clear();
    scratch.give();
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    PlainProduct scratch = PlainProduct.take();
    ScalarLosses losses = scratch.losses;
    losses.set(loss, z, y, scale, dz);
    for (int i = 0; i < z.rows(); i++) {
      rowLoss.array()[rowLoss.at(i)] = losses.loss(i);
    }
    losses.clear();
    scratch.give();
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    ScalarNorms.normalize(x, mean, scale, shift, y);
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    ScalarNorms.columnMoments(x, mean, variance);
  }

  @Override
  protected void doNormParameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    ScalarNorms.parameters(ofRows, x, norm, dy, dgamma, dbeta);
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    ScalarNorms.batchNormInput(batch, x, norm, dy, dgamma, dbeta, dx);
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    ScalarNorms.layerNorm(x, norm, epsilon, y);
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    ScalarNorms.layerNormInput(x, norm, dy, dx);
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    int n = x.columns();
    PlainProduct scratch = PlainProduct.take();
    int[] words = scratch.words;
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32) | Integer.MIN_VALUE;
    for (int i = 0; i < x.rows(); i++) {
      for (int first = 0; first < n; first += 64) {
        for (int l = 0; l < 16 && first + l < n; l++) {
          int block = first / 4 + l;
          RandomStream.block(block, firstRow + i, c2, c3, (int) seed, (int) (seed >>> 32), words);
          for (int w = 0; w < 4 && first + 16 * w + l < n; w++) {
            int j = first + 16 * w + l;
            float kept = Math.fma(x.array()[x.at(i) + j], mask.scale(), mask.shift());
            y.array()[y.at(i) + j] = words[w] >= mask.threshold() ? kept : mask.dropped();
          }
        }
      }
    }
    scratch.give();
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.columns(); j++) {
        y.array()[y.at(i) + j] = a.array()[a.at(i) + j] + b.array()[b.at(i) + j];
      }
    }
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        y.array()[y.at(i) + j] = x.array()[x.at(i) + j] * w.array()[w.at(i)];
      }
    }
  }

  @Override
  protected void doUpdate(
      Update update, Matrix p, Matrix g, @Nullable Matrix s1, @Nullable Matrix s2) {
    ScalarUpdates.run(update, p, g, s1, s2);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    PlainProduct scratch = PlainProduct.take();
    float sum = ScalarRows.dot(g, gOff, g, gOff, length, scratch.lanes);
    scratch.give();
    return sum;
  }
}
