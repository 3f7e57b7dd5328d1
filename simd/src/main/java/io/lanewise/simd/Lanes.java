package io.lanewise.simd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  /** How many floats a vector has. */
  static final int LENGTH = FLOAT.length();

  /** The lanes of a row reduction, on every machine. */
  static final int VIRTUAL = 16;

  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOAT, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOAT, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOAT, 2, 1, true);

  private static final ThreadLocal<float[]> SCRATCH =
      ThreadLocal.withInitial(() -> new float[VIRTUAL]);

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

  /** The scratch of a row reduction: 16 virtual lanes, one array a thread. */
  static float[] scratch() {
    return SCRATCH.get();
  }

  /** The same, all 0. */
  static float[] clearedScratch() {
    float[] lanes = SCRATCH.get();
    Arrays.fill(lanes, 0f);
    return lanes;
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

  /** Returns the maximum of 16 virtual lanes, NaN if any is. */
  static float max(float[] lanes) {
    IntVector k = ordered(FloatVector.fromArray(FLOAT, lanes, 0));
    for (int l = LENGTH; l < VIRTUAL; l += LENGTH) {
      k = k.max(ordered(FloatVector.fromArray(FLOAT, lanes, l)));
    }
    int max = k.reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(max ^ (max >> 31 >>> 1));
  }

  /** Returns the maximum of these lanes, NaN if any is. */
  static float max(FloatVector v) {
    int max = ordered(v).reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(max ^ (max >> 31 >>> 1));
  }

  /**
   * Ints in the order that Math.max has: -0 before +0, every NaN after infinity. Their maximum is
   * one instruction, that of floats six.
   */
  static IntVector ordered(FloatVector v) {
    FloatVector oneNan = v.blend(Float.NaN, v.compare(VectorOperators.NE, v));
    return flipNegative(oneNan.reinterpretAsInts());
  }

  private static IntVector flipNegative(IntVector k) {
    IntVector allButSign = k.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1);
    return k.lanewise(VectorOperators.XOR, allButSign);
  }
}
