package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Epilogue.Start;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scalar product against the mathematics: by hand, in integers, and in double. */
class ScalarMatmulTest {
  private static final double U = 0x1p-24;
  private static final float SENTINEL = -0x1.2345p120f;

  /** The operands of one product; reads of op(A) and op(B) for the references. */
  private record Operands(Transpose form, int m, int n, int k, Matrix a, Matrix b) {
    float a(int i, int p) {
      return form.a() ? a.get(p, i) : a.get(i, p);
    }

    float b(int p, int j) {
      return form.b() ? b.get(j, p) : b.get(p, j);
    }
  }

  private interface Draw {
    float next();
  }

  private static Operands operands(
      SplittableRandom random, Transpose form, int m, int n, int k, Draw d) {
    Matrix a = form.a() ? window(random, k, m, d) : window(random, m, k, d);
    Matrix b = form.b() ? window(random, n, k, d) : window(random, k, n, d);
    return new Operands(form, m, n, k, a, b);
  }

  private static Matrix window(SplittableRandom random, int rows, int columns, Draw d) {
    int off = random.nextInt(18);
    int ld = Math.max(1, columns) + random.nextInt(8);
    float[] x = new float[off + rows * ld];
    for (int i = 0; i < x.length; i++) {
      x[i] = d.next();
    }
    return new Matrix(x, off, ld, rows, columns);
  }

  /** C after the product, without slack; asserts that nothing else was written. */
  private static float[] product(Operands x, float[] bias, float[] old, Start start) {
    int ldc = Math.max(1, x.n) + 3;
    float[] c = new float[2 + x.m * ldc];
    Arrays.fill(c, SENTINEL);
    for (int i = 0; i < x.m * x.n; i++) {
      c[2 + i / x.n * ldc + i % x.n] = start == Start.ACCUMULATE ? old[i] : Float.NaN;
    }
    float[] aBefore = x.a.array().clone();
    float[] bBefore = x.b.array().clone();
    Epilogue epilogue = new Epilogue(start, Activation.IDENTITY, null, 1f, 0f);
    Matrix row = start == Start.BIAS ? Matrix.row(bias, 0, x.n) : null;
    Matrix out = new Matrix(c, 2, ldc, x.m, x.n);
    ScalarKernels.INSTANCE.matmul(x.form, x.a, x.b, out, epilogue, row, null);
    assertArrayEquals(aBefore, x.a.array());
    assertArrayEquals(bBefore, x.b.array());
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
  void byHand(Transpose form) {
    // op(A) = 1 2 3   op(B) =  7  8   C =  58  64
    //         4 5 6            9 10       139 154
    //                         11 12
    float[] a = form.a() ? new float[] {1, 4, 2, 5, 3, 6} : new float[] {1, 2, 3, 4, 5, 6};
    float[] b = form.b() ? new float[] {7, 9, 11, 8, 10, 12} : new float[] {7, 8, 9, 10, 11, 12};
    Matrix left = form.a() ? new Matrix(a, 3, 2) : new Matrix(a, 2, 3);
    Matrix right = form.b() ? new Matrix(b, 2, 3) : new Matrix(b, 3, 2);
    Kernels kernels = ScalarKernels.INSTANCE;
    float[] c = {1, 1, 1, 1};
    Matrix out = new Matrix(c, 2, 2);
    kernels.matmul(form, left, right, out);
    assertArrayEquals(new float[] {58, 64, 139, 154}, c);
    kernels.matmul(form, left, right, out, Epilogue.ACCUMULATE, null, null);
    assertArrayEquals(new float[] {116, 128, 278, 308}, c);
    Epilogue biased = Epilogue.BIAS.activation(Activation.RELU);
    Matrix bias = Matrix.row(new float[] {0, -100, -64}, 1, 2);
    kernels.matmul(form, left, right, out, biased, bias, null);
    assertArrayEquals(new float[] {0, 0, 39, 90}, c);
    Epilogue derivative = Epilogue.NONE.derivative(Activation.RELU);
    Matrix saved = new Matrix(new float[] {9, 0, 1, 2, 0}, 1, 2, 2, 2);
    kernels.matmul(form, left, right, out, derivative, null, saved);
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
      Transpose form = Transpose.values()[round % 4];
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
  void errorAgainstDoubleIsBounded(Transpose form) {
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
    Matrix a = new Matrix(1, 0);
    Matrix b = new Matrix(0, 2);
    float[] c = {Float.NaN, 3f};
    Matrix out = new Matrix(c, 1, 2);
    ScalarKernels.INSTANCE.matmul(Transpose.NN, a, b, out, Epilogue.ACCUMULATE, null, null);
    assertArrayEquals(new float[] {Float.NaN, 3f}, c);
    ScalarKernels.INSTANCE.matmul(Transpose.NN, a, b, out);
    assertArrayEquals(new float[] {0f, 0f}, c);
  }

  private static float one(Transpose form, float a, float b) {
    Matrix c = new Matrix(new float[] {1f}, 1, 1);
    Matrix left = new Matrix(new float[] {a}, 1, 1);
    ScalarKernels.INSTANCE.matmul(form, left, new Matrix(new float[] {b}, 1, 1), c);
    return c.get(0, 0);
  }

  /** BLAS's reference skips a zero of A; then 0 x infinity and 0 x NaN would be lost. */
  @ParameterizedTest
  @EnumSource
  void aZeroDoesNotHideAnInfinityOrANan(Transpose form) {
    assertTrue(Float.isNaN(one(form, 0f, Float.NaN)));
    assertTrue(Float.isNaN(one(form, 0f, Float.POSITIVE_INFINITY)));
  }

  @Test
  void subnormalsAreKept() {
    assertEquals(Float.MIN_VALUE, one(Transpose.NN, 0x1p-75f, 0x1p-74f));
  }
}
