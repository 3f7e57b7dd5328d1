package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.math.FloatMath;

/** Everything but products with one fault, or with none. */
class MutantRows extends MutantLayers {
  MutantRows(Fault fault) {
    super(fault);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    for (int j = 0; j < x.columns(); j++) {
      float sum = has(Fault.COLUMN_SUMS_ONTO_OLD) ? sums.get(0, j) : 0f;
      for (int i = 0; i < x.rows(); i++) {
        sum += x.get(has(Fault.COLUMN_SUMS_BACKWARD) ? x.rows() - 1 - i : i, j);
      }
      sums.put(0, j, sum);
    }
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    if (has(Fault.SEVENTEENTH_ELEMENT) && x.columns() == 17) {
      // A loop that ends after one vector of 16 when one element follows.
      SCALAR.map(
          f, new Matrix().part(x, 0, x.rows(), 0, 16), new Matrix().part(y, 0, y.rows(), 0, 16));
      return;
    }
    SCALAR.map(f, x, y);
    if (has(Fault.OPERAND_LEFT_AT_ITS_LAST_ROW)) {
      x.part(x, x.rows() - 1, 1, 0, x.columns());
    }
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    if (has(Fault.GAPS_TAKEN_FOR_ELEMENTS)) {
      SCALAR.activate(f, withLd(z, z.columns()), withLd(a, a.columns()));
      return;
    }
    SCALAR.activate(f, z, a);
    for (int i = 0; i < a.rows() && has(Fault.RELU_OF_NAN_IS_ZERO); i++) {
      for (int j = 0; j < a.columns() && f == Activation.RELU; j++) {
        a.put(i, j, a.get(i, j) > 0f ? a.get(i, j) : 0f);
      }
    }
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    Matrix old = has(Fault.RELU_DERIVATIVE_AT_ZERO) ? copy(da) : null;
    SCALAR.activateBackward(f, saved, da, dz);
    for (int i = 0; old != null && f == Activation.RELU && i < dz.rows(); i++) {
      for (int j = 0; j < dz.columns(); j++) {
        dz.put(i, j, saved.get(i, j) == 0f ? old.get(i, j) : dz.get(i, j));
      }
    }
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    int n = z.columns();
    boolean sick = false;
    for (int i = 0; i < z.rows(); i++) {
      int end = has(Fault.ROW_TAIL_DROPPED) && n > 16 ? n - n % 16 : n;
      float max = has(Fault.MAX_NOT_TAKEN_OUT) ? 0f : max(z, i, end);
      for (int j = 0; j < n; j++) {
        a.put(i, j, FloatMath.exp(z.get(i, j) - max));
      }
      float sum = sum(a, i, end);
      sick |= has(Fault.ONE_NAN_ROW_FOR_ALL) && Float.isNaN(sum);
      for (int j = 0; j < n; j++) {
        float e = a.get(i, j);
        float p = has(Fault.TIMES_RECIPROCAL_OF_SUM) ? e * (1f / sum) : e / sum;
        a.put(i, j, sick ? Float.NaN : p);
      }
    }
  }

  private float max(Matrix x, int i, int n) {
    // Without NaN the maximum would do: the sum of the exponentials has the NaN.
    float max = has(Fault.MAX_FROM_ZERO) ? 0f : Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x.get(i, j));
    }
    return max;
  }

  private float sum(Matrix x, int i, int n) {
    int width = has(Fault.SUM_IN_ORDER) ? 1 : has(Fault.EIGHT_LANES) ? 8 : 16;
    float[] lanes = new float[16];
    for (int j = 0; j < n; j++) {
      lanes[j % width] += x.get(i, j);
    }
    return fold(lanes);
  }

  private float fold(float[] lanes) {
    for (int half = 8; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] =
            has(Fault.FOLD_IN_NEIGHBOURS)
                ? lanes[2 * l] + lanes[2 * l + 1]
                : lanes[l] + lanes[l + half];
      }
    }
    return lanes[0];
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    for (int i = 0; i < a.rows(); i++) {
      float[] lanes = new float[16];
      for (int j = 0; j < a.columns(); j++) {
        float aj = a.get(i, j);
        float daj = da.get(i, j);
        float lane = lanes[j % 16];
        lanes[j % 16] = has(Fault.DOT_WITHOUT_FMA) ? lane + aj * daj : Math.fma(aj, daj, lane);
      }
      float dot = fold(lanes);
      for (int j = 0; j < a.columns(); j++) {
        dz.put(i, j, a.get(i, j) * (da.get(i, j) - dot));
      }
    }
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    if (has(Fault.LOG_OF_SOFTMAX)) {
      SCALAR.softmax(z, a);
      SCALAR.map(Function.LOG, a, a);
    } else {
      SCALAR.logSoftmax(z, a);
    }
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    Matrix old = copy(da);
    SCALAR.logSoftmaxBackward(a, da, dz);
    for (int i = 0; i < a.rows() && has(Fault.LOG_SOFTMAX_BACKWARD_WITHOUT_FMA); i++) {
      float sum = sum(old, i, a.columns());
      for (int j = 0; j < a.columns(); j++) {
        dz.put(i, j, old.get(i, j) - FloatMath.exp(a.get(i, j)) * sum);
      }
    }
  }

  @Override
  protected void doAttention(Heads of, Matrix q, Matrix k, Matrix v, Matrix mask, Matrix y) {
    int texts = of.texts();
    int heads = of.heads();
    int queries = q.rows() / texts;
    int keys = k.rows() / texts;
    for (int h = of.first(); h < of.end(); h++) {
      int text = h / heads;
      int key = has(Fault.KEYS_OF_THE_FIRST_TEXT) ? 0 : text * keys;
      Matrix ks = head(k, key, keys, h % heads, heads);
      Matrix vs = head(v, key, keys, (h + (has(Fault.HEAD_BESIDE_IT) ? 1 : 0)) % heads, heads);
      for (int i = text * queries; i < (text + 1) * queries; i++) {
        Matrix e = new Matrix(1, keys);
        SCALAR.matmul(Transpose.NT, head(q, i, 1, h % heads, heads), ks, e);
        boolean ofText =
            mask != null && mask.rows() == texts || has(Fault.MASK_OF_A_QUERY_FOR_ITS_TEXT);
        int row = has(Fault.MASK_OF_THE_FIRST_TEXT) ? 0 : ofText ? text : i;
        for (int j = 0; j < keys; j++) {
          float s = e.get(0, j);
          float added = mask == null ? 0f : mask.get(row, j);
          float factor = has(Fault.SCORES_NOT_SCALED) ? 1f : of.scale();
          boolean apart = has(Fault.MASK_ADDED_WITHOUT_FMA);
          e.put(0, j, apart ? s * factor + added : Math.fma(s, factor, added));
        }
        weigh(e, vs, head(y, i, 1, h % heads, heads));
      }
    }
  }

  private static Matrix head(Matrix x, int row, int m, int head, int heads) {
    int n = x.columns() / heads;
    return new Matrix().part(x, row, m, head * n, n);
  }

  private void weigh(Matrix e, Matrix v, Matrix y) {
    int keys = e.columns();
    float max = max(e, 0, keys);
    for (int j = 0; j < keys; j++) {
      e.put(0, j, FloatMath.exp(e.get(0, j) - max));
    }
    float sum = sum(e, 0, keys);
    if (has(Fault.SUM_OF_ONE_CHAIN)) {
      sum = 0f;
      for (int j = 0; j < keys; j++) {
        sum += e.get(0, j);
      }
    }
    boolean before = has(Fault.PROBABILITIES_BEFORE_THE_PRODUCT);
    for (int j = 0; j < keys && before; j++) {
      e.put(0, j, e.get(0, j) / sum);
    }
    SCALAR.matmul(Transpose.NN, e, v, y);
    for (int c = 0; c < y.columns(); c++) {
      float t = y.get(0, c) + (has(Fault.NEGATIVE_ZERO_OF_ATTENTION) ? -0f : 0f);
      y.put(0, c, before ? t : t / sum);
    }
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    int[] used = labels.clone();
    for (int i = 0; i < z.rows(); i++) {
      if (has(Fault.LABEL_OFF_BY_ONE)) {
        used[labelsOff + i] = (labels[labelsOff + i] + 1) % z.columns();
      } else if (has(Fault.LABELS_OFFSET_FORGOTTEN)) {
        used[labelsOff + i] = labels[i];
      }
    }
    SCALAR.crossEntropy(z, used, labelsOff, scaled(scale), dz, rowLoss);
    if (has(Fault.GRADIENT_BEFORE_LOSS) && dz != null && dz.array() == z.array()) {
      SCALAR.crossEntropy(z, used, labelsOff, scale, null, rowLoss);
    }
  }

  private float scaled(float scale) {
    return has(Fault.SCALE_FORGOTTEN) ? 1f : has(Fault.SCALE_TWICE) ? scale * scale : scale;
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    Matrix old = copy(z);
    float factor = MutantLosses.scale(fault, loss, scaled(scale));
    SCALAR.loss(MutantLosses.instead(fault, loss), z, y, factor, dz, rowLoss);
    if (dz != null && MutantLosses.spoils(fault, loss)) {
      MutantLosses.spoil(fault, loss, old, y, scale, dz);
    }
    boolean softmax = loss.kind() == LossFunction.Kind.SOFTMAX_CROSS_ENTROPY;
    for (int i = 0; i < z.rows() && has(Fault.MASKED_LOGIT_TIMES_ZERO) && softmax; i++) {
      for (int j = 0; j < z.columns(); j++) {
        // 0 x infinity is NaN.
        rowLoss.put(i, 0, rowLoss.get(i, 0) + y.get(i, j) * (0f * old.get(i, j)));
      }
    }
  }
}
