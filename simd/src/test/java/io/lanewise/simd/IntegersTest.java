package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Products of integers are those of a plain triple loop over ints. {@link ForkedLanesTest} has them
 * under other lanes.
 */
class IntegersTest {
  private static final Epilogue NONE = Epilogue.NONE;
  private static final float OUTSIDE = 7.5f;

  /** What A or B is filled with. */
  private enum Fill {
    LEAST,
    MOST,
    RANDOM
  }

  @Test
  void productsOfTheTripleLoop() {
    check(KernelLookup.named("simd"), false);
    check(ScalarKernels.INSTANCE, false);
  }

  @Test
  void cutBetweenTheColumnsOrRows() {
    try (Threads threads = new Threads(3)) {
      check(threads.kernels(KernelLookup.named("simd")), false);
    }
  }

  /**
   * Shapes at the edges of tiles, panels, blocks and groups, and random ones; a few of them for a
   * JVM that takes milliseconds for a vector.
   */
  static void check(Kernels kernels, boolean few) {
    Random random = new Random(8);
    if (few) {
      for (Fill fill : Fill.values()) {
        product(kernels, random, 5, 70, 130, 255, fill, fill);
        product(kernels, random, 3, 17, 65, 64, fill, Fill.RANDOM);
      }
      return;
    }
    for (Fill a : Fill.values()) {
      for (Fill b : Fill.values()) {
        for (int most : new int[] {1, 31, 64, 127, 255}) {
          product(kernels, random, 5, 70, 130, most, a, b);
        }
        // 500 groups of three rows: more than one run of 16 bits can count.
        product(kernels, random, 3, 1500, 64, 64, a, b);
      }
    }
    for (int m : new int[] {1, 3, 4, 9}) {
      for (int n : new int[] {1, 16, 63, 64, 65, 96, 97, 192, 288}) {
        for (int k : new int[] {1, 2, 15, 17, 40}) {
          product(kernels, random, m, k, n, 1 + random.nextInt(80), Fill.RANDOM, Fill.RANDOM);
        }
      }
    }
    // More rows than lie ready at a time, and enough to be cut.
    product(kernels, random, 181, 384, 200, 20, Fill.RANDOM, Fill.RANDOM);
    product(kernels, random, 45, 1536, 96, 20, Fill.RANDOM, Fill.RANDOM);
  }

  private static void product(
      Kernels kernels, Random random, int m, int k, int n, int most, Fill fillA, Fill fillB) {
    float[] a = new float[m * (k + 3) + 5];
    float[] b = new float[k * (n + 2)];
    float[] c = new float[m * (n + 4) + 7];
    fill(a, random, -128, 127, fillA);
    fill(b, random, -most, most, fillB);
    Arrays.fill(c, OUTSIDE);
    PackedMatrix packed = kernels.packIntegers(new Matrix().set(b, 0, n + 2, k, n));
    Matrix left = new Matrix().set(a, 5, k + 3, m, k);
    kernels.matmulPacked(left, packed, new Matrix().set(c, 7, n + 4, m, n), NONE, null, null);
    float[] wanted = new float[c.length];
    Arrays.fill(wanted, OUTSIDE);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        int sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (int) a[5 + i * (k + 3) + p] * (int) b[p * (n + 2) + j];
        }
        wanted[7 + i * (n + 4) + j] = sum;
      }
    }
    for (int i = 0; i < c.length; i++) {
      String what = m + "x" + k + "x" + n + " of at most " + most + ", element " + i;
      // No assertion of JUnit's, which LaneProbe has not.
      if (Float.floatToRawIntBits(wanted[i]) != Float.floatToRawIntBits(c[i])) {
        throw new AssertionError(what + ": " + c[i] + ", wanted " + wanted[i]);
      }
    }
  }

  private static void fill(float[] x, Random random, int least, int most, Fill fill) {
    for (int i = 0; i < x.length; i++) {
      x[i] =
          switch (fill) {
            case LEAST -> least;
            case MOST -> most;
            case RANDOM -> random.nextInt(least, most + 1);
          };
    }
  }

  /** Else the products above might be those of floats. */
  @Test
  void whatPaysIsPackedAsIntegers() {
    Kernels simd = KernelLookup.named("simd");
    float[] b = new float[40 * 128];
    Arrays.fill(b, 40);
    boolean wide = Lanes.isNative() && Lanes.LENGTH == 16;
    Class<?> wanted = wide ? Integers.class : PackedMatrix.class;
    assertInstanceOf(wanted, simd.packIntegers(new Matrix(b, 40, 128)));
    for (float odd : new float[] {0.5f, 256, Float.NaN, Float.POSITIVE_INFINITY}) {
      b[777] = odd;
      assertEquals(PackedMatrix.class, simd.packIntegers(new Matrix(b, 40, 128)).getClass());
    }
  }

  @Test
  void sumsThatWouldRoundAreThoseOfFloats() {
    Random random = new Random(3);
    int k = 2400;
    float[] a = new float[9 * k];
    float[] b = new float[k * 64];
    fill(a, random, 100, 127, Fill.RANDOM);
    fill(b, random, 60, 85, Fill.RANDOM);
    float[] wanted = new float[9 * 64];
    float[] c = new float[9 * 64];
    Kernels simd = KernelLookup.named("simd");
    ScalarKernels.INSTANCE.matmulPacked(
        new Matrix(a, 9, k),
        ScalarKernels.INSTANCE.packIntegers(new Matrix(b, k, 64)),
        new Matrix(wanted, 9, 64),
        NONE,
        null,
        null);
    simd.matmulPacked(
        new Matrix(a, 9, k),
        simd.packIntegers(new Matrix(b, k, 64)),
        new Matrix(c, 9, 64),
        NONE,
        null,
        null);
    assertArrayEquals(wanted, c);
  }

  @Test
  void whatIsNoIntegerOf8BitsIsRefused() {
    Matrix b = new Matrix(new float[64 * 64], 64, 64);
    Matrix c = new Matrix(new float[64 * 64], 64, 64);
    for (Kernels kernels : List.of(KernelLookup.named("simd"), ScalarKernels.INSTANCE)) {
      PackedMatrix packed = kernels.packIntegers(b);
      for (float x : new float[] {-129, 128, 0.5f, Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] a = new float[64 * 64];
        a[777] = x;
        assertThrows(
            IllegalArgumentException.class,
            () -> kernels.matmulPacked(new Matrix(a, 64, 64), packed, c, NONE, null, null));
      }
    }
  }

  @Test
  void anEpilogueIsRefused() {
    Matrix x = new Matrix(new float[64 * 64], 64, 64);
    Matrix c = new Matrix(new float[64 * 64], 64, 64);
    for (Kernels kernels : List.of(KernelLookup.named("simd"), ScalarKernels.INSTANCE)) {
      PackedMatrix packed = kernels.packIntegers(x);
      Matrix bias = Matrix.row(new float[64]);
      assertThrows(
          IllegalArgumentException.class,
          () -> kernels.matmulPacked(x, packed, c, Epilogue.BIAS, bias, null));
    }
  }
}
