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
    product(scratch, form, a, b, c, epilogue, bias, saved);
    scratch.give();
  }

  private void product(
      PlainProduct scratch,
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    float[] old = epilogue.isScaled() ? scratch.old(c.columns()) : null;
    int k = form.a() ? a.rows() : a.columns();
    boolean plain = !epilogue.isScaled() && PlainProduct.pays(c.rows(), c.columns(), k);
    for (int i = 0; i < c.rows(); i++) {
      int at = c.at(i);
      if (old != null) {
        System.arraycopy(c.array(), at, old, 0, c.columns());
      }
      if (epilogue.start() == Epilogue.Start.ZERO) {
        Arrays.fill(c.array(), at, at + c.columns(), 0f);
      } else if (epilogue.start() == Epilogue.Start.BIAS) {
        System.arraycopy(bias.array(), bias.off(), c.array(), at, c.columns());
      }
      if (old != null) {
        scaled(form, a, i, b, c, epilogue, old);
      } else if (!plain) {
        chains(form, a, i, b, c);
      }
    }
    if (plain) {
      scratch.chains(form, a, b, c);
    }
    if (epilogue.activation() != Activation.IDENTITY) {
      doActivate(epilogue.activation(), c, c);
    }
    if (epilogue.derivative() != null) {
      doActivateBackward(epilogue.derivative(), saved, c, c);
    }
  }

  /** Goes on with the chains of row i of C. */
  static void chains(Transpose form, Matrix a, int i, Matrix b, Matrix cs) {
    float[] as = a.array();
    float[] bs = b.array();
    float[] c = cs.array();
    int k = form.a() ? a.rows() : a.columns();
    int n = cs.columns();
    int cOff = cs.at(i);
    int aOff = form.a() ? a.off() + i : a.at(i);
    int aStep = form.a() ? a.ld() : 1;
    if (form.b()) {
      for (int j = 0; j < n; j++) {
        float sum = c[cOff + j];
        for (int p = 0; p < k; p++) {
          sum = Math.fma(as[aOff + p * aStep], bs[b.at(j) + p], sum);
        }
        c[cOff + j] = sum;
      }
      return;
    }
    // The same chains in i-k-j order, which the JIT can vectorize over j.
    for (int p = 0; p < k; p++) {
      float ap = as[aOff + p * aStep];
      int bP = b.at(p);
      for (int j = 0; j < n; j++) {
        c[cOff + j] = Math.fma(ap, bs[bP + j], c[cOff + j]);
      }
    }
  }

  /** The chains of row i of C, which holds zeros, then what {@link Epilogue#scaled} says. */
  private static void scaled(
      Transpose form, Matrix a, int i, Matrix b, Matrix cs, Epilogue epilogue, float[] old) {
    float alpha = epilogue.alpha();
    float beta = epilogue.beta();
    boolean noChain = alpha == 0f || (form.a() ? a.rows() : a.columns()) == 0;
    if (!noChain) {
      chains(form, a, i, b, cs);
    }
    float[] c = cs.array();
    for (int j = 0; j < cs.columns(); j++) {
      int at = cs.at(i) + j;
      if (noChain) {
        c[at] = beta == 0f ? 0f : beta * old[j];
      } else {
        c[at] = beta == 0f ? alpha * c[at] : Math.fma(alpha, c[at], beta * old[j]);
      }
    }
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
    Matrix rows = scratch.packed.point(b.elements(), from, Math.max(1, b.n()), b.k(), c.columns());
    product(scratch, Transpose.NN, a, rows, c, epilogue, bias, saved);
    rows.point(scratch.lanes, 0, 1, 0, 0);
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
    ScalarRows.activate(f, z, a);
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    ScalarRows.activateBackward(f, saved, da, dz);
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
      int texts,
      int heads,
      int first,
      int count,
      Matrix q,
      Matrix k,
      Matrix v,
      @Nullable Matrix mask,
      float scale,
      Matrix y) {
    int queries = q.rows() / texts;
    int keys = k.rows() / texts;
    int n = y.columns() / heads;
    float[] e = new float[keys];
    float[] lanes = new float[ScalarRows.LANES];
    for (int h = first; h < first + count; h++) {
      int text = h / heads;
      for (int i = text * queries; i < (text + 1) * queries; i++) {
        ScalarRows.scores(q, i, k, text * keys, h % heads, q.columns() / heads, e);
        for (int j = 0; j < keys; j++) {
          float added = mask == null ? 0f : mask.get(mask.rows() == texts ? text : i, j);
          e[j] = Math.fma(e[j], scale, added);
        }
        float sum = ScalarRows.exponentials(e, 0, e, 0, keys, lanes);
        for (int c = h % heads * n; c < (h % heads + 1) * n; c++) {
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
