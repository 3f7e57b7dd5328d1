package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

class CsvSourceTest {
  private static final String[] ENDS = {"\n", "\r\n", "\r"};
  private static final String[] KINDS = {"a", "\"b,\n\"\"x\r\n\"", "\u00e4\u20ac", "\"\""};

  @TempDir private Path folder;
  private Path file;

  @BeforeProperty
  void makeFile() throws IOException {
    file = Files.createTempFile("lanewise", ".csv");
  }

  @AfterProperty
  void deleteFile() throws IOException {
    Files.delete(file);
  }

  private static CsvReader reader() {
    return new CsvReader().label("y").categories(List.of("kind")).missing(Missing.MEAN);
  }

  /** Lines with quotes, texts of several lines and bytes, empty lines, and all kinds of ends. */
  private static String text(Random random, int rows) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
    String end = ENDS[random.nextInt(3)];
    text.append(random.nextBoolean() ? end : "").append("x,kind,y").append(end);
    for (int i = 0; i < rows; i++) {
      text.append(random.nextInt(9) == 0 ? end : "");
      text.append(random.nextInt(9) == 0 ? "" : Integer.toString(i)).append(',');
      text.append(KINDS[random.nextInt(4)]).append(',').append(i % 2);
      text.append(i == rows - 1 && random.nextBoolean() ? "" : end);
    }
    return text.toString();
  }

  @Property(tries = 60, seed = "3")
  void aStreamHasTheRowsOfATableFromAnyRowOn(@ForAll @IntRange(min = 2, max = 1100) int rows)
      throws IOException {
    Random random = new Random(rows);
    Files.writeString(file, text(random, rows));
    Encoded read = reader().read(file);
    CsvReader.Source source = reader().stream(file);
    assertEquals(read.encoding().format(), source.encoding().format());
    assertEquals(rows, source.rowCount());
    Dataset all = read.dataset();
    int nIn = all.nIn();
    for (int begin : new int[] {0, random.nextInt(rows), 255, 256, rows - 1, rows}) {
      int row = Math.min(begin, rows);
      Rows room = new Rows(source, rows + 1);
      try (RowSource.Reader reader = source.open(row)) {
        assertEquals(rows - row, reader.read(room, 0, rows + 1));
      }
      assertArrayEquals(
          Arrays.copyOfRange(all.features(), row * nIn, rows * nIn),
          Arrays.copyOf(room.features(), (rows - row) * nIn));
      assertArrayEquals(
          Arrays.copyOfRange(all.labels(), row, rows), Arrays.copyOf(room.labels(), rows - row));
    }
  }

  @Test
  void compressedFilesAreReadFromTheirBeginning() throws IOException {
    Path gz = folder.resolve("t.csv.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(text(new Random(1), 600).getBytes(StandardCharsets.UTF_8));
    }
    CsvReader.Source source = reader().stream(gz);
    Rows room = new Rows(source, 1);
    try (RowSource.Reader reader = source.open(555)) {
      assertEquals(1, reader.read(room, 0, 1));
    }
    assertEquals(reader().read(gz).dataset().labels()[555], room.labels()[0]);
  }

  @Test
  void errorsNameTheLineWhereverAReaderBegan() throws IOException {
    StringBuilder text = new StringBuilder("a,y\n");
    for (int i = 0; i < 700; i++) {
      text.append(i == 650 ? "x" : "1").append(',').append(i % 2).append('\n');
    }
    Path bad = Files.writeString(folder.resolve("bad.csv"), text);
    String wanted = bad + ": line 652, column 1 (a): \"x\" is not a number";
    String learnt =
        assertThrows(DataException.class, () -> new CsvReader().stream(bad)).getMessage();
    assertTrue(learnt.startsWith(wanted + ": "), learnt);
    Encoding encoding = Encoding.ofLabels(1, List.of(), 2);
    CsvReader.Source source = new CsvReader().stream(bad, encoding);
    try (RowSource.Reader reader = source.open(600)) {
      Rows room = new Rows(source, 100);
      assertEquals(
          wanted, assertThrows(DataException.class, () -> reader.read(room, 0, 100)).getMessage());
    }
  }

  @Test
  void whatCannotBeStreamedIsSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), "a,y\n1,0\n2,1\n");
    CsvReader median = new CsvReader().missing(Missing.MEDIAN);
    assertThrows(DataException.class, () -> median.stream(file));
    CsvReader.Source source = new CsvReader().stream(file);
    Files.writeString(file, "a,y\n1,0\n");
    String message = assertThrows(DataException.class, () -> source.open(0)).getMessage();
    assertTrue(message.contains("changed"), message);
  }

  /** Whatever is cut off or put in: rows or a DataException, the same from stream and table. */
  @Test
  void damagedFilesAreDataExceptions() throws IOException {
    byte[] whole = text(new Random(4), 12).getBytes(StandardCharsets.UTF_8);
    Path bad = folder.resolve("bad.csv");
    byte[] stray = {'"', '\n', '\r', ',', 0, (byte) 0xff};
    for (int length = 0; length < whole.length; length++) {
      Files.write(bad, Arrays.copyOf(whole, length));
      read(bad);
      byte[] changed = whole.clone();
      changed[length] = stray[length % stray.length];
      Files.write(bad, changed);
      read(bad);
    }
  }

  private void read(Path bad) throws IOException {
    Encoded table;
    try {
      table = reader().read(bad);
    } catch (DataException e) {
      assertTrue(e.getMessage().startsWith(bad + ": "), e.getMessage());
      assertThrows(DataException.class, () -> Dataset.read(reader().stream(bad)));
      return;
    }
    try {
      Dataset stream = Dataset.read(reader().stream(bad));
      assertArrayEquals(table.dataset().features(), stream.features());
    } catch (DataException e) {
      assertTrue(e.getMessage().contains("RFC 4180"), e.getMessage());
    }
  }
}
