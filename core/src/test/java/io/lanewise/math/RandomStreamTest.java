package io.lanewise.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.math.RandomStream.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  @Test
  void theStreamsAreFrozen() {
    RandomStream weights = new RandomStream(42, Purpose.WEIGHTS);
    int[] words = new int[5];
    Arrays.setAll(words, i -> weights.nextInt());
    assertArrayEquals(
        new int[] {0x9CEAF053, 0x77F5493B, 0x12BF50AD, 0x5742B3D7, 0xFCDB2127}, words);
    int[] order = {0, 1, 2, 3, 4, 5, 6, 7};
    new RandomStream(42, Purpose.SHUFFLE).shuffle(order);
    assertArrayEquals(new int[] {5, 4, 2, 6, 3, 1, 7, 0}, order);
    RandomStream data = new RandomStream(42, Purpose.DATA);
    assertEquals(0x1.089b0da9e71ebp-1, data.nextGaussian());
    assertEquals(0x1.1430b893c26dbp-2, data.nextGaussian());
    assertEquals(0x1.7d2c2b0524261p-1, data.nextDouble());
  }

  @Test
  void eachSeedAndPurposeIsAStreamOfItsOwn() {
    for (Purpose purpose : Purpose.values()) {
      RandomStream one = new RandomStream(1, purpose);
      int first = one.nextInt();
      assertEquals(first, new RandomStream(1, purpose).nextInt());
      assertTrue(first != new RandomStream(2, purpose).nextInt());
      assertTrue(first != new RandomStream(1L << 32, purpose).nextInt());
      for (Purpose other : Purpose.values()) {
        assertEquals(other == purpose, first == new RandomStream(1, other).nextInt());
      }
    }
  }

  /** Chi-square with 9 degrees of freedom: over 27.9 has probability 0.001; the seed is fixed. */
  @Test
  void boundedIntegersAreUniform() {
    RandomStream random = new RandomStream(1, Purpose.DATA);
    int[] counts = new int[10];
    for (int i = 0; i < 100_000; i++) {
      counts[random.nextInt(10)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 10_000.0) * (count - 10_000.0) / 10_000;
    }
    assertTrue(chiSquare < 27.9, "chi-square " + chiSquare);
  }

  /** Without rejection a bound of 3 2^29 would give a third of the numbers twice as often. */
  @Test
  void largeBoundsAreNotBiased() {
    RandomStream random = new RandomStream(2, Purpose.DATA);
    int bound = 3 << 29;
    int divisibleBy3 = 0;
    for (int i = 0; i < 90_000; i++) {
      int value = random.nextInt(bound);
      assertTrue(value >= 0 && value < bound);
      divisibleBy3 += value % 3 == 0 ? 1 : 0;
    }
    // Binomial (90,000, 1/3) has deviation 141.
    assertEquals(30_000, divisibleBy3, 5 * 141);
    assertEquals(0, random.nextInt(1));
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }

  /** The bounds are five deviations of each moment's estimate over n samples. */
  @Test
  void gaussiansHaveTheMomentsOfTheNormal() {
    RandomStream random = new RandomStream(3, Purpose.DATA);
    int n = 200_000;
    double[] moment = new double[5];
    for (int i = 0; i < n; i++) {
      double g = random.nextGaussian();
      for (int k = 1; k <= 4; k++) {
        moment[k] += Math.pow(g, k) / n;
      }
    }
    assertEquals(0, moment[1], 5 * Math.sqrt(1.0 / n));
    assertEquals(1, moment[2], 5 * Math.sqrt(2.0 / n));
    assertEquals(0, moment[3], 5 * Math.sqrt(15.0 / n));
    assertEquals(3, moment[4], 5 * Math.sqrt(96.0 / n));
  }

  @Test
  void doublesAreInTheUnitInterval() {
    RandomStream random = new RandomStream(4, Purpose.DATA);
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      double u = random.nextDouble();
      assertTrue(u >= 0 && u < 1);
      sum += u;
    }
    assertEquals(0.5, sum / 100_000, 5 * Math.sqrt(1.0 / 12 / 100_000));
  }

  @Test
  void aShuffleIsAPermutation() {
    int[] order = new int[1000];
    Arrays.setAll(order, i -> i);
    int[] sorted = order.clone();
    new RandomStream(5, Purpose.SHUFFLE).shuffle(order);
    assertTrue(!Arrays.equals(sorted, order));
    Arrays.sort(order);
    assertArrayEquals(sorted, order);
  }

  @Test
  void seeksToAnyWord() {
    for (int drawn = 0; drawn < 9; drawn++) {
      RandomStream stream = new RandomStream(5, Purpose.DATA);
      for (int i = 0; i < drawn; i++) {
        stream.nextInt();
      }
      RandomStream sought = new RandomStream(5, Purpose.DATA);
      sought.nextGaussian();
      sought.seek(drawn);
      assertEquals(stream.toString(), sought.toString());
      assertEquals(stream.nextInt(), sought.nextInt());
      assertEquals(stream.nextGaussian(), sought.nextGaussian());
      assertEquals(stream.nextDouble(), sought.nextDouble());
    }
    RandomStream any = new RandomStream(5, Purpose.DATA);
    assertThrows(IllegalArgumentException.class, () -> any.seek(-1));
  }

  @Test
  void everyIndexIsAStreamOfItsOwn() {
    RandomStream third = new RandomStream(9, Purpose.SHUFFLE, 3);
    int first = third.nextInt();
    assertNotEquals(first, new RandomStream(9, Purpose.SHUFFLE, 4).nextInt());
    third.seek(0);
    assertEquals(first, third.nextInt());
  }
}
