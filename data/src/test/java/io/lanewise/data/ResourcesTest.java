package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.dataset.Dataset;
import org.junit.jupiter.api.Test;

/** The counts and sums that their sources and scikit-learn's copies have. */
class ResourcesTest {
  private static int[] counts(Dataset data) {
    int[] counts = new int[data.nOut()];
    for (int label : data.labels()) {
      counts[label]++;
    }
    return counts;
  }

  @Test
  void breastCancerHasItsRows() {
    Dataset data = SampleData.breastCancer();
    assertEquals(569, data.rows());
    assertEquals(30, data.nIn());
    assertArrayEquals(new int[] {357, 212}, counts(data));
    assertEquals(17.99f, data.features()[0]);
    assertEquals(1, data.labels()[0]);
  }

  @Test
  void wineHasItsRows() {
    Dataset data = SampleData.wine();
    assertEquals(178, data.rows());
    assertEquals(13, data.nIn());
    assertArrayEquals(new int[] {59, 71, 48}, counts(data));
    assertEquals(1065f, data.features()[12]);
  }

  @Test
  void diabetesHasItsRows() {
    Dataset data = SampleData.diabetes();
    assertEquals(442, data.rows());
    assertEquals(10, data.nIn());
    double sum = 0;
    for (float target : data.targets()) {
      sum += target;
    }
    // The mean that the source states: 152.133.
    assertEquals(67243, sum);
    assertEquals(32.1f, data.features()[2]);
  }
}
