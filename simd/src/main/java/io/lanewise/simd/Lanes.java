package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The lanes that all kernels here use, and the reduction of 16 virtual ones, which a row has on
 * every machine: they lie in an array between the loops that fill them and the fold. So no method
 * with a loop returns a vector, which would be boxed wherever the compiler does not inline it.
 */
final class Lanes {
  /** The widest of this machine, or what {@code -Dlanewise.lanes} asks for: 4, 8 or 16 lanes. */
  static final VectorSpecies<Float> FLOAT = species(System.getProperty("lanewise.lanes"));

  /** As many ints. */
  static final VectorSpecies<Integer> INT = FLOAT.withLanes(int.class);

  /** Half as many longs. */
  static final VectorSpecies<Long> LONG = FLOAT.withLanes(long.class);

  /** How many floats a vector has. */
  static final int LENGTH = FLOAT.length();

  /** The lanes of a row reduction, on every machine. */
  static final int VIRTUAL = 16;

  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOAT, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOAT, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOAT, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(FLOAT, 1, 1, true);

  private Lanes() {}

  /** The provider has checked the property. */
  private static VectorSpecies<Float> species(String lanes) {
    int length = lanes == null ? FloatVector.SPECIES_PREFERRED.length() : Integer.parseInt(lanes);
    if (length >= 16) {
      return FloatVector.SPECIES_512;
    }
    // Even where the JVM has less than 4 lanes: then the JDK's Java code stands in for them.
    return length >= 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
  }

  /** Returns whether the machine has vectors of this width, as this JVM may use it. */
  static boolean isNative() {
    return LENGTH <= FloatVector.SPECIES_PREFERRED.length();
  }

  /**
   * Returns whether Math.fma is an instruction here, or the JDK's BigDecimal code.
   *
   * <p>No API of java.base says so; time does. The JDK's code returns early for a factor of 0 and
   * takes at least 20 times longer otherwise, interpreted or compiled, while an instruction takes
   * the same time for both. The least of a few short timings keeps out what else the machine does.
   */
  static boolean hasFastFma() {
    long zero = Long.MAX_VALUE;
    long nonZero = Long.MAX_VALUE;
    for (int round = 0; round < 8; round++) {
      zero = Math.min(zero, nanos(0f));
      nonZero = Math.min(nonZero, nanos(1.1f));
    }
    return nonZero < 4 * zero + 200;
  }

  private static long nanos(float factor) {
    float sum = 0.3f;
    long start = System.nanoTime();
    for (int i = 0; i < 8; i++) {
      sum = Math.fma(factor, 0.7f, sum);
    }
    long time = System.nanoTime() - start;
    // Uses the sum, which is always less, so that the loop stays.
    return sum < 100f ? time : 0;
  }

  /** Folds 16 virtual lanes to their sum: lane l with l + 8, l + 4, l + 2, l + 1. */
  static float sum(float[] lanes) {
    FloatVector s = FloatVector.fromArray(FLOAT, lanes, 0);
    if (LENGTH == 8) {
      s = s.add(FloatVector.fromArray(FLOAT, lanes, 8));
    }
    if (LENGTH == 4) {
      FloatVector s1 = FloatVector.fromArray(FLOAT, lanes, 4);
      FloatVector s2 = FloatVector.fromArray(FLOAT, lanes, 8);
      FloatVector s3 = FloatVector.fromArray(FLOAT, lanes, 12);
      s = s.add(s2).add(s1.add(s3));
    }
    if (LENGTH == 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (LENGTH >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.lane(0) + s.lane(1);
  }

  /** Folds lanes likewise to their sum, in every lane; for what has no more elements than these. */
  static FloatVector sum(FloatVector s) {
    if (LENGTH == 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (LENGTH >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.add(s.rearrange(BY_1));
  }

  /** The maximum of these lanes, in every lane; any number, or NaN, where one is NaN. */
  static FloatVector max(FloatVector m) {
    if (LENGTH == 16) {
      m = max(m, m.rearrange(BY_8));
    }
    if (LENGTH >= 8) {
      m = max(m, m.rearrange(BY_4));
    }
    m = max(m, m.rearrange(BY_2));
    return max(m, m.rearrange(BY_1));
  }

  /**
   * The greater of each, either of two zeros, and v where that is NaN: two instructions, where that
   * of the Vector API takes six. It serves where a NaN comes through the rest of the formula
   * anyway.
   */
  static FloatVector max(FloatVector v, FloatVector w) {
    return v.blend(w, w.compare(VectorOperators.GT, v));
  }
}
