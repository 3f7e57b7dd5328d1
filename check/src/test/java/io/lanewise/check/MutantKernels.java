package io.lanewise.check;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;

/**
 * Kernels with one fault, or with none. The product has the anatomy of a real one (blocks of k,
 * tiles of 4 x 16 with masked edges, an epilogue), so that the faults are those of a real one; the
 * other operations are the scalar ones with the fault planted before or after them, or in a loop of
 * their own.
 */
final class MutantKernels extends MutantRows {
  private static final int MR = 4;
  private static final int NR = 16;
  private static final int KC = 8;

  MutantKernels(Fault fault) {
    super(fault);
  }

  @Override
  public String name() {
    return "mutant";
  }

  @Override
  public String describe() {
    return "mutant: " + fault;
  }

  /** A product, with the faults of addresses in its windows. */
  private record Product(
      boolean transA,
      Matrix a,
      boolean transB,
      Matrix b,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved) {
    int k() {
      return transA ? a.rows() : a.columns();
    }

    float a(int i, int p) {
      return transA ? a.get(p, i) : a.get(i, p);
    }

    float b(int p, int j) {
      return transB ? b.get(j, p) : b.get(p, j);
    }
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    int m = c.rows();
    int n = c.columns();
    int k = form.a() ? a.rows() : a.columns();
    boolean transA = form.a() && !(has(Fault.TRANSPOSED_A_AS_PLAIN) && m == k);
    boolean transB = form.b() && !(has(Fault.TRANSPOSED_B_AS_PLAIN) && n == k);
    int aOff = has(Fault.OFFSET_OF_A_FORGOTTEN) ? 0 : a.off();
    int lda = has(Fault.K_FOR_LDA) && !transA ? Math.max(1, k) : a.ld();
    Product product =
        new Product(
            transA,
            new Matrix(a.array(), aOff, lda, a.rows(), a.columns()),
            transB,
            has(Fault.N_FOR_LDB) && !transB ? withLd(b, n) : b,
            epilogue,
            bias,
            has(Fault.LD_OF_SAVED_IGNORED) && saved != null ? withLd(saved, n) : saved);
    int offset = c.off() + (has(Fault.OFFSET_OF_C_OFF_BY_ONE) && c.off() > 0 ? -1 : 0);
    int ldc = has(Fault.N_FOR_LDC) ? n : c.ld();
    Matrix to = new Matrix(c.array(), offset, ldc, m, n);
    int mEnd = has(Fault.TAIL_ROWS_DROPPED) ? m - m % MR : m;
    int nEnd = has(Fault.TAIL_COLUMNS_DROPPED) ? n - n % NR : n;
    for (int i = 0; i < mEnd; i += MR) {
      for (int j = 0; j < nEnd; j += NR) {
        tile(product, i, Math.min(m, i + MR), j, Math.min(n, j + NR), to);
      }
    }
    if (has(Fault.WRITES_ONE_PAST_THE_WINDOW) && to.at(m) < c.array().length) {
      to.array()[to.at(m - 1) + n] = 0f;
    }
    if (has(Fault.SCRATCH_LEFT_IN_A) && k > 0) {
      a.put(0, 0, a.get(0, 0) + 1f);
    }
  }

  /** Rows i to iEnd and columns j to jEnd of C: at most MR x NR, fewer at the edges. */
  private void tile(Product x, int i, int iEnd, int j, int jEnd, Matrix c) {
    boolean edge = jEnd - j < NR;
    int columns = jEnd;
    boolean inside = c.at(i) + jEnd < c.array().length;
    if (edge && has(Fault.TAIL_MASK_ONE_TOO_WIDE) && x.k() > 0 && inside) {
      c.array()[c.at(i) + jEnd] = x.a(i, 0);
    }
    if (edge && has(Fault.TAIL_MASK_ONE_TOO_NARROW)) {
      columns--;
    }
    for (int row = i; row < iEnd; row++) {
      for (int column = j; column < columns; column++) {
        float old = c.get(row, column);
        float value =
            x.epilogue.isScaled()
                ? scaled(x, row, column, old)
                : end(chain(x, row, column, start(x, row, column, old)), x, row, column, edge);
        c.put(row, column, value);
      }
    }
  }

  private float scaled(Product x, int i, int j, float old) {
    Epilogue e = x.epilogue;
    float alpha = has(Fault.ALPHA_FORGOTTEN) ? 1f : e.alpha();
    float beta = has(Fault.BETA_FORGOTTEN) && e.beta() != 0f ? 1f : e.beta();
    boolean skipped = alpha == 0f && !has(Fault.ALPHA_ZERO_READS_A_AND_B);
    if (skipped || (x.k() == 0 && !has(Fault.NO_CHAIN_IS_SCALED))) {
      return beta != 0f ? beta * old : has(Fault.BOTH_ZERO_LEAVE_C) ? old : 0f;
    }
    if (has(Fault.SCALED_CHAIN_FROM_C) && alpha == 1f && beta == 1f) {
      return chain(x, i, j, old);
    }
    float t = chain(x, i, j, 0f);
    if (beta == 0f && !has(Fault.BETA_ZERO_READS_C)) {
      return has(Fault.BETA_ZERO_ADDS_ZERO) ? Math.fma(alpha, t, 0f) : alpha * t;
    }
    return has(Fault.SCALED_WITHOUT_FMA)
        ? alpha * t + beta * old
        : has(Fault.PRODUCT_OF_ALPHA_ROUNDED)
            ? Math.fma(beta, old, alpha * t)
            : Math.fma(alpha, t, beta * old);
  }

  private float start(Product x, int row, int column, float old) {
    return switch (x.epilogue.start()) {
      case ZERO ->
          has(Fault.OLD_C_READ_FROM_ZERO) ? old : has(Fault.OLD_C_TIMES_ZERO) ? 0f * old : 0f;
      case BIAS -> {
        int j = has(Fault.BIAS_BY_ROW) ? Math.min(x.bias.columns() - 1, row) : column;
        yield has(Fault.BIAS_FORGOTTEN) || has(Fault.BIAS_ADDED_LAST) ? 0f : x.bias.get(0, j);
      }
      case ACCUMULATE -> has(Fault.OLD_C_OVERWRITTEN) ? 0f : old;
    };
  }

  private float chain(Product x, int i, int j, float start) {
    float c = start;
    for (int block = 0; block < x.k(); block += KC) {
      boolean last = block + KC >= x.k();
      int end = Math.min(x.k(), block + KC);
      if (has(Fault.LAST_K_BLOCK_SKIPPED) && last && block > 0) {
        break;
      }
      if (has(Fault.ACTIVATION_BEFORE_THE_LAST_BLOCK) && last && block > 0) {
        c = end(c, x, i, j, false);
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

  /** What follows the chain. */
  private float end(float c, Product x, int i, int j, boolean edge) {
    Epilogue e = x.epilogue;
    boolean late = has(Fault.BIAS_ADDED_LAST) || (has(Fault.BIAS_TWICE) && x.k() > KC);
    float sum = e.start() == Start.BIAS && late ? c + x.bias.get(0, j) : c;
    Matrix one = new Matrix(new float[] {sum}, 1, 1);
    if (!(edge && has(Fault.ACTIVATION_NOT_ON_THE_TAIL))) {
      SCALAR.activate(e.activation(), one, one);
    }
    if (e.derivative() != null) {
      float from = has(Fault.DERIVATIVE_OF_THE_PRODUCT) ? one.get(0, 0) : x.saved.get(i, j);
      SCALAR.activateBackward(e.derivative(), new Matrix(new float[] {from}, 1, 1), one, one);
    }
    return one.get(0, 0);
  }
}
