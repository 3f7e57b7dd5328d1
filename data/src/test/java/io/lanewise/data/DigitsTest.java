package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.dataset.Dataset;
import org.junit.jupiter.api.Test;

class DigitsTest {
  @Test
  void hasTheRowsAndClassesOfTheRepository() {
    Dataset digits = SampleData.digits();
    assertEquals(1797, digits.rows());
    assertEquals(64, digits.nIn());
    assertEquals(10, digits.nOut());
    int[] counts = new int[10];
    for (int label : digits.labels()) {
      counts[label]++;
    }
    // The counts that the repository states.
    assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts);
  }

  @Test
  void isScaledToZeroToOne() {
    float largest = 0;
    for (float value : SampleData.digits().features()) {
      assertEquals(Math.clamp(value, 0f, 1f), value);
      assertEquals(Math.rint(value * 16), value * 16);
      largest = Math.max(largest, value);
    }
    assertEquals(1f, largest);
  }
}
