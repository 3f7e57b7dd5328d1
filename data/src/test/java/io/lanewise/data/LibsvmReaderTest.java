package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibsvmReaderTest {
  private static final String SMALL =
      """
      # two rows
      +1 1:0.5 4:-2 # a comment

      -1 qid:7 2:1e-3
      """;

  @TempDir private Path folder;
  private Path file;

  @BeforeProperty
  void makeFile() throws IOException {
    file = Files.createTempFile("lanewise", ".svm");
  }

  @AfterProperty
  void deleteFile() throws IOException {
    Files.delete(file);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("t.svm"), text);
  }

  @Test
  void rowsAreDenseAndClassesAreTheLabelsAscending() throws IOException {
    Encoded read = new LibsvmReader().read(write(SMALL));
    assertArrayEquals(new float[] {.5f, 0, 0, -2, 0, 1e-3f, 0, 0}, read.dataset().features());
    assertArrayEquals(new int[] {1, 0}, read.dataset().labels());
    assertEquals(List.of("-1", "1"), read.encoding().classes());
    Encoded indices = new LibsvmReader().features(2).read(write("2 1:1\n0 2:1\n1\n"));
    assertArrayEquals(new int[] {2, 0, 1}, indices.dataset().labels());
    assertEquals(List.of(), indices.encoding().classes());
    Encoded targets = new LibsvmReader().targets(true).read(write("2.5 1:1\n-3 1:2\n"));
    assertArrayEquals(new float[] {2.5f, -3}, targets.dataset().targets());
  }

  @Test
  void bothZerosAreOneClass() throws IOException {
    Encoded read = new LibsvmReader().read(write("-0 1:1\n0 1:2\n5 1:3\n"));
    assertEquals(List.of("0", "5"), read.encoding().classes());
    assertArrayEquals(new int[] {0, 0, 1}, read.dataset().labels());
  }

  @Test
  void otherFilesHaveTheClassesOfTheTrainingPart() throws IOException {
    Encoding encoding = new LibsvmReader().read(write(SMALL)).encoding();
    Path one = write("1 1:3\n");
    Dataset data = Dataset.read(new LibsvmReader().stream(one, encoding));
    assertArrayEquals(new float[] {3, 0, 0, 0}, data.features());
    assertArrayEquals(new int[] {1}, data.labels());
    Path wide = write("1 5:3\n");
    assertMessage(
        "line 1, field 2: index 5 is larger than 4",
        assertThrows(DataException.class, () -> new LibsvmReader().stream(wide, encoding)));
    Path other = write("1 1:3\n0 1:2\n");
    assertMessage(
        "line 2, field 1: label \"0\" is none of the classes -1, 1",
        assertThrows(
            DataException.class, () -> Dataset.read(new LibsvmReader().stream(other, encoding))));
  }

  private static void assertMessage(String part, Exception e) {
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "1 0:1, field 2: \"0:1\" has no index from 1",
        "1 -1:1, field 2: \"-1:1\" has no index from 1",
        "1 x:1, field 2: \"x:1\" has no index from 1",
        "1 99999999999:1, has no index from 1",
        "1 9999999:1, index 9999999 is larger than 4194304",
        "1 2:1 1:1, field 3: index 1 comes after 2",
        "1 2:1 2:1, field 3: index 2 is there twice",
        "1 2, field 2: \"2\" is not index:value",
        "1 1:, field 2: \"\" is not a finite number",
        "1 1:nan, \"nan\" is not a finite number",
        "1 1:1e99, \"1e99\" is not a finite number",
        "1 1:1:1, \"1:1\" is not a finite number",
        "a 1:1, field 1: \"a\" is not a finite number",
        "`1,2 1:1`, `field 1: \"1,2\" is not a finite number`"
      })
  void badLinesAreNamed(String line, String wanted) throws IOException {
    Path bad = write("0 1:1\n" + line + "\n");
    Exception e = assertThrows(DataException.class, () -> new LibsvmReader().read(bad));
    assertMessage(wanted, e);
    assertMessage(bad + ": line 2, field ", e);
  }

  /** Three rows of 4 MiB each, for one number. */
  @Test
  void aStrayIndexIsRefusedUnlessTheFeaturesAreSaid() throws IOException {
    Path wide = write("0 1:1\n1 1048576:1\n0 2:1\n");
    assertMessage(
        wide + ": 3 rows of 1048576 features are 12582912 bytes, more than 100 times the file",
        assertThrows(DataException.class, () -> new LibsvmReader().read(wide)));
    assertEquals(1 << 20, new LibsvmReader().features(1 << 20).read(wide).dataset().nIn());
    assertEquals(1 << 20, new LibsvmReader().stream(wide).nIn());
  }

  @Test
  void filesWithoutRowsOrWithOneClassAreRefused() throws IOException {
    for (String text : List.of("", "\n# nothing\n", "7 1:1\n7 1:2\n")) {
      Path bad = write(text);
      assertThrows(DataException.class, () -> new LibsvmReader().read(bad));
    }
  }

  private static String text(Random random, Dataset data) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < data.rows(); i++) {
      text.append(random.nextInt(5) == 0 ? "\n" : "").append(data.targets()[i]);
      for (int j = 0; j < data.nIn(); j++) {
        float value = data.features()[i * data.nIn() + j];
        if (value != 0 || j == data.nIn() - 1) {
          text.append(random.nextBoolean() ? " " : "\t").append(j + 1).append(':').append(value);
        }
      }
      text.append(random.nextInt(5) == 0 ? " # c" : "")
          .append(random.nextBoolean() ? "\r\n" : "\n");
    }
    return text.toString();
  }

  @Property(tries = 50, seed = "6")
  void whatIsWrittenIsReadFromAnyRowOn(@ForAll @IntRange(min = 1, max = 900) int rows)
      throws IOException {
    Random random = new Random(rows);
    float[] x = new float[3 * rows];
    float[] y = new float[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(3) == 0 ? (float) random.nextGaussian() : 0;
      y[i / 3] = i;
    }
    Dataset data = Dataset.ofTargets(x, 3, y, 1);
    Files.writeString(file, text(random, data));
    LibsvmReader.Source source = new LibsvmReader().targets(true).stream(file);
    assertEquals(rows, source.rowCount());
    for (int row : new int[] {0, random.nextInt(rows), Math.min(rows, 256), rows}) {
      Rows room = new Rows(source, rows + 1);
      try (RowSource.Reader reader = source.open(row)) {
        assertEquals(rows - row, reader.read(room, 0, rows + 1));
      }
      float[] read = Arrays.copyOf(room.features(), 3 * (rows - row));
      assertArrayEquals(Arrays.copyOfRange(x, 3 * row, 3 * rows), read);
      assertArrayEquals(
          Arrays.copyOfRange(y, row, rows), Arrays.copyOf(room.targets(), rows - row));
    }
  }

  @Test
  void everyTruncationGivesRowsOrADataException() throws IOException {
    Path gz = folder.resolve("t.svm.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(SMALL.getBytes());
    }
    assertEquals(2, new LibsvmReader().read(gz).dataset().rows());
    Path cut = folder.resolve("cut");
    for (byte[] whole : List.of(SMALL.getBytes(), Files.readAllBytes(gz))) {
      for (int length = 0; length < whole.length; length++) {
        Files.write(cut, Arrays.copyOf(whole, length));
        try {
          new LibsvmReader().read(cut);
        } catch (DataException e) {
          assertTrue(e.getMessage().startsWith(cut + ": "), e.getMessage());
        }
      }
    }
  }
}
