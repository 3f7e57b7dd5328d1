package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.math.RandomStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
  private static final Kernels KERNELS = ScalarKernels.INSTANCE;
  private static final long SEED = 0x123456789ABCDEFL;

  private static Matrix ones(int m, int n) {
    Matrix x = new Matrix(m, n);
    Arrays.fill(x.array(), 1f);
    return x;
  }

  /** Rows of ones, of which some are dropped. */
  private static float[] drop(DropoutMask mask, int m, int n, long stream, int firstRow) {
    Matrix x = ones(m, n);
    KERNELS.dropout(mask, SEED, stream, firstRow, x, x);
    return x.array();
  }

  /** Which of 140 elements of row 7 half a dropout keeps: two whole groups of words and a part. */
  @Test
  void theMaskIsFrozen() {
    float[] y = drop(DropoutMask.plain(0.5), 1, 140, DropoutMask.stream(1000, 3), 7);
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
    long stream = DropoutMask.stream(1L << 40, 9);
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
          RandomStream.block(16 * q + l, (1 << 30) + i, low, high, (int) SEED, keyHigh, words);
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
    float[] mine = drop(mask, 1, 128, DropoutMask.stream(4, 1), 0);
    Matrix seeded = ones(1, 128);
    KERNELS.dropout(mask, SEED + 1, 4 << 16 | 1, 0, seeded, seeded);
    for (float[] other :
        new float[][] {
          drop(mask, 1, 128, DropoutMask.stream(4, 2), 0),
          drop(mask, 1, 128, DropoutMask.stream(5, 1), 0),
          drop(mask, 1, 128, DropoutMask.stream(4 + (1L << 32), 1), 0),
          drop(mask, 1, 128, DropoutMask.stream(4, 1), 1),
          seeded.array()
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
    Matrix y = new Matrix(512, 512);
    for (int i = 0; i < count; i++) {
      y.array()[i] = (float) random.nextGaussian();
    }
    KERNELS.dropout(DropoutMask.alpha(rate), SEED, 2, 0, y, y);
    double sum = 0;
    double squares = 0;
    for (float v : y.array()) {
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
    Matrix x = Matrix.row(new float[] {Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.NaN}, 0, 4);
    Matrix y = new Matrix(1, 4);
    DropoutMask none = DropoutMask.plain(0);
    KERNELS.dropout(none, 1, 1, 0, x, y);
    assertArrayEquals(x.array(), y.array());
    DropoutMask all = new DropoutMask(Integer.MAX_VALUE, 2f, -0f, 0f);
    KERNELS.dropout(all, 1, 1, 0, x, y);
    assertArrayEquals(new float[4], y.array());
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
    var e = assertThrows(IllegalArgumentException.class, () -> DropoutMask.stream(step, layer));
    assertTrue(e.getMessage().startsWith(name + " must be in"), e::getMessage);
  }
}
