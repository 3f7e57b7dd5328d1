package io.lanewise.simd;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has C2 compile the products of one kind. Until it has compiled a tile its vectors are objects,
 * and it asks for thousands of calls first: so nearly all are dry ({@link Gemm#dry}), and a few are
 * products, for the profile of what is within. The shapes take each branch both ways: what C2 has
 * not seen it leaves out, and throws its code away when a later shape goes there.
 */
final class Rehearsal {
  // m, n and k of products with a packed B, of single rows, and of others; the large ones first.
  private static final int[] PACKED = {
    264, 440, 600, //
    264, 96, 40, //
    3, 90, 17, //
    13, 176, 18, //
    13, 176, 17, //
    104, 10, 18, //
    13, 10, 17, //
    2, 10, 17
  };
  private static final int[] ROWS = {
    1, 1536, 176, //
    1, 256, 176, //
    1, 256, 130, //
    1, 90, 17, //
    1, 10, 18
  };
  private static final int[] OTHERS = {
    264, 440, 600, //
    264, 600, 40, //
    13, 176, 42, //
    19, 176, 41, //
    3, 90, 17, //
    1, 90, 17, //
    13, 10, 41, //
    100, 10, 40, //
    13, 90, 10
  };

  /** How many of them are large: seldom called, for what the loops around the tiles decide. */
  private static final int LARGE = 2;

  // For each that is computed so many are dry.
  private static final int DRY = 1000;

  // At least so many rounds, then until each shape takes at most so many times what the scalar
  // kernels take, or no round was faster than the ones before it for so long.
  private static final int ROUNDS = 15;
  private static final int ROUNDS_OF_A_FORM = 6;
  private static final int SLOWER = 2;
  private static final int TRIES = 3;
  private static final int STALE = 400;

  private static final Rehearsal OF_ROWS = new Rehearsal(null, ROWS);
  private static final Rehearsal OF_PACKED = new Rehearsal(null, PACKED);
  private static final Rehearsal[] BY_FORM = new Rehearsal[Transpose.values().length];

  static {
    for (Transpose form : Transpose.values()) {
      BY_FORM[form.ordinal()] = new Rehearsal(form, OTHERS);
    }
  }

  // Null: B is packed.
  private final Transpose form;
  private final int[] shapes;
  private final int count;
  private final Matrix a = new Matrix();
  private final Matrix b = new Matrix();
  private final Matrix c = new Matrix();
  private float[] x;
  private float[] sparse;
  private float[] y;
  private PackedMatrix[] packed;
  private Scratch scratch;
  private int round;
  private int call;
  private volatile int stale;
  private final long[] scalar;
  private long best = Long.MAX_VALUE;
  private volatile boolean compiled;
  private final AtomicBoolean busy = new AtomicBoolean();

  private Rehearsal(Transpose form, int[] shapes) {
    this.form = form;
    this.shapes = shapes;
    count = shapes.length / 3;
    scalar = new long[count];
    Arrays.fill(scalar, Long.MAX_VALUE);
  }

  /** Returns that of products of a form; null: of those with a packed B, a row or more. */
  static Rehearsal of(Transpose form, boolean isRow) {
    return form != null ? BY_FORM[form.ordinal()] : isRow ? OF_ROWS : OF_PACKED;
  }

  /** Returns whether it became no faster for long: nothing more is to be had from it. */
  boolean isStale() {
    return stale >= STALE;
  }

  /**
   * Goes on for so many ns, or to its end, unless another thread is at it; returns whether all is
   * compiled.
   */
  boolean step(long nanos) {
    if (nanos > 0 && !compiled && busy.compareAndSet(false, true)) {
      try {
        long begin = System.nanoTime();
        if (x == null && !compiled) {
          prepare();
        }
        while (!compiled && isRound(begin, nanos)) {
          endRound();
        }
      } finally {
        busy.set(false);
      }
    }
    return compiled;
  }

  /**
   * Goes on with the dry calls of a round; returns whether there are no more. Apart from the rest,
   * as C2 compiles the loop, too.
   */
  private boolean isRound(long begin, long nanos) {
    while (System.nanoTime() - begin < nanos) {
      if (call == DRY) {
        return true;
      }
      for (int s = call % 32 < 2 ? 0 : LARGE; s < count; s++) {
        product(s);
      }
      call++;
    }
    return false;
  }

  private void prepare() {
    x = new float[600 * 600];
    int period = 3 * 256;
    for (int i = 0; i < period; i++) {
      // A column of zeros, where a single row that leaves zeros out gives up.
      x[i] = i % 3 == 0 || i % 256 == 250 ? 0f : 0.1f;
    }
    // Not a loop over all, which C2 would compile.
    for (int n = period; n < x.length; n *= 2) {
      System.arraycopy(x, 0, x, n, Math.min(n, x.length - n));
    }
    sparse = new float[600];
    for (int p = 0; p < sparse.length; p += 8) {
      sparse[p] = 1f;
    }
    y = new float[264 * 600];
    packed = new PackedMatrix[count];
    for (int s = 0; form == null && s < count; s++) {
      operands(s);
      packed[s] = SimdKernels.INSTANCE.pack(b);
    }
    // Of its own: nobody else gets a dry one, and its buffers grow.
    scratch = new Scratch();
  }

  private void operands(int s) {
    int m = shapes[3 * s];
    int n = shapes[3 * s + 1];
    int k = shapes[3 * s + 2];
    boolean hasZeros = m == 1 && (call < DRY ? call : round / 2) % 2 == 0;
    operand(form != null && form.a(), hasZeros ? sparse : x, m, k, a);
    operand(form != null && form.b(), x, k, n, b);
    c.set(y, 0, n, m, n);
  }

  private void product(int s) {
    operands(s);
    Start start = call % 2 == 0 ? Start.ZERO : Start.ACCUMULATE;
    scratch.gemm.dry = true;
    if (form == null) {
      scratch.gemm.matmulPacked(a, packed[s], 0, c, start, null);
    } else {
      Products.chains(scratch, form, a, b, c, start, null);
    }
  }

  /** Returns how long a product takes. */
  private long time(Kernels kernels, int s) {
    operands(s);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < TRIES; i++) {
      long begin = System.nanoTime();
      if (form != null) {
        kernels.matmul(form, a, b, c);
      } else if (kernels == SimdKernels.INSTANCE) {
        kernels.matmulPacked(a, packed[s], c, Epilogue.NONE, null, null);
      } else {
        kernels.matmul(Transpose.NN, a, b, c);
      }
      best = Math.min(best, System.nanoTime() - begin);
    }
    return best;
  }

  private static void operand(boolean isTransposed, float[] x, int rows, int columns, Matrix to) {
    int ld = isTransposed ? rows : columns;
    to.set(x, 0, ld, isTransposed ? columns : rows, ld);
  }

  private void endRound() {
    long took = 0;
    boolean isFast = round >= (form == null ? ROUNDS : ROUNDS_OF_A_FORM);
    for (int s = LARGE; s < count; s++) {
      long own = time(SimdKernels.INSTANCE, s);
      scalar[s] = Math.min(scalar[s], time(ScalarKernels.INSTANCE, s));
      isFast &= own / SLOWER < scalar[s];
      took += own;
    }
    stale = took < 0.9 * best ? 0 : stale + 1;
    best = Math.min(best, took);
    round++;
    call = 0;
    // A new one, whose buffers grow again.
    scratch = new Scratch();
    if (isFast) {
      compiled = true;
      x = null;
      sparse = null;
      y = null;
      packed = null;
      scratch = null;
    }
  }
}
