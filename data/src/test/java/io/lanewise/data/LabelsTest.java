package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.data.numpy.Npy;
import io.lanewise.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One rule for the classes of all formats. */
class LabelsTest {
  @TempDir private Path folder;

  private Path csv(String... labels) throws IOException {
    List<String> lines = new ArrayList<>(List.of("x,y"));
    for (String label : labels) {
      lines.add("1," + label);
    }
    return Files.write(folder.resolve("t.csv"), lines);
  }

  private Path libsvm(String... labels) throws IOException {
    return Files.write(
        folder.resolve("t.svm"), Arrays.stream(labels).map(l -> l + " 1:1").toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 -1 +1 -1|-1 1|1 0 1 0",
        "1001 7 1001|7 1001|1 0 1",
        "8 3 4 3.0 5 6 7|3 4 5 6 7 8|5 0 1 0 2 3 4",
        "20230102 20230101 20230101|20230101 20230102|1 0 0",
        "01 1 2 01|01 1 2|0 1 2 0",
        "10 9 9|9 10|1 0 0",
        "0 1 zero 1|0 1 zero|0 1 2 1",
        "zero 1 0 0 zero|0 1 zero|2 1 0 0 2",
        "0 2 3|0 2 3|0 1 2",
        "9007199254740993 9007199254740992|9007199254740992 9007199254740993|1 0",
        "1e3 2|2 1000|1 0",
        "2 0 1|``|2 0 1",
        "1.0 0.0 -0|``|1 0 0",
        "1 1|``|1 1",
      })
  void classesAreTheDistinctLabelsInOrder(String labels, String names, String classes)
      throws IOException {
    String[] texts = labels.split(" ");
    int[] wanted = Arrays.stream(classes.split(" ")).mapToInt(Integer::parseInt).toArray();
    List<String> wantedNames = names.isEmpty() ? List.of() : List.of(names.split(" "));
    CsvReader reader = new CsvReader().label("y");
    Encoded read = reader.read(csv(texts));
    assertEquals(wantedNames, read.encoding().classes());
    assertArrayEquals(wanted, read.dataset().labels());
    CsvReader.Source source = reader.stream(csv(texts));
    assertArrayEquals(wanted, Dataset.read(source).labels());
    Encoding kept = Encoding.parse(source.encoding().format());
    assertEquals(wantedNames, kept.classes());
    assertArrayEquals(wanted, reader.read(csv(texts), kept).labels());
    if (!labels.contains("zero")) {
      Encoded sparse = new LibsvmReader().read(libsvm(texts));
      assertEquals(wantedNames, sparse.encoding().classes());
      assertArrayEquals(wanted, sparse.dataset().labels());
    }
  }

  @Test
  void otherFilesAreMappedByName() throws IOException {
    CsvReader reader = new CsvReader().label("y");
    Encoding encoding = reader.read(csv("3", "5", "9")).encoding();
    assertArrayEquals(new int[] {2, 1}, reader.read(csv("9", "5.0"), encoding).labels());
    for (String other : new String[] {"4", "03", "x"}) {
      Path file = csv("3", other);
      String message =
          assertThrows(DataException.class, () -> reader.read(file, encoding)).getMessage();
      String wanted =
          "line 3, column 2 (y): label \"" + other + "\" is none of the classes 3, 5, 9";
      assertTrue(message.endsWith(wanted), message);
    }
  }

  @Test
  void whatIsMeasuredIsNoClass() throws IOException {
    String[] prices =
        IntStream.range(0, 30).mapToObj(i -> 1000 + 7 * i + "").toArray(String[]::new);
    Path file = csv(prices);
    String message =
        assertThrows(DataException.class, () -> new CsvReader().read(file)).getMessage();
    assertTrue(message.contains("30 different numbers in 30 rows"), message);
    assertTrue(message.contains("--regression"), message);
  }

  @Test
  void labelsOfArraysAreClassesByName() throws IOException {
    Path x = folder.resolve("x.npy");
    Npy.save(x, new long[] {3, 1}, new float[] {1, 2, 3});
    Path y = folder.resolve("y.npy");
    Npy.save(y, new long[] {3}, new long[] {20230102, 20230101, 20230102});
    NumpyReader reader = NumpyReader.npy(x, y);
    Encoded read = reader.read();
    assertEquals(List.of("20230101", "20230102"), read.encoding().classes());
    assertArrayEquals(new int[] {1, 0, 1}, read.dataset().labels());
    Npy.save(y, new long[] {3}, new double[] {20230101, 20230101, 20230101});
    Dataset other = Dataset.read(reader.encoding(read.encoding()).stream());
    assertArrayEquals(new int[3], other.labels());
    Npy.save(y, new long[] {3}, new int[] {20230101, 7, 7});
    DataException e = assertThrows(DataException.class, () -> Dataset.read(reader.stream()));
    assertTrue(e.getMessage().contains("row 2: label \"7\" is none of"), e.getMessage());
  }

  @Test
  void labelsOfImagesAreClassesByName() throws IOException {
    byte[] images = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 51, (byte) 255};
    Path x = Files.write(folder.resolve("x"), images);
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 3, 8, 3, 8};
    Path y = Files.write(folder.resolve("y"), labels);
    Encoded read = IdxReader.read(x, y);
    assertEquals(List.of("3", "8"), read.encoding().classes());
    assertArrayEquals(new int[] {1, 0, 1}, read.dataset().labels());
    Dataset stream = Dataset.read(IdxReader.stream(x, y, read.encoding()));
    assertArrayEquals(new int[] {1, 0, 1}, stream.labels());
    assertThrows(DataException.class, () -> IdxReader.read(x, y, 0));
    labels[9] = 4;
    Files.write(y, labels);
    assertThrows(DataException.class, () -> IdxReader.read(x, y, read.encoding()));
  }
}
