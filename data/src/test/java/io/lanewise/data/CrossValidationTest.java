package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.dataset.Dataset;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.train.Classifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossValidationTest {
  @TempDir private Path folder;

  private Table table(CsvReader reader, String text) throws IOException {
    return reader.readTable(Files.writeString(folder.resolve("rows.csv"), text));
  }

  @ParameterizedTest
  @CsvSource({"10,2", "11,5", "103,10", "7,7"})
  void eachRowIsInOneFoldAndFoldsAreAsLargeAsEachOther(int rows, int k) {
    int[][] folds = new CrossValidation(k).folds(rows, null);
    assertEquals(k, folds.length);
    Set<Integer> all = new HashSet<>();
    for (int[] fold : folds) {
      assertTrue(fold.length == rows / k || fold.length == (rows + k - 1) / k);
      assertArrayEquals(Arrays.stream(fold).sorted().toArray(), fold);
      Arrays.stream(fold).forEach(row -> assertTrue(all.add(row)));
      int[] others = CrossValidation.others(rows, fold);
      assertEquals(rows - fold.length, others.length);
      assertTrue(Arrays.stream(others).noneMatch(r -> Arrays.binarySearch(fold, r) >= 0));
    }
    assertEquals(rows, all.size());
  }

  @Test
  void eachFoldHasTheSameShareOfEachClass() {
    int[] labels = new int[100];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i < 61 ? 2 : i < 93 ? 0 : -1;
    }
    for (int[] fold : new CrossValidation(4).folds(100, labels)) {
      assertEquals(25, fold.length);
      long two = Arrays.stream(fold).filter(r -> labels[r] == 2).count();
      long zero = Arrays.stream(fold).filter(r -> labels[r] == 0).count();
      assertTrue(two == 15 || two == 16, "" + two);
      assertEquals(8, zero);
    }
  }

  @Test
  void theSeedShuffles() {
    int[][] a = new CrossValidation(3).seed(1).folds(30, null);
    assertArrayEquals(a, new CrossValidation(3).seed(1).folds(30, null));
    assertFalse(Arrays.deepEquals(a, new CrossValidation(3).seed(2).folds(30, null)));
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    assertEquals(
        "folds must be >= 2, got 1",
        assertThrows(IllegalArgumentException.class, () -> new CrossValidation(1)).getMessage());
    CrossValidation five = new CrossValidation(5);
    assertEquals(
        "folds must be <= the 4 rows, got 5",
        assertThrows(IllegalArgumentException.class, () -> five.folds(4, null)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> five.folds(9, new int[8]));
  }

  /** The mean that stands for a missing value, and the categories, are those of the other folds. */
  @Test
  void theEncodingIsLearntWithoutTheFold() throws IOException {
    CsvReader reader = new CsvReader().categories(List.of("c")).missing(Missing.MEAN);
    Table table =
        table(
            reader.unknownAsZeros(true).label("y"),
            "x,c,y\n1,a,0\n2,b,1\n4,c,0\n8,d,1\n16,e,0\n32,f,1\n,a,0\n64,a,1\n");
    double[] x = {1, 2, 4, 8, 16, 32, Double.NaN, 64};
    CrossValidation four = new CrossValidation(4).seed(3);
    int[][] folds = four.folds(table);
    List<Integer> seen = new ArrayList<>();
    four.run(
        table,
        fold -> {
          int[] others = CrossValidation.others(8, folds[fold.number() - 1]);
          double mean =
              Arrays.stream(others)
                  .mapToDouble(r -> x[r])
                  .filter(v -> v > 0)
                  .average()
                  .getAsDouble();
          assertEquals((float) mean, fold.encoding().columns().get(0).fill());
          Set<String> categories = new HashSet<>();
          for (int r : others) {
            categories.add("abcdefaa".substring(r, r + 1));
          }
          assertEquals(categories, Set.copyOf(fold.encoding().columns().get(1).values()));
          assertEquals(others.length, fold.training().rows());
          seen.add(fold.number());
          return Network.builder(fold.encoding().nIn()).dense(2).build();
        });
    assertEquals(List.of(1, 2, 3, 4), seen);
    Table strict = table(new CsvReader().categories(List.of("c")).label("y"), "c,y\na,0\nb,1\n");
    String message =
        assertThrows(DataException.class, () -> new CrossValidation(2).run(strict, fold -> null))
            .getMessage();
    assertTrue(message.contains("is none of the categories"), message);
  }

  @Test
  void figuresAreOfTheFoldThatWasHeldBack() throws IOException {
    Dataset digits = SampleData.digits().slice(0, 300);
    List<Evaluation> own = new ArrayList<>();
    CrossValidation.Result result =
        new CrossValidation(3)
            .run(
                digits,
                fold -> {
                  assertNull(fold.encoding());
                  Network network = new Classifier().epochs(5).fit(fold.training()).network();
                  own.add(Evaluation.of(network, fold.held()));
                  return network;
                });
    // A confusion matrix is equal to itself alone.
    assertEquals(own.toString(), result.folds().toString());
    double[] a = own.stream().mapToDouble(Evaluation::accuracy).toArray();
    double mean = (a[0] + a[1] + a[2]) / 3;
    assertTrue(mean > 0.7, "" + mean);
    assertEquals(mean, result.mean(Evaluation::accuracy), 1e-15);
    double variance = 0;
    for (double v : a) {
      variance += (v - mean) * (v - mean) / 3;
    }
    assertEquals(Math.sqrt(variance), result.deviation(Evaluation::accuracy), 1e-15);
    assertTrue(Double.isNaN(result.mean(e -> e.value(Metric.R2))));
  }
}
