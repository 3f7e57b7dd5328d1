package io.lanewise.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static Dataset numbered(int rows) {
    float[] x = new float[rows * 2];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      x[2 * i] = i;
      x[2 * i + 1] = -i;
      labels[i] = i % 3;
    }
    return Dataset.ofLabels(x, 2, labels, 3);
  }

  @Test
  void aSliceHasItsRows() {
    Dataset slice = numbered(10).slice(3, 5);
    assertEquals(2, slice.rows());
    assertArrayEquals(new float[] {3, -3, 4, -4}, slice.features());
    assertArrayEquals(new int[] {0, 1}, slice.labels());
    Dataset targets = Dataset.ofTargets(new float[3], 1, new float[] {1, 2, 3, 4, 5, 6}, 2);
    assertArrayEquals(new float[] {3, 4}, targets.slice(1, 2).targets());
    assertThrows(IndexOutOfBoundsException.class, () -> numbered(3).slice(2, 4));
  }

  @Test
  void aShuffleKeepsRowsTogether() {
    Dataset shuffled = numbered(30).shuffled(1);
    boolean moved = false;
    float[] seen = new float[30];
    for (int i = 0; i < 30; i++) {
      float row = shuffled.features()[2 * i];
      assertEquals(-row, shuffled.features()[2 * i + 1], 0f);
      assertEquals((int) row % 3, shuffled.labels()[i]);
      moved |= row != i;
      seen[i] = row;
    }
    Arrays.sort(seen);
    for (int i = 0; i < 30; i++) {
      assertEquals(i, seen[i]);
    }
    assertTrue(moved);
    assertArrayEquals(shuffled.features(), numbered(30).shuffled(1).features());
  }

  /** A label is one number, however many classes there are. */
  @Test
  void rowsOfManyClassesAreRead() throws IOException {
    Dataset few = Dataset.ofLabels(new float[200], 1, new int[200], 1 << 24);
    assertEquals(200, Dataset.read(few).rows());
    Dataset square = Dataset.ofLabels(new float[50_000], 1, new int[50_000], 50_000);
    assertEquals(50_000, Dataset.read(square).nOut());
  }

  @Test
  void namesABadArgument() {
    assertMessage("features", () -> Dataset.ofLabels(new float[5], 2, new int[2], 2));
    assertMessage("nIn", () -> Dataset.ofLabels(new float[4], 0, new int[2], 2));
    assertMessage("classes", () -> Dataset.ofLabels(new float[4], 2, new int[2], 1));
    assertMessage("labels[1]", () -> Dataset.ofLabels(new float[4], 2, new int[] {0, 2}, 2));
    assertMessage("labels[0]", () -> Dataset.ofLabels(new float[2], 2, new int[] {-1}, 2));
    assertMessage("targets", () -> Dataset.ofTargets(new float[4], 2, new float[3], 2));
    assertThrows(IllegalStateException.class, () -> numbered(2).targets());
  }

  private static void assertMessage(String start, Runnable call) {
    var e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
  }
}
