package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.FloatMath;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Fusion.Start;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.UpdateKernels;

/**
 * Kernels with one fault, or with none. The product has the anatomy of a real one (blocks of k,
 * tiles of 4 x 16 with masked edges, an epilogue), so that the faults are those of a real one; the
 * other operations are the scalar ones with the fault planted before or after them, or in a loop of
 * their own.
 */
final class MutantKernels extends Kernels {
  private static final int MR = 4;
  private static final int NR = 16;
  private static final int KC = 8;
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;

  private final Fault fault;
  private final LayerKernels layers;
  private final UpdateKernels updates;

  MutantKernels(Fault fault) {
    this.fault = fault;
    layers = new MutantLayerKernels(fault);
    updates = new MutantUpdateKernels(fault);
  }

  private boolean has(Fault planted) {
    return fault == planted;
  }

  @Override
  public String name() {
    return "mutant";
  }

  @Override
  public String describe() {
    return "mutant: " + fault;
  }

  @Override
  public LayerKernels layers() {
    return layers;
  }

  @Override
  public UpdateKernels updates() {
    return updates;
  }

  /** The arguments of a product, with the faults of addresses in them. */
  private record Product(
      Form form, int m, int n, int k, float[] a, int aOff, int lda, float[] b, int bOff, int ldb) {
    float a(int i, int p) {
      return a[form.transA() ? aOff + p * lda + i : aOff + i * lda + p];
    }

    float b(int p, int j) {
      return b[form.transB() ? bOff + j * ldb + p : bOff + p * ldb + j];
    }
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
    boolean transA = form.transA() && !(has(Fault.TRANSPOSED_A_AS_PLAIN) && m == k);
    boolean transB = form.transB() && !(has(Fault.TRANSPOSED_B_AS_PLAIN) && n == k);
    Product product =
        new Product(
            Form.values()[(transA ? 2 : 0) + (transB ? 1 : 0)],
            m,
            n,
            k,
            a,
            has(Fault.OFFSET_OF_A_FORGOTTEN) ? 0 : aOff,
            has(Fault.K_FOR_LDA) && !transA ? Math.max(1, k) : lda,
            b,
            bOff,
            has(Fault.N_FOR_LDB) && !transB ? n : ldb);
    int offset = cOff + (has(Fault.OFFSET_OF_C_OFF_BY_ONE) && cOff > 0 ? -1 : 0);
    int ld = has(Fault.N_FOR_LDC) ? n : ldc;
    int mEnd = has(Fault.TAIL_ROWS_DROPPED) ? m - m % MR : m;
    int nEnd = has(Fault.TAIL_COLUMNS_DROPPED) ? n - n % NR : n;
    for (int i = 0; i < mEnd; i += MR) {
      for (int j = 0; j < nEnd; j += NR) {
        tile(product, i, Math.min(m, i + MR), j, Math.min(n, j + NR), c, offset, ld, fusion);
      }
    }
    if (has(Fault.WRITES_ONE_PAST_THE_WINDOW) && offset + m * ld < c.length) {
      c[offset + (m - 1) * ld + n] = 0f;
    }
    if (has(Fault.SCRATCH_LEFT_IN_A) && k > 0) {
      a[aOff] += 1f;
    }
  }

  /** Rows i to iEnd and columns j to jEnd of C: at most MR x NR, fewer at the edges. */
  private void tile(
      Product x, int i, int iEnd, int j, int jEnd, float[] c, int cOff, int ldc, Fusion fusion) {
    boolean edge = jEnd - j < NR;
    int columns = jEnd;
    if (edge && has(Fault.TAIL_MASK_ONE_TOO_WIDE) && x.k > 0 && cOff + i * ldc + jEnd < c.length) {
      c[cOff + i * ldc + jEnd] = x.a(i, 0);
    }
    if (edge && has(Fault.TAIL_MASK_ONE_TOO_NARROW)) {
      columns--;
    }
    for (int row = i; row < iEnd; row++) {
      for (int column = j; column < columns; column++) {
        int at = cOff + row * ldc + column;
        if (fusion.isScaled()) {
          c[at] = scaled(x, row, column, c[at], fusion);
        } else {
          float value = chain(x, row, column, start(fusion, row, column, c[at]), fusion);
          c[at] = epilogue(value, x, row, column, edge, fusion);
        }
      }
    }
  }

  private float scaled(Product x, int i, int j, float old, Fusion fusion) {
    float alpha = has(Fault.ALPHA_FORGOTTEN) ? 1f : fusion.alpha();
    float beta = has(Fault.BETA_FORGOTTEN) && fusion.beta() != 0f ? 1f : fusion.beta();
    boolean skipped = alpha == 0f && !has(Fault.ALPHA_ZERO_READS_A_AND_B);
    if (skipped || (x.k == 0 && !has(Fault.NO_CHAIN_IS_SCALED))) {
      return beta != 0f ? beta * old : has(Fault.BOTH_ZERO_LEAVE_C) ? old : 0f;
    }
    if (has(Fault.SCALED_CHAIN_FROM_C) && alpha == 1f && beta == 1f) {
      return chain(x, i, j, old, fusion);
    }
    float t = chain(x, i, j, 0f, fusion);
    if (beta == 0f && !has(Fault.BETA_ZERO_READS_C)) {
      return has(Fault.BETA_ZERO_ADDS_ZERO) ? Math.fma(alpha, t, 0f) : alpha * t;
    }
    return has(Fault.SCALED_WITHOUT_FMA)
        ? alpha * t + beta * old
        : has(Fault.PRODUCT_OF_ALPHA_ROUNDED)
            ? Math.fma(beta, old, alpha * t)
            : Math.fma(alpha, t, beta * old);
  }

  private float start(Fusion fusion, int row, int column, float old) {
    return switch (fusion.start()) {
      case ZERO ->
          has(Fault.OLD_C_READ_FROM_ZERO) ? old : has(Fault.OLD_C_TIMES_ZERO) ? 0f * old : 0f;
      case BIAS -> {
        float[] bias = fusion.biasArray();
        int index = fusion.biasOff() + column;
        if (has(Fault.BIAS_BY_ROW)) {
          index = Math.min(bias.length - 1, fusion.biasOff() + row);
        }
        yield has(Fault.BIAS_FORGOTTEN) || has(Fault.BIAS_ADDED_LAST) ? 0f : bias[index];
      }
      case ACCUMULATE -> has(Fault.OLD_C_OVERWRITTEN) ? 0f : old;
    };
  }

  private float chain(Product x, int i, int j, float start, Fusion fusion) {
    float c = start;
    for (int block = 0; block < x.k; block += KC) {
      boolean last = block + KC >= x.k;
      int end = Math.min(x.k, block + KC);
      if (has(Fault.LAST_K_BLOCK_SKIPPED) && last && block > 0) {
        break;
      }
      if (has(Fault.ACTIVATION_BEFORE_THE_LAST_BLOCK) && last && block > 0) {
        c = epilogue(c, x, i, j, false, fusion);
      }
      if (has(Fault.LAST_K_OF_A_BLOCK_SKIPPED) && !last) {
        end--;
      }
      c =
          has(Fault.K_BLOCKS_SUMMED_APART)
              ? c + block(x, i, j, block, end, 0f)
              : block(x, i, j, block, end, c);
    }
    return c;
  }

  private float block(Product x, int i, int j, int from, int to, float c) {
    float odd = 0f;
    for (int step = from; step < to; step++) {
      int p = has(Fault.K_BACKWARD) ? from + to - 1 - step : step;
      float ap = x.a(i, p);
      float bp = x.b(p, j);
      if (has(Fault.TWO_ACCUMULATORS) && p % 2 == 1) {
        odd = Math.fma(ap, bp, odd);
      } else if (has(Fault.MULTIPLY_THEN_ADD)) {
        c += ap * bp;
      } else if (!skips(ap, bp)) {
        c = Math.fma(ap, bp, c);
      }
    }
    if (has(Fault.SUBNORMALS_FLUSHED) && Math.abs(c) < Float.MIN_NORMAL) {
      c = 0f;
    }
    return has(Fault.TWO_ACCUMULATORS) ? c + odd : c;
  }

  private boolean skips(float ap, float bp) {
    return ap == 0f
        && (has(Fault.ZERO_OF_A_SKIPPED)
            || has(Fault.ZERO_OF_A_SKIPPED_IF_B_IS_FINITE) && Float.isFinite(bp));
  }

  private float epilogue(float c, Product x, int i, int j, boolean edge, Fusion fusion) {
    float[] one = {c};
    if (fusion.start() == Start.BIAS
        && (has(Fault.BIAS_ADDED_LAST) || (has(Fault.BIAS_TWICE) && x.k > KC))) {
      one[0] += fusion.biasArray()[fusion.biasOff() + j];
    }
    if (!(edge && has(Fault.ACTIVATION_NOT_ON_THE_TAIL))) {
      doActivate(fusion.activation(), 1, one, 0, one, 0);
    }
    if (fusion.derivative() != null) {
      int ld = has(Fault.LD_OF_SAVED_IGNORED) ? x.n : fusion.ldSaved();
      float saved = fusion.saved()[fusion.savedOff() + i * ld + j];
      float[] from = {has(Fault.DERIVATIVE_OF_THE_PRODUCT) ? one[0] : saved};
      doActivateBackward(fusion.derivative(), 1, from, 0, one, 0, one, 0);
    }
    return one[0];
  }

  @Override
  protected void doColumnSums(
      int m, int n, float[] x, int xOff, int ldx, float[] sums, int sumsOff) {
    for (int j = 0; j < n; j++) {
      float sum = has(Fault.COLUMN_SUMS_ONTO_OLD) ? sums[sumsOff + j] : 0f;
      for (int i = 0; i < m; i++) {
        sum += x[xOff + (has(Fault.COLUMN_SUMS_BACKWARD) ? m - 1 - i : i) * ldx + j];
      }
      sums[sumsOff + j] = sum;
    }
  }

  @Override
  protected void doMap(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    SCALAR.map(f, shortened(length), x, xOff, y, yOff);
  }

  /** A loop that ends after one vector of 16 when one element follows. */
  private int shortened(int length) {
    return has(Fault.SEVENTEENTH_ELEMENT) && length == 17 ? 16 : length;
  }

  @Override
  protected void doActivate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    SCALAR.activate(f, length, z, zOff, a, aOff);
    if (has(Fault.RELU_OF_NAN_IS_ZERO) && f == Activation.RELU) {
      for (int i = aOff; i < aOff + length; i++) {
        a[i] = a[i] > 0f ? a[i] : 0f;
      }
    }
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
    for (int i = 0; i < length; i++) {
      if (has(Fault.RELU_DERIVATIVE_AT_ZERO) && f == Activation.RELU && saved[savedOff + i] == 0f) {
        dz[dzOff + i] = da[daOff + i];
      } else {
        SCALAR.activateBackward(f, 1, saved, savedOff + i, da, daOff + i, dz, dzOff + i);
      }
    }
  }

  @Override
  protected void doSoftmax(
      int m, int n, float[] z, int zOff, int ldz, float[] a, int aOff, int lda) {
    boolean sick = false;
    for (int i = 0; i < m; i++) {
      int zRow = zOff + i * ldz;
      int aRow = aOff + i * lda;
      int end = has(Fault.ROW_TAIL_DROPPED) && n > 16 ? n - n % 16 : n;
      float max = has(Fault.MAX_NOT_TAKEN_OUT) ? 0f : max(z, zRow, end);
      for (int j = 0; j < n; j++) {
        a[aRow + j] = FloatMath.exp(z[zRow + j] - max);
      }
      float sum = sum(a, aRow, end);
      sick |= has(Fault.ONE_NAN_ROW_FOR_ALL) && Float.isNaN(sum);
      for (int j = 0; j < n; j++) {
        float p = has(Fault.TIMES_RECIPROCAL_OF_SUM) ? a[aRow + j] * (1f / sum) : a[aRow + j] / sum;
        a[aRow + j] = sick ? Float.NaN : p;
      }
    }
  }

  private float max(float[] x, int off, int n) {
    // Without NaN the maximum would do: the sum of the exponentials has the NaN.
    float max = has(Fault.MAX_FROM_ZERO) ? 0f : Float.NEGATIVE_INFINITY;
    for (int j = off; j < off + n; j++) {
      max = Math.max(max, x[j]);
    }
    return max;
  }

  private float sum(float[] x, int off, int n) {
    int width = has(Fault.SUM_IN_ORDER) ? 1 : has(Fault.EIGHT_LANES) ? 8 : 16;
    float[] lanes = new float[16];
    for (int j = 0; j < n; j++) {
      lanes[j % width] += x[off + j];
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
    for (int i = 0; i < m; i++) {
      float[] lanes = new float[16];
      for (int j = 0; j < n; j++) {
        float aj = a[aOff + i * lda + j];
        float daj = da[daOff + i * ldda + j];
        float lane = lanes[j % 16];
        lanes[j % 16] = has(Fault.DOT_WITHOUT_FMA) ? lane + aj * daj : Math.fma(aj, daj, lane);
      }
      float dot = fold(lanes);
      for (int j = 0; j < n; j++) {
        dz[dzOff + i * lddz + j] = a[aOff + i * lda + j] * (da[daOff + i * ldda + j] - dot);
      }
    }
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
    int[] used = labels.clone();
    for (int i = 0; i < m; i++) {
      if (has(Fault.LABEL_OFF_BY_ONE)) {
        used[labelsOff + i] = (labels[labelsOff + i] + 1) % n;
      } else if (has(Fault.LABELS_OFFSET_FORGOTTEN)) {
        used[labelsOff + i] = labels[i];
      }
    }
    if (has(Fault.GRADIENT_BEFORE_LOSS) && dz == z) {
      SCALAR.crossEntropy(
          m, n, z, zOff, ldz, used, labelsOff, scale, dz, dzOff, lddz, rowLoss, rowLossOff);
      SCALAR.crossEntropy(
          m, n, z, zOff, ldz, used, labelsOff, scale, null, 0, lddz, rowLoss, rowLossOff);
      return;
    }
    SCALAR.crossEntropy(
        m, n, z, zOff, ldz, used, labelsOff, scaled(scale), dz, dzOff, lddz, rowLoss, rowLossOff);
  }

  private float scaled(float scale) {
    return has(Fault.SCALE_FORGOTTEN) ? 1f : has(Fault.SCALE_TWICE) ? scale * scale : scale;
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
    float[] old = z.clone();
    float[] masked = null;
    if (has(Fault.MASKED_LOGIT_TIMES_ZERO) && loss.kernel() == LossKernel.SOFTMAX_CROSS_ENTROPY) {
      masked = new float[m];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          // 0 x infinity is NaN.
          masked[i] += y[yOff + i * ldy + j] * (0f * z[zOff + i * ldz + j]);
        }
      }
    }
    SCALAR.loss(
        MutantLosses.instead(fault, loss),
        m,
        n,
        z,
        zOff,
        ldz,
        y,
        yOff,
        ldy,
        MutantLosses.scale(fault, loss, scaled(scale)),
        dz,
        dzOff,
        lddz,
        rowLoss,
        rowLossOff);
    for (int i = 0; dz != null && MutantLosses.spoils(fault, loss) && i < m; i++) {
      int dzRow = dzOff + i * lddz;
      MutantLosses.spoil(fault, loss, n, old, zOff + i * ldz, y, yOff + i * ldy, scale, dz, dzRow);
    }
    for (int i = 0; masked != null && i < m; i++) {
      rowLoss[rowLossOff + i] += masked[i];
    }
  }
}
