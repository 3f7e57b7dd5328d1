package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Fusion.Start;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scalar product against the mathematics: by hand, in integers, and in double. */
class ScalarMatmulTest {
  private static final double U = 0x1p-24;
  private static final float SENTINEL = -0x1.2345p120f;

  /** The operands of one product, in windows; reads of op(A) and op(B) for the references. */
  private record Operands(
      Form form, int m, int n, int k, float[] a, int lda, float[] b, int ldb, int off) {
    float a(int i, int p) {
      return a[off + (form.transA() ? p * lda + i : i * lda + p)];
    }

    float b(int p, int j) {
      return b[off + (form.transB() ? j * ldb + p : p * ldb + j)];
    }
  }

  private interface Draw {
    float next();
  }

  private static Operands operands(
      SplittableRandom random, Form form, int m, int n, int k, Draw d) {
    int off = random.nextInt(18);
    int lda = Math.max(1, form.transA() ? m : k) + random.nextInt(8);
    int ldb = Math.max(1, form.transB() ? k : n) + random.nextInt(8);
    float[] a = new float[off + (form.transA() ? k : m) * lda];
    float[] b = new float[off + (form.transB() ? n : k) * ldb];
    for (float[] x : new float[][] {a, b}) {
      for (int i = 0; i < x.length; i++) {
        x[i] = d.next();
      }
    }
    return new Operands(form, m, n, k, a, lda, b, ldb, off);
  }

  /** C after the product, without slack; asserts that nothing else was written. */
  private static float[] product(Operands x, float[] bias, float[] old, Start start) {
    int ldc = Math.max(1, x.n) + 3;
    float[] c = new float[2 + x.m * ldc];
    Arrays.fill(c, SENTINEL);
    for (int i = 0; i < x.m * x.n; i++) {
      c[2 + i / x.n * ldc + i % x.n] = start == Start.ACCUMULATE ? old[i] : Float.NaN;
    }
    Fusion fusion =
        switch (start) {
          case ZERO -> Fusion.NONE;
          case BIAS -> Fusion.bias(bias, 0);
          case ACCUMULATE -> Fusion.ACCUMULATE;
        };
    float[] aBefore = x.a.clone();
    float[] bBefore = x.b.clone();
    ScalarKernels.INSTANCE.matmul(
        x.form, x.m, x.n, x.k, x.a, x.off, x.lda, x.b, x.off, x.ldb, c, 2, ldc, fusion);
    assertArrayEquals(aBefore, x.a);
    assertArrayEquals(bBefore, x.b);
    float[] window = new float[x.m * x.n];
    for (int i = 0; i < window.length; i++) {
      int at = 2 + i / x.n * ldc + i % x.n;
      window[i] = c[at];
      c[at] = SENTINEL;
    }
    for (float outside : c) {
      assertEquals(SENTINEL, outside);
    }
    return window;
  }

  private static double start(Start start, float[] bias, float[] old, int i, int j, int n) {
    return switch (start) {
      case ZERO -> 0;
      case BIAS -> bias[j];
      case ACCUMULATE -> old[i * n + j];
    };
  }

  @ParameterizedTest
  @EnumSource
  void byHand(Form form) {
    // op(A) = 1 2 3   op(B) =  7  8   C =  58  64
    //         4 5 6            9 10       139 154
    //                         11 12
    float[] a = form.transA() ? new float[] {1, 4, 2, 5, 3, 6} : new float[] {1, 2, 3, 4, 5, 6};
    float[] b =
        form.transB() ? new float[] {7, 9, 11, 8, 10, 12} : new float[] {7, 8, 9, 10, 11, 12};
    int lda = form.transA() ? 2 : 3;
    int ldb = form.transB() ? 3 : 2;
    float[] c = {1, 1, 1, 1};
    ScalarKernels.INSTANCE.matmul(form, 2, 2, 3, a, 0, lda, b, 0, ldb, c, 0, 2, Fusion.NONE);
    assertArrayEquals(new float[] {58, 64, 139, 154}, c);
    ScalarKernels.INSTANCE.matmul(form, 2, 2, 3, a, 0, lda, b, 0, ldb, c, 0, 2, Fusion.ACCUMULATE);
    assertArrayEquals(new float[] {116, 128, 278, 308}, c);
    Fusion fusion = Fusion.bias(new float[] {0, -100, -64}, 1).activation(Activation.RELU);
    ScalarKernels.INSTANCE.matmul(form, 2, 2, 3, a, 0, lda, b, 0, ldb, c, 0, 2, fusion);
    assertArrayEquals(new float[] {0, 0, 39, 90}, c);
    Fusion derivative = Fusion.NONE.derivative(Activation.RELU, new float[] {9, 0, 1, 2, 0}, 1, 2);
    ScalarKernels.INSTANCE.matmul(form, 2, 2, 3, a, 0, lda, b, 0, ldb, c, 0, 2, derivative);
    assertArrayEquals(new float[] {0, 64, 139, 0}, c);
  }

  /**
   * While every partial sum is an integer below 2^24 a float holds it exactly, whatever the order:
   * any difference from a sum of longs is a wrong address, not a rounding.
   */
  @Test
  void integersAreExact() {
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 2_000; round++) {
      Form form = Form.values()[round % 4];
      Start start = Start.values()[round % 3];
      int m = 1 + random.nextInt(60);
      int n = 1 + random.nextInt(60);
      int k = 1 + random.nextInt(120);
      // (k + 1) max^2 < 2^24, the start included.
      int max = (int) Math.sqrt(((1 << 24) - 1) / (k + 1.0));
      Draw draw = () -> random.nextInt(2 * max + 1) - max;
      Operands x = operands(random, form, m, n, k, draw);
      float[] bias = new float[n];
      float[] old = new float[m * n];
      for (int i = 0; i < m * n; i++) {
        old[i] = draw.next();
        bias[i % n] = old[i];
      }
      float[] c = product(x, bias, old, start);
      int zeros = 0;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          long sum = (long) start(start, bias, old, i, j, n);
          for (int p = 0; p < k; p++) {
            sum += (long) x.a(i, p) * (long) x.b(p, j);
          }
          assertEquals(sum, (long) c[i * n + j], () -> x.form + " " + x.m + " " + x.n + " " + x.k);
          zeros += sum == 0 ? 1 : 0;
        }
      }
      // Zeros are equal to zeros: the fills must not be why the test passes.
      assertTrue(zeros * 2 < m * n || m * n < 4, "mostly zeros: " + zeros + " of " + m * n);
    }
  }

  /**
   * Every step of a chain of k fused multiply-adds rounds once, by at most u: so |c - exact| &lt;=
   * gamma_k (|A||B| + |C|), gamma_k = k u / (1 - k u) (Higham 2002, chapter 3); the bound of two
   * more steps is the goal and leaves room for the double reference. Were the roundings
   * independent, the norm of the error would be sqrt(k / 6) u of the norm of C: 2 sqrt(k) u is far
   * from that, and far below what a second rounding of large partial sums or a lost term gives.
   */
  @ParameterizedTest
  @EnumSource
  void errorAgainstDoubleIsBounded(Form form) {
    SplittableRandom random = new SplittableRandom(1 + form.ordinal());
    for (int round = 0; round < 150; round++) {
      Start start = Start.values()[round % 3];
      int m = 8 + random.nextInt(40);
      int n = 8 + random.nextInt(40);
      int k = round % 10 == 0 ? 1_000 + random.nextInt(500) : 1 + random.nextInt(150);
      Draw draw = () -> 2f * random.nextFloat() - 1f;
      Operands x = operands(random, form, m, n, k, draw);
      float[] bias = new float[n];
      float[] old = new float[m * n];
      for (int i = 0; i < m * n; i++) {
        old[i] = draw.next();
        bias[i % n] = old[i];
      }
      float[] c = product(x, bias, old, start);
      double gamma = (k + 2) * U / (1 - (k + 2) * U);
      double errors = 0;
      double squares = 0;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double exact = start(start, bias, old, i, j, n);
          double magnitude = Math.abs(exact);
          for (int p = 0; p < k; p++) {
            double term = (double) x.a(i, p) * x.b(p, j);
            exact += term;
            magnitude += Math.abs(term);
          }
          double error = Math.abs(c[i * n + j] - exact);
          assertTrue(error <= gamma * magnitude, () -> form + ": error " + error);
          errors += error * error;
          squares += exact * exact;
        }
      }
      double rms = Math.sqrt(errors / squares);
      assertTrue(rms <= 2 * Math.sqrt(k) * U, () -> form + " k=" + k + ": RMS " + rms / U + " u");
    }
  }

  @Test
  void noTermsLeaveTheStart() {
    float[] none = {};
    float[] c = {Float.NaN, 3f};
    ScalarKernels.INSTANCE.matmul(
        Form.NN, 1, 2, 0, none, 0, 1, none, 0, 2, c, 0, 2, Fusion.ACCUMULATE);
    assertArrayEquals(new float[] {Float.NaN, 3f}, c);
    ScalarKernels.INSTANCE.matmul(Form.NN, 1, 2, 0, none, 0, 1, none, 0, 2, c, 0, 2, Fusion.NONE);
    assertArrayEquals(new float[] {0f, 0f}, c);
  }

  /** BLAS's reference skips a zero of A; then 0 x infinity and 0 x NaN would be lost. */
  @ParameterizedTest
  @EnumSource
  void aZeroDoesNotHideAnInfinityOrANan(Form form) {
    float[] c = {1f};
    for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] b = {special};
      ScalarKernels.INSTANCE.matmul(
          form, 1, 1, 1, new float[] {0f}, 0, 1, b, 0, 1, c, 0, 1, Fusion.NONE);
      assertTrue(Float.isNaN(c[0]));
    }
  }

  @Test
  void subnormalsAreKept() {
    float[] c = {0f};
    ScalarKernels.INSTANCE.matmul(
        Form.NN,
        1,
        1,
        1,
        new float[] {0x1p-75f},
        0,
        1,
        new float[] {0x1p-74f},
        0,
        1,
        c,
        0,
        1,
        Fusion.NONE);
    assertEquals(Float.MIN_VALUE, c[0]);
  }
}
