package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Heads;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text's vectors are does not depend on what it is computed with. */
class AttentionTest {
  private static final int HEADS = 3;
  private static final int D = 20;
  private static final int WIDTH = HEADS * D;
  private static final float SCALE = 0.22360679f;

  static Stream<Kernels> kernels() {
    return Stream.of(ScalarKernels.INSTANCE, KernelLookup.named("simd"));
  }

  /** Rows of q, k and v beside each other, of the text with that number, padding or not. */
  private static float[] rows(int text, int from, int to) {
    float[] x = new float[(to - from) * 3 * WIDTH];
    for (int i = from; i < to; i++) {
      SplittableRandom random = new SplittableRandom(1_000 * text + i);
      for (int j = 0; j < 3 * WIDTH; j++) {
        x[(i - from) * 3 * WIDTH + j] = 8f * random.nextFloat() - 4f;
      }
    }
    return x;
  }

  private static float[] attention(Kernels kernels, int texts, float[] qkv, float[] mask) {
    int tokens = qkv.length / (3 * WIDTH);
    Matrix[] parts = new Matrix[3];
    Arrays.setAll(parts, i -> new Matrix(qkv, i * WIDTH, 3 * WIDTH, tokens, WIDTH));
    Matrix masks = mask == null ? null : new Matrix(mask, texts, tokens / texts);
    Matrix y = new Matrix(tokens, WIDTH);
    kernels.attention(new Heads(texts, HEADS, SCALE), parts[0], parts[1], parts[2], masks, y);
    return y.array();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aTextHasItsBitsInAnyBatchUnderAnyPaddingAndMask(Kernels kernels) {
    for (int length : new int[] {1, 2, 7, 16, 31, 129}) {
      float[] alone = attention(kernels, 1, rows(5, 0, length), null);
      for (int tokens : new int[] {length, length + 1, length + 15, 2 * length + 33}) {
        for (float masked : new float[] {-10_000f, -3.4028235e38f, Float.NEGATIVE_INFINITY}) {
          for (int place = 0; place < 3; place++) {
            float[] qkv = new float[3 * tokens * 3 * WIDTH];
            float[] mask = new float[3 * tokens];
            for (int text = 0; text < 3; text++) {
              // The others are longer, or the same text.
              float[] x = rows(text == place ? 5 : text, 0, tokens);
              System.arraycopy(x, 0, qkv, text * x.length, x.length);
            }
            Arrays.fill(mask, place * tokens + length, (place + 1) * tokens, masked);
            float[] y = attention(kernels, 3, qkv, mask);
            int from = place * tokens * WIDTH;
            assertArrayEquals(
                bits(alone),
                bits(Arrays.copyOfRange(y, from, from + length * WIDTH)),
                length + " of " + tokens + " tokens, text " + place + ", mask " + masked);
          }
        }
      }
    }
  }

  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(x[i]));
    return bits;
  }

  /** Queries go some at a time, and threads share heads: more keys and queries than any block. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void theBitsAreTheScalarOnesBeyondAnyBlock(int count) {
    float[] qkv = rows(9, 0, 4_200);
    float[] mask = new float[4_200];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 3 == 0 ? -10_000f : i * 1e-4f;
    }
    try (Threads threads = new Threads(count)) {
      Kernels simd = threads.kernels(KernelLookup.named("simd"));
      for (int texts : new int[] {1, 14}) {
        float[] y = attention(simd, texts, qkv, mask);
        // All of the scalar kernels would take long: heads of some queries.
        int tokens = 4_200 / texts;
        for (int i : new int[] {0, 1, tokens / 2, tokens - 1}) {
          Matrix q = new Matrix(qkv, i * 3 * WIDTH, 3 * WIDTH, 1, WIDTH);
          Matrix k = new Matrix(qkv, WIDTH, 3 * WIDTH, tokens, WIDTH);
          Matrix v = new Matrix(qkv, 2 * WIDTH, 3 * WIDTH, tokens, WIDTH);
          Matrix row = new Matrix(1, WIDTH);
          ScalarKernels.INSTANCE.attention(
              new Heads(1, HEADS, SCALE), q, k, v, Matrix.row(mask, 0, tokens), row);
          float[] actual = Arrays.copyOfRange(y, i * WIDTH, (i + 1) * WIDTH);
          assertArrayEquals(bits(row.array()), bits(actual), texts + " texts, query " + i);
        }
      }
    }
  }

  /** As PyTorch and ONNX have it. */
  @ParameterizedTest
  @MethodSource("kernels")
  void aTextThatIsMaskedWholeIsTheMeanOrNan(Kernels kernels) {
    int tokens = 21;
    float[] qkv = rows(3, 0, tokens);
    float[] lowest = new float[tokens];
    Arrays.fill(lowest, -Float.MAX_VALUE);
    float[] y = attention(kernels, 1, qkv, lowest);
    for (int c = 0; c < WIDTH; c++) {
      double sum = 0;
      for (int j = 0; j < tokens; j++) {
        sum += qkv[j * 3 * WIDTH + 2 * WIDTH + c];
      }
      assertEquals(sum / tokens, y[c], 1e-6);
    }
    Arrays.fill(lowest, Float.NEGATIVE_INFINITY);
    for (float value : attention(kernels, 1, qkv, lowest)) {
      assertTrue(Float.isNaN(value));
    }
  }

  /** Values by hand: scores 1 and 3 of a query, scaled by a half. */
  @ParameterizedTest
  @MethodSource("kernels")
  void theWeightsAreThoseOfSoftmax(Kernels kernels) {
    Matrix q = Matrix.row(new float[] {1f, 2f}, 0, 2);
    Matrix k = new Matrix(new float[] {1f, 0f, 1f, 1f}, 2, 2);
    Matrix v = new Matrix(new float[] {10f, 20f}, 2, 1);
    Matrix y = new Matrix(1, 1);
    kernels.attention(new Heads(1, 1, 0.5f), q, k, v, null, y);
    double w = Math.exp(0.5 - 1.5);
    assertEquals((10 * w + 20) / (w + 1), y.get(0, 0), 2e-6);
    Matrix row = Matrix.row(new float[] {1f, 0f}, 0, 2);
    kernels.attention(new Heads(1, 1, 0.5f), q, k, v, row, y);
    assertEquals(15f, y.get(0, 0));
  }

  @Test
  void aNanOfAPaddedKeyIsNotHidden() {
    float[] qkv = rows(2, 0, 5);
    qkv[4 * 3 * WIDTH + 2 * WIDTH] = Float.NaN;
    float[] mask = {0f, 0f, 0f, 0f, -10_000f};
    assertTrue(Float.isNaN(attention(KernelLookup.named("simd"), 1, qkv, mask)[0]));
  }
}
