package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
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
        "1 -1:1, field 2: \"-1:1\" has no index, a whole number",
        "1 x:1, field 2: \"x:1\" has no index, a whole number",
        "1 :1, field 2: \":1\" has no index, a whole number",
        "1 99999999999:1, has no index, a whole number",
        "1 0:1 0:2, field 3: index 0 is there twice",
        "1 9999999:1, index 9999999 is larger than 4194304",
        "1 2:1 1:1, field 3: index 1 comes after 2",
        "1 2:1 2:1, field 3: index 2 is there twice",
        "1 2, field 2: \"2\" is not index:value",
        "1 1:, field 2: \"\" is not a finite number",
        "1 1:nan, \"nan\" is not a finite number",
        "1 1:1e99, \"1e99\" is not a finite number",
        "1 1:1:1, \"1:1\" is not a finite number",
        "a 1:1, field 1: \"a\" is not a finite number",
        "`1,2 1:1`, `field 1: \"1,2\" is not a finite number: a row has one label`",
        "1:1 2:1, field 1: no label before \"1:1\": where it is not known"
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

  private float[] features(String text, LibsvmReader reader) throws IOException {
    return reader.read(write(text)).dataset().features();
  }

  /** One index 0 anywhere says it; else they begin at 1, as the format has it. */
  @Test
  void indicesBeginAtZeroWhereTheFileSaysSo() throws IOException {
    float[] wanted = {0, 3, 2, 0};
    assertArrayEquals(wanted, features("1 1:3\n0 0:2\n", new LibsvmReader()));
    assertArrayEquals(wanted, features("1 2:3\n0 1:2\n", new LibsvmReader()));
    Encoded zero = new LibsvmReader().read(write("1\n0 0:1 2:1\n"));
    assertEquals(0, zero.encoding().firstIndex());
    assertEquals(0, Encoding.parse(zero.encoding().format()).firstIndex());
    assertEquals(1, new LibsvmReader().read(write("1 1:1\n0\n")).encoding().firstIndex());
    assertEquals(-1, Encoding.ofLabels(3, List.of(), 2).firstIndex());
    LibsvmReader yes = new LibsvmReader().zeroBased(LibsvmReader.ZeroBased.YES);
    assertArrayEquals(new float[] {0, 3, 0, 2}, features("1 1:3\n0 1:2\n", yes));
    String comment = "# Generated by x\n# Column indices are %s-based\n1 1:3\n0 1:2\n";
    float[] column = {3, 2};
    assertArrayEquals(column, features(comment.formatted("one"), new LibsvmReader()));
    assertArrayEquals(
        new float[] {0, 3, 0, 2}, features(comment.formatted("zero"), new LibsvmReader()));
    assertMessage(
        "line 5, field 2: index 0, but its comment says one-based",
        assertThrows(
            DataException.class,
            () -> new LibsvmReader().read(write(comment.formatted("one") + "1 0:1\n"))));
    LibsvmReader no = new LibsvmReader().zeroBased(LibsvmReader.ZeroBased.NO);
    assertMessage(
        "line 2, field 2: index 0, but they are said to begin at 1",
        assertThrows(DataException.class, () -> no.read(write("1 1:1\n0 0:1\n"))));
  }

  private float[] stream(String text, Encoding encoding, LibsvmReader reader) throws IOException {
    Dataset rows = Dataset.read(reader.stream(write(text), encoding));
    Rows only = new Rows(reader.streamFeatures(write(text), encoding), rows.rows());
    try (RowSource.Reader open = reader.streamFeatures(write(text), encoding).open(0)) {
      open.read(only, 0, rows.rows());
    }
    assertArrayEquals(rows.features(), only.features());
    return rows.features();
  }

  private static RowSource stream(LibsvmReader reader, Path file, Encoding encoding, boolean only)
      throws IOException {
    return only ? reader.streamFeatures(file, encoding) : reader.stream(file, encoding);
  }

  /** No row of the other file has the first feature: what it does not say, the model does. */
  @Test
  void otherFilesHaveTheFirstIndexOfTheTrainingPart() throws IOException {
    Encoding zero = new LibsvmReader().read(write("1 0:1 2:1\n0 1:1\n")).encoding();
    assertArrayEquals(new float[] {0, 5, 0}, stream("1 1:5\n", zero, new LibsvmReader()));
    LibsvmReader no = new LibsvmReader().zeroBased(LibsvmReader.ZeroBased.NO);
    assertArrayEquals(new float[] {5, 0, 0}, stream("1 1:5\n", zero, no));
    assertMessage(
        "line 1, field 2: index 3 is larger than 2, the last of the model's features: if these begin"
            + " at 1, say --zero-based no; for more of them, train with --features 4",
        assertThrows(DataException.class, () -> new LibsvmReader().stream(write("1 3:5\n"), zero)));
    Encoding one = new LibsvmReader().read(write("1 1:1 3:1\n0 2:1\n")).encoding();
    assertArrayEquals(new float[] {0, 0, 5}, stream("1 3:5\n", one, new LibsvmReader()));
    for (boolean only : new boolean[] {true, false}) {
      Path file = write("1 1:2\n1 0:5\n");
      LibsvmReader reader = new LibsvmReader();
      assertMessage(
          "line 2, field 2: index 0, but those of the training file begin at 1",
          assertThrows(DataException.class, () -> stream(reader, file, one, only)));
    }
    LibsvmReader yes = new LibsvmReader().zeroBased(LibsvmReader.ZeroBased.YES);
    assertArrayEquals(new float[] {5, 0, 0}, stream("1 0:5\n", one, yes));
    Encoding unknown = Encoding.ofLabels(3, List.of(), 2);
    assertArrayEquals(new float[] {5, 0, 0}, stream("1 0:5\n", unknown, new LibsvmReader()));
    assertArrayEquals(new float[] {0, 0, 5}, stream("1 3:5\n", unknown, new LibsvmReader()));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "0|1 1:2, LIBSVM",
        "`# c||0 |-1 # 1:2|1 2:1`, LIBSVM",
        "0 qid:1 0:2, LIBSVM",
        "`0,2 0:0.5 1:2`, LIBSVM",
        "1:2 3:4, LIBSVM",
        "0|1|2, CSV",
        "`5,20240101 10:30`, CSV",
        "a|1 1:2, CSV",
        "1 2|1 1:2, CSV",
        "`1,2|1,3`, CSV"
      })
  void theFirstLineThatSaysMoreThanANumberTellsTheFormat(String lines, DataFormat wanted)
      throws IOException {
    assertEquals(wanted, DataFormat.of(write(lines.replace('|', '\n'))));
  }

  @Test
  void filesWithoutRowsOrWithOneClassAreRefused() throws IOException {
    for (String text : List.of("", "\n# nothing\n", "7 1:1\n7 1:2\n", "0\n1\n")) {
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
