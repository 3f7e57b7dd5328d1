package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
  private static final LayerKernels LAYERS = ScalarKernels.INSTANCE.layers();
  private static final long SEED = 0x123456789ABCDEFL;

  private static float[] ones(int length) {
    float[] x = new float[length];
    Arrays.fill(x, 1f);
    return x;
  }

  /** Rows of ones, of which some are dropped. */
  private static float[] drop(DropoutMask mask, int m, int n, long stream, int firstRow) {
    float[] y = new float[m * n];
    LAYERS.dropout(mask, m, n, SEED, stream, firstRow, ones(m * n), 0, n, y, 0, n);
    return y;
  }

  /** Which of 140 elements of row 7 half a dropout keeps: two whole groups of words and a part. */
  @Test
  void theMaskIsFrozen() {
    float[] y = drop(DropoutMask.plain(0.5), 1, 140, LayerKernels.stream(1000, 3), 7);
    StringBuilder kept = new StringBuilder();
    for (float v : y) {
      kept.append(v == 0f ? '.' : '#');
    }
    assertEquals(
        "..######...##...###.#.#....#..###.....##..#.#...##.#..##..####..##.....##.###.###."
            + "#####.#.....####.##..##..##.###....#######......#.#....###",
        kept.toString());
  }

  /** The layout of the counter as the Javadoc has it, word by word. */
  @Test
  void eachWordIsThatOfItsCounter() {
    int n = 200;
    int m = 3;
    long stream = LayerKernels.stream(1L << 40, 9);
    int[] words = new int[4];
    for (int threshold : new int[] {Integer.MIN_VALUE, -1_000_000_000, 0, 1_500_000_000}) {
      float[] y = drop(new DropoutMask(threshold, 1f, -0f, 0f), m, n, stream, 1 << 30);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          int q = j / 64;
          int w = j % 64 / 16;
          int l = j % 16;
          int low = (int) stream;
          int high = (int) (stream >>> 32) | 1 << 31;
          int keyHigh = (int) (SEED >>> 32);
          Philox.block(16 * q + l, (1 << 30) + i, low, high, (int) SEED, keyHigh, words);
          assertEquals(words[w] >= threshold ? 1f : 0f, y[i * n + j], "element " + i + ", " + j);
        }
      }
    }
  }

  /** A row has the same mask alone, in a batch, and whatever its leading dimension. */
  @Test
  void aRowsMaskDependsOnItsNumberAlone() {
    int n = 77;
    DropoutMask mask = DropoutMask.plain(0.3);
    float[] together = drop(mask, 9, n, 5, 100);
    for (int i = 0; i < 9; i++) {
      float[] alone = drop(mask, 1, n, 5, 100 + i);
      assertArrayEquals(Arrays.copyOfRange(together, i * n, (i + 1) * n), alone);
    }
  }

  @Test
  void rowsStreamsAndSeedsHaveMasksOfTheirOwn() {
    DropoutMask mask = DropoutMask.plain(0.5);
    float[] mine = drop(mask, 1, 128, LayerKernels.stream(4, 1), 0);
    float[] seeded = new float[128];
    LAYERS.dropout(mask, 1, 128, SEED + 1, 4 << 16 | 1, 0, ones(128), 0, 128, seeded, 0, 128);
    for (float[] other :
        new float[][] {
          drop(mask, 1, 128, LayerKernels.stream(4, 2), 0),
          drop(mask, 1, 128, LayerKernels.stream(5, 1), 0),
          drop(mask, 1, 128, LayerKernels.stream(4 + (1L << 32), 1), 0),
          drop(mask, 1, 128, LayerKernels.stream(4, 1), 1),
          seeded
        }) {
      int equal = 0;
      for (int j = 0; j < 128; j++) {
        equal += mine[j] == other[j] ? 1 : 0;
      }
      // Binomial (128, 1/2): six deviations of 5.7 from 64.
      assertEquals(64, equal, 34);
    }
  }

  /** Binomial: five deviations of the kept ones among 2^18 elements. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 0.999})
  void aPartOfTheRateIsDroppedAndTheMeanStays(double rate) {
    int count = 1 << 18;
    float[] y = drop(DropoutMask.plain(rate), 512, 512, 1, 0);
    long dropped = 0;
    double sum = 0;
    for (float v : y) {
      dropped += v == 0f ? 1 : 0;
      sum += v;
    }
    double deviation = Math.sqrt(count * rate * (1 - rate));
    assertEquals(rate * count, dropped, 5 * deviation);
    assertEquals(1, sum / count, 5 * deviation / (1 - rate) / count + 1e-6);
  }

  /** Klambauer et al.: of a standard normal, mean 0 and variance 1 stay. */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.2, 0.5})
  void alphaDropoutKeepsMeanAndVariance(double rate) {
    int count = 1 << 18;
    SplittableRandom random = new SplittableRandom(6);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] y = new float[count];
    LAYERS.dropout(DropoutMask.alpha(rate), 512, 512, SEED, 2, 0, x, 0, 512, y, 0, 512);
    double sum = 0;
    double squares = 0;
    for (float v : y) {
      sum += v;
      squares += (double) v * v;
    }
    assertEquals(0, sum / count, 5 / Math.sqrt(count));
    // A square of what is left has at most the variance of that of a normal, 2, times 3.
    assertEquals(1, squares / count, 5 * Math.sqrt(6.0 / count));
  }

  /** PyTorch 2: torch.nn.functional's a = 1 / sqrt((alpha^2 p + 1) (1 - p)), in double. */
  @Test
  void alphaDropoutHasPyTorchsFactors() {
    DropoutMask mask = DropoutMask.alpha(0.5);
    double alpha = 1.7580993408473766;
    double a = 1 / Math.sqrt((alpha * alpha * 0.5 + 1) * 0.5);
    assertEquals((float) a, mask.scale());
    assertEquals((float) (alpha * a * 0.5), mask.shift());
    assertEquals((float) (-alpha * a + alpha * a * 0.5), mask.dropped(), Math.ulp(1f));
  }

  @Test
  void theGradientHasTheMaskOfTheOutput() {
    for (DropoutMask mask : new DropoutMask[] {DropoutMask.plain(0.4), DropoutMask.alpha(0.4)}) {
      float[] y = drop(mask, 4, 50, 8, 20);
      float[] dx = drop(mask.backward(), 4, 50, 8, 20);
      for (int i = 0; i < y.length; i++) {
        assertEquals(y[i] == mask.dropped() ? 0f : mask.scale(), dx[i]);
      }
    }
  }

  /** A choice, not a product with 0. */
  @Test
  void whatIsDroppedIsGoneEvenANaN() {
    float[] x = {Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.NaN};
    float[] y = new float[4];
    DropoutMask none = DropoutMask.plain(0);
    LAYERS.dropout(none, 1, 4, 1, 1, 0, x, 0, 4, y, 0, 4);
    assertArrayEquals(x, y);
    DropoutMask all = new DropoutMask(Integer.MAX_VALUE, 2f, -0f, 0f);
    LAYERS.dropout(all, 1, 4, 1, 1, 0, x, 0, 4, y, 0, 4);
    assertArrayEquals(new float[4], y);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
  void aRateOutOfRangeIsNamed(double rate) {
    for (boolean alpha : new boolean[] {false, true}) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> {
                DropoutMask mask = alpha ? DropoutMask.alpha(rate) : DropoutMask.plain(rate);
                assertTrue(mask.threshold() == 0);
              });
      assertEquals("rate must be in [0, 1), got " + rate, e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, step", "140737488355328, 0, step", "0, -1, layer", "0, 65536, layer"})
  void aStreamOutOfRangeIsNamed(long step, int layer, String name) {
    var e = assertThrows(IllegalArgumentException.class, () -> LayerKernels.stream(step, layer));
    assertTrue(e.getMessage().startsWith(name + " must be in"), e::getMessage);
  }
}
