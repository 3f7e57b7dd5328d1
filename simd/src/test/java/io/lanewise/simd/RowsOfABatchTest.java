package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A row does not know its batch: it is one set of chains, whatever rows stand above and below it,
 * so its bits are those that it has alone, and a NaN in one row stays in that row.
 */
class RowsOfABatchTest {
  private static final int ROWS = 1_000;
  private static final int N = 45;
  private static final int K = 70;

  private final Kernels simd = KernelLookup.named("simd");
  private final float[] x = random(1, ROWS * K);
  private final float[] w = random(2, K * N);
  private final float[] bias = random(3, N);

  private static float[] random(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 2f * random.nextFloat() - 1f;
    }
    return values;
  }

  /** Rows first to first + m of softmax(GELU(X W + b)) in one call each; X as the form wants it. */
  private float[] forward(Transpose form, float[] x, int first, int m) {
    Matrix a =
        form.a()
            ? new Matrix(transpose(x, ROWS, K), first, ROWS, K, m)
            : new Matrix(x, first * K, K, m, K);
    Matrix b = form.b() ? new Matrix(transpose(w, K, N), N, K) : new Matrix(w, K, N);
    Matrix z = new Matrix(m, N);
    Epilogue epilogue = Epilogue.BIAS.activation(Activation.GELU);
    simd.matmul(form, a, b, z, epilogue, Matrix.row(bias, 0, N), null);
    float[] out = new float[m * N + m];
    simd.softmax(z, new Matrix(out, m, N));
    simd.crossEntropy(z, new int[m], 0, 1f, null, Matrix.column(out, m * N, m));
    return out;
  }

  private static float[] transpose(float[] x, int rows, int columns) {
    float[] t = new float[x.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t[j * rows + i] = x[i * columns + j];
      }
    }
    return t;
  }

  private static float[] row(float[] out, int m, int i) {
    float[] row = Arrays.copyOfRange(out, i * N, i * N + N + 1);
    row[N] = out[m * N + i];
    return row;
  }

  @ParameterizedTest
  @EnumSource
  void aRowHasTheSameBitsInABatchOf1And3And64And1000(Transpose form) {
    float[] all = forward(form, x, 0, ROWS);
    for (int m : new int[] {1, 3, 64}) {
      for (int first : new int[] {0, 1, 2, 499, ROWS - m}) {
        float[] part = forward(form, x, first, m);
        for (int i = 0; i < m; i++) {
          assertArrayEquals(
              row(all, ROWS, first + i),
              row(part, m, i),
              "row " + (first + i) + " in a batch of " + m);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNanStaysInItsRow(Transpose form) {
    float[] clean = forward(form, x, 0, ROWS);
    for (int sick : new int[] {0, 1, 6, 64, 501, ROWS - 1}) {
      float[] planted = x.clone();
      planted[sick * K + K / 2] = Float.NaN;
      float[] out = forward(form, planted, 0, ROWS);
      for (int i = 0; i < ROWS; i++) {
        if (i != sick) {
          assertArrayEquals(row(clean, ROWS, i), row(out, ROWS, i), "row " + i);
        }
      }
      for (float value : row(out, ROWS, sick)) {
        assertTrue(Float.isNaN(value), "row " + sick + " hides its NaN");
      }
    }
    assertEquals(ROWS * (N + 1), clean.length);
  }
}
