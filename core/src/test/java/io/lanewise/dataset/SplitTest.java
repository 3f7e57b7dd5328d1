package io.lanewise.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset.Split;
import io.lanewise.internal.StratifiedSplit;
import io.lanewise.math.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitTest {
  /** Feature i of row i, so that a row can be told. */
  private static Dataset rows(int[] labels, int classes) {
    float[] x = new float[labels.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    return Dataset.ofLabels(x, 1, labels, classes);
  }

  @Property(tries = 200, seed = "1")
  void everyRowIsInOneOfThemAndClassesKeepTheirShare(
      @ForAll @IntRange(min = 4, max = 90) int rows,
      @ForAll @IntRange(min = 2, max = 9) int classes,
      @ForAll @IntRange(min = 1, max = 3) int quarters,
      @ForAll long seed) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i * i % classes;
    }
    double fraction = quarters / 4.0;
    Split split = rows(labels, classes).split(fraction, seed);
    assertEquals(Math.round(rows * fraction), split.validation().rows());
    int[] seen = new int[rows];
    int[] held = new int[classes];
    int[] all = new int[classes];
    for (Dataset part : new Dataset[] {split.training(), split.validation()}) {
      for (int i = 0; i < part.rows(); i++) {
        int row = (int) part.features()[i];
        assertTrue(i == 0 || row > part.features()[i - 1], "in order");
        assertEquals(labels[row], part.labels()[i]);
        seen[row]++;
        all[labels[row]]++;
        held[labels[row]] += part == split.validation() ? 1 : 0;
      }
    }
    assertTrue(Arrays.stream(seen).allMatch(count -> count == 1));
    for (int c = 0; c < classes; c++) {
      assertTrue(Math.abs(held[c] - all[c] * fraction) < 1, "class " + c);
    }
  }

  @Test
  void theSeedDecidesAndTargetsAreSplitToo() {
    float[] x = new float[20];
    for (int i = 0; i < 20; i++) {
      x[i] = i;
    }
    Dataset data = Dataset.ofTargets(x, 1, x.clone(), 1);
    Split first = data.split(0.3, 5);
    assertArrayEquals(first.validation().features(), first.validation().targets());
    assertEquals(6, first.validation().rows());
    assertArrayEquals(first.validation().features(), data.split(0.3, 5).validation().features());
    assertFalse(
        Arrays.equals(first.validation().features(), data.split(0.3, 6).validation().features()));
  }

  @Test
  void rowsWithoutALabelAreSharedToo() {
    int[] labels = {0, -100, 1, -100, 0, 1, -100, -100};
    Split split = rows(labels, 2).split(0.5, 1);
    assertEquals(2, Arrays.stream(split.validation().labels()).filter(l -> l == -100).count());
    assertEquals(1, Arrays.stream(split.validation().labels()).filter(l -> l == 1).count());
    int[] none = {-100, -100, -100, -100};
    assertEquals(1, rows(none, 2).split(0.25, 1).validation().rows());
    assertThrows(IllegalArgumentException.class, () -> StratifiedSplit.rows(3, none, 0.5, 1));
  }

  /** The rest goes to the largest remainders, of equal ones to the first: counted one by one. */
  @Property(tries = 200, seed = "2")
  void theRestIsSharedByTheLargestRemainders(
      @ForAll @IntRange(min = 4, max = 90) int rows,
      @ForAll @IntRange(min = 1, max = 99) int percent,
      @ForAll long seed) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.SPLIT);
    // As large as labels may be, and some without a class.
    int[] all = {Integer.MIN_VALUE, -100, 0, 1, 2, 3, 5_000_000, Integer.MAX_VALUE};
    int[] labels = new int[rows];
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < rows; i++) {
      labels[i] = all[random.nextInt(all.length)];
      counts.merge(Math.max(-1, labels[i]), 1, Integer::sum);
    }
    int held = (int) Math.round(rows * (percent / 100.0));
    if (held < 1 || held >= rows) {
      return;
    }
    Map<Integer, Integer> wanted = new TreeMap<>();
    counts.forEach((label, count) -> wanted.put(label, (int) (count * (percent / 100.0))));
    int rest = held - wanted.values().stream().mapToInt(n -> n).sum();
    counts.entrySet().stream()
        .sorted(
            Comparator.comparingDouble(
                e -> wanted.get(e.getKey()) - e.getValue() * (percent / 100.0)))
        .limit(rest)
        .toList()
        .forEach(e -> wanted.merge(e.getKey(), 1, Integer::sum));
    wanted.values().removeIf(n -> n == 0);
    Map<Integer, Integer> actual = new TreeMap<>();
    for (int row : StratifiedSplit.rows(rows, labels, percent / 100.0, seed)[1]) {
      actual.merge(Math.max(-1, labels[row]), 1, Integer::sum);
    }
    assertEquals(wanted, actual);
  }

  /** The square of the classes would be 10^12, and the largest label more than an array has. */
  @Test
  void manyClassesAreSplitToo() {
    int[] labels = new int[1_000_000];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = Integer.MAX_VALUE - i / 2 * 1000;
    }
    int[] held = StratifiedSplit.rows(labels.length, labels, 0.5, 3)[1];
    assertEquals(500_000, held.length);
    assertEquals(500_000, Arrays.stream(held).map(row -> labels[row]).distinct().count());
    // Half a row of each class of one: half of the classes have it.
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i;
    }
    int[] first = StratifiedSplit.rows(labels.length, labels, 0.5, 3)[1];
    assertEquals(499_999, first[499_999]);
  }

  @Test
  void aShareThatLeavesNothingIsRefused() {
    Dataset data = rows(new int[] {0, 1, 0}, 2);
    assertThrows(IllegalArgumentException.class, () -> data.split(0, 1));
    assertThrows(IllegalArgumentException.class, () -> data.split(Double.NaN, 1));
    var e = assertThrows(IllegalArgumentException.class, () -> data.split(0.1, 1));
    assertEquals(
        "fraction: 0.1 of 3 rows is 0 to hold back: each part must have at least one",
        e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> data.split(0.9, 1));
  }
}
