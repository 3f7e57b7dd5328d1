package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class UlpsTest {
  @Test
  void neighboursAreOneApartOnBothSidesOfZero() {
    for (float x : new float[] {1f, -1f, Float.MIN_VALUE, 0x1p-126f, 3e38f, -7e-20f}) {
      assertEquals(1, Ulps.distance(x, Math.nextUp(x)), Float.toString(x));
      assertEquals(0, Ulps.distance(x, x));
    }
    assertEquals(2, Ulps.distance(1f, 1f + 0x1p-22f));
  }

  @Test
  void zerosOfBothSignsAreOneApart() {
    assertEquals(1, Ulps.distance(-0f, 0f));
    assertEquals(1, Ulps.distance(0f, Float.MIN_VALUE));
    assertEquals(3, Ulps.distance(-Float.MIN_VALUE, Float.MIN_VALUE));
    assertEquals(1, Ulps.distance(-0.0, 0.0));
  }

  @Test
  void infinityIsOneBeyondTheLargest() {
    assertEquals(1, Ulps.distance(Float.MAX_VALUE, Float.POSITIVE_INFINITY));
    assertEquals(1, Ulps.distance(-Float.MAX_VALUE, Float.NEGATIVE_INFINITY));
    assertEquals(0xFF000001L, Ulps.distance(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
  }

  @Test
  void nansAreEqualAndFarFromNumbers() {
    assertEquals(0, Ulps.distance(Float.NaN, Float.intBitsToFloat(0xFFC12345)));
    assertEquals(Ulps.NAN, Ulps.distance(Float.NaN, Float.POSITIVE_INFINITY));
    assertEquals(Ulps.NAN, Ulps.distance(1.0, Double.NaN));
    assertEquals(0, Ulps.distance(Double.NaN, Double.NaN));
  }

  @Test
  void doublesAreMeasuredInTheirOwnUnits() {
    assertEquals(1, Ulps.distance(1.0, Math.nextUp(1.0)));
    assertEquals(1L << 29, Ulps.distance(1.0, (double) Math.nextUp(1f)));
    assertEquals(Ulps.NAN, Ulps.distance(-Double.MAX_VALUE, Double.MAX_VALUE));
  }
}
