package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowShuffleTest {
  /** Row i has the feature i, the targets 10 i and 10 i + 1, the weight i. */
  private static Dataset numbered(int rows) {
    float[] x = new float[rows];
    float[] y = new float[2 * rows];
    for (int i = 0; i < rows; i++) {
      x[i] = i;
      y[2 * i] = 10 * i;
      y[2 * i + 1] = 10 * i + 1;
    }
    return Dataset.ofTargets(x, 1, y, 2).withWeights(x);
  }

  private static RowShuffle shuffle(Dataset rows, long seed, int blockRows, int windowBlocks) {
    return new RowShuffle(rows, 0, rows.rowCount(), seed, blockRows, windowBlocks);
  }

  private static RowShuffle shuffle(Dataset rows, long seed) {
    return shuffle(rows, seed, RowShuffle.BLOCK_ROWS, RowShuffle.WINDOW_BLOCKS);
  }

  private static List<Integer> read(RowShuffle shuffle, int epoch, long position, int batch)
      throws IOException {
    Rows rows = new Rows(shuffle.source(), batch + 1);
    List<Integer> order = new ArrayList<>();
    try (RowSource.Reader reader = shuffle.open(epoch, position)) {
      int read = batch;
      while (read == batch) {
        read = reader.read(rows, 1, batch);
        for (int i = 1; i <= read; i++) {
          float row = rows.features()[i];
          assertEquals(10 * row, rows.targets()[2 * i]);
          assertEquals(10 * row + 1, rows.targets()[2 * i + 1]);
          assertEquals(row, rows.weights()[i]);
          order.add((int) row);
        }
      }
    }
    return order;
  }

  @Property(tries = 200, seed = "1")
  void everyRowComesOnceAndAnyPositionGoesOn(
      @ForAll @IntRange(max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 9) int blockRows,
      @ForAll @IntRange(min = 1, max = 5) int windowBlocks,
      @ForAll @IntRange(min = 1, max = 11) int batch)
      throws IOException {
    RowShuffle shuffle = shuffle(numbered(rows), 7, blockRows, windowBlocks);
    List<Integer> order = read(shuffle, 3, 0, batch);
    assertEquals(IntStream.range(0, rows).boxed().toList(), order.stream().sorted().toList());
    for (int position = 0; position <= rows; position++) {
      assertEquals(order.subList(position, rows), read(shuffle, 3, position, batch));
    }
  }

  @Test
  void aRunIsShuffledByItself() throws IOException {
    RowShuffle run = new RowShuffle(numbered(60), 20, 25, 7, 3, 2);
    List<Integer> order = read(run, 1, 0, 8);
    assertEquals(IntStream.range(20, 45).boxed().toList(), order.stream().sorted().toList());
    List<Integer> alone = read(shuffle(numbered(25), 7, 3, 2), 1, 0, 8);
    assertEquals(alone.stream().map(row -> row + 20).toList(), order);
    assertEquals(order.subList(13, 25), read(run, 1, 13, 8));
  }

  @Test
  void aWindowHasWholeBlocks() throws IOException {
    List<Integer> order = read(shuffle(numbered(60), 1, 5, 4), 1, 0, 8);
    for (int w = 0; w < 60; w += 20) {
      List<Integer> window = order.subList(w, w + 20);
      assertEquals(4, window.stream().map(row -> row / 5).distinct().count());
      assertNotEquals(window.stream().sorted().toList(), window);
    }
  }

  @Test
  void epochsAndSeedsHaveOrdersOfTheirOwn() throws IOException {
    List<Integer> order = read(shuffle(numbered(60), 1), 1, 0, 8);
    assertNotEquals(order, read(shuffle(numbered(60), 1), 2, 0, 8));
    assertNotEquals(order, read(shuffle(numbered(60), 2), 1, 0, 8));
    assertEquals(order, read(shuffle(numbered(60), 1), 1, 0, 9));
  }

  /** A change of the order is a change of what every streamed training gives. */
  @Test
  void theOrderIsFrozen() throws IOException {
    List<Integer> order = read(shuffle(numbered(12), 42, 2, 3), 1, 0, 5);
    assertEquals(List.of(11, 1, 5, 10, 0, 4, 9, 2, 3, 6, 8, 7), order);
  }

  @Test
  void aDatasetIsReadFromAnyRow() throws IOException {
    Dataset data = Dataset.ofLabels(new float[] {0, 1, 2, 3, 4, 5}, 2, new int[] {2, 0, 1}, 3);
    Rows rows = new Rows(data, 4);
    try (RowSource.Reader reader = data.open(1)) {
      assertEquals(2, reader.read(rows, 1, 3));
      assertEquals(0, reader.read(rows, 0, 4));
    }
    assertArrayEquals(new float[] {0, 0, 2, 3, 4, 5, 0, 0}, rows.features());
    assertArrayEquals(new int[] {0, 0, 1, 0}, rows.labels());
    assertEquals(3, data.open(3).read(rows, 0, 4) + 3);
    assertThrows(IndexOutOfBoundsException.class, () -> data.open(4));
    assertThrows(IndexOutOfBoundsException.class, () -> data.open(0).read(rows, 3, 2));
  }

  @Test
  void argumentsAreChecked() {
    Dataset data = numbered(5);
    for (int bad : new int[] {0, -1}) {
      assertThrows(IllegalArgumentException.class, () -> shuffle(data, 1, bad, 1));
      assertThrows(IllegalArgumentException.class, () -> shuffle(data, 1, 1, bad));
      assertThrows(IllegalArgumentException.class, () -> new Rows(data, bad));
    }
    assertThrows(IllegalArgumentException.class, () -> shuffle(data, 1, 1 << 20, 1 << 10));
    RowShuffle shuffle = shuffle(data, 1);
    assertThrows(IllegalArgumentException.class, () -> shuffle.open(-1, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> shuffle.open(0, 6));
    assertThrows(IllegalArgumentException.class, () -> data.withWeights(new float[4]));
    for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] weights = {1, 0, bad, 1, 1};
      String message =
          assertThrows(IllegalArgumentException.class, () -> data.withWeights(weights))
              .getMessage();
      assertTrue(message.contains("weights[2]"), message);
    }
  }

  @Test
  void weightsGoWithTheirRows() {
    Dataset data = numbered(30).shuffled(1).slice(5, 25);
    assertTrue(Arrays.equals(data.features(), data.weights()));
    assertThrows(
        IllegalStateException.class,
        () -> Dataset.ofTargets(new float[1], 1, new float[1], 1).weights());
  }
}
