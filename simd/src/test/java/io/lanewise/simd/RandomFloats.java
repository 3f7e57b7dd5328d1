package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.SplittableRandom;

/** Seeded inputs with every kind of float among them, and the comparison of bits. */
final class RandomFloats {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1p-140f,
    -0x1.8p-127f,
    Float.MIN_NORMAL,
    1e-30f,
    -1e-30f,
    1e30f,
    -1e30f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private RandomFloats() {}

  /** Mostly normal deviates of several sizes, with special values among them. */
  static float[] mixed(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = random.nextInt(6) == 0 ? special(random) : finite(random);
    }
    return x;
  }

  /** Normal deviates of several sizes: no sum of a few overflows, none is NaN. */
  static float[] finite(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = finite(random);
    }
    return x;
  }

  private static float finite(SplittableRandom random) {
    double scale = random.nextInt(4) == 0 ? 30 : 1;
    return (float) (random.nextGaussian() * scale);
  }

  /** A special value, any of them equally often. */
  static float special(SplittableRandom random) {
    return SPECIAL[random.nextInt(SPECIAL.length)];
  }

  /** Asserts equal bits in all elements; NaNs are equal to NaNs, signed zeros are told apart. */
  static void assertSameBits(String what, float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      fail(what + ": length " + actual.length + ", expected " + expected.length);
    }
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        fail(what + ": [" + i + "] is " + actual[i] + ", expected " + expected[i]);
      }
    }
  }
}
