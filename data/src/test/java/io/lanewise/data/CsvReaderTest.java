package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvReaderTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), text);
  }

  private Encoded read(String text) throws IOException {
    return new CsvReader().read(file(text));
  }

  private void assertBad(CsvReader reader, String text, String wanted) throws IOException {
    Path bad = file(text);
    String message = assertThrows(DataException.class, () -> reader.read(bad)).getMessage();
    assertEquals(bad + ": " + wanted, message);
    assertFalse(message.contains("\n"), message);
  }

  private static String advice(String text) {
    return ": does it stand for a missing value? say --missing-values \""
        + text
        + "\"; or is the column a category? say --category";
  }

  private void assertBad(String text, String wanted) throws IOException {
    assertBad(new CsvReader(), text, wanted);
  }

  @Test
  void integersAreClassesAndTheLastColumnIsTheLabel() throws IOException {
    Encoded read = read("1,2.5,0\n-3e1,.5,2\n0,1,1\n");
    assertArrayEquals(new float[] {1, 2.5f, -30, .5f, 0, 1}, read.dataset().features());
    assertArrayEquals(new int[] {0, 2, 1}, read.dataset().labels());
    assertEquals(3, read.dataset().nOut());
    assertEquals(List.of(), read.encoding().classes());
  }

  @Test
  void namesAreNumberedInSortedOrder() throws IOException {
    Encoded read = read("a,kind\n1,pear\n2,apple\n3,pear\n4,fig\n");
    assertEquals(List.of("apple", "fig", "pear"), read.encoding().classes());
    assertArrayEquals(new int[] {2, 0, 2, 1}, read.dataset().labels());
  }

  @ParameterizedTest
  @CsvSource({"y", "1", "last"})
  void theLabelIsFoundByNameNumberOrPlace(String label) throws IOException {
    String text = label.equals("last") ? "a,b,y\n5,6,1\n7,8,0\n" : "y,a,b\n1,5,6\n0,7,8\n";
    Dataset data = new CsvReader().label(label).read(file(text)).dataset();
    assertArrayEquals(new float[] {5, 6, 7, 8}, data.features());
    assertArrayEquals(new int[] {1, 0}, data.labels());
  }

  @Test
  void quotesDelimitersByteOrderMarksBlankLinesAndGzipAreRead() throws IOException {
    String text = "\uFEFF\"a\";\"k\"\r\n\"1.5\";\"x;y\"\r\n\r\n2;z\r\n";
    Path gz = folder.resolve("t.csv.gz");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(gz, bytes.toByteArray());
    Encoded read = new CsvReader().delimiter(';').label("k").read(gz);
    assertEquals(List.of("x;y", "z"), read.encoding().classes());
    assertArrayEquals(new float[] {1.5f, 2}, read.dataset().features());
  }

  @Test
  void targetsAreNumbers() throws IOException {
    CsvReader reader = new CsvReader().targets(List.of("price"));
    Dataset data = reader.read(file("a,price\n1,10.5\n2,-4\n")).dataset();
    assertArrayEquals(new float[] {10.5f, -4}, data.targets());
    assertFalse(data.hasLabels());
  }

  @Test
  void badFieldsAreNamedByLineAndColumn() throws IOException {
    assertBad("a,b,y\n1,2,0\n1,x,1\n", "line 3, column 2 (b): \"x\" is not a number" + advice("x"));
    assertBad("1,2,0\n1,x,1\n", "line 2, column 2: \"x\" is not a number" + advice("x"));
    assertBad(
        "1,2,0\n1, ,1\n",
        "line 2, column 2: missing value: say --missing mean, median or a number");
    assertBad("1,2,0\nNaN,2,1\n", "line 2, column 1: \"NaN\" is not a finite float");
    assertBad("1,2,0\n-nan,2,1\n", "line 2, column 1: \"-nan\" is not a finite float");
    assertBad("1,2,0\n2,-Infinity,1\n", "line 2, column 2: \"-Infinity\" is not a finite float");
    assertBad("1,2,0\n2,1e39,1\n", "line 2, column 2: \"1e39\" is not a finite float");
    assertBad("1,2,0\n2,1f,1\n", "line 2, column 2: \"1f\" is not a number" + advice("1f"));
    assertBad(
        "1,2,0\n2,0x1p3,1\n", "line 2, column 2: \"0x1p3\" is not a number" + advice("0x1p3"));
    assertBad(
        "1,2,0\n2,1.2.3,1\n", "line 2, column 2: \"1.2.3\" is not a number" + advice("1.2.3"));
    assertBad("1,2,0\n\"a\nb\",1,1\n", "line 2, column 1: \"a?b\" is not a number" + advice("a?b"));
  }

  @Test
  void aBadNumberInTheFirstLineIsNoHeader() throws IOException {
    assertBad(
        "1,x,0\n1,2,1\n",
        "line 1, column 2: \"x\" is not a number: does the first line have the names? say --header yes");
    assertBad("nan,x,y\n1,2,1\n", "line 1, column 1: \"nan\" is not a finite float");
  }

  @Test
  void raggedRowsAreNamedByLine() throws IOException {
    assertBad("1,2,0\n\n1,2\n", "line 3: 2 columns, wanted 3");
    assertBad("1,2,0\n1,2,3,1\n", "line 2: 4 columns, wanted 3");
  }

  @Test
  void labelsOutOfRangeAreNamed() throws IOException {
    assertBad(
        "1,0\n2,0.5\n",
        "line 2, column 2: label \"0.5\" is not a whole number: numbers to be predicted are"
            + " --regression, in Java targets");
    assertBad("1,0\n2,NA\n", "line 2, column 2: missing label NA");
    assertBad("1,0\n2,\n", "line 2, column 2: missing label");
    assertBad(
        new CsvReader().classCount(3),
        "1,0\n2,3\n",
        "line 2, column 2: label \"3\" is none of the classes 0..2");
    assertBad("1,cat\n2,cat\n", "line 2, all labels are \"cat\"");
    assertBad("1,2,y\n3,4,0\n5,6,1\n", "line 1, looks like a header: say that there is one");
  }

  @Test
  void filesWithoutRowsAndUnknownColumnsAreRefused() throws IOException {
    assertBad("", "no rows");
    assertBad("a,b\n", "no rows");
    assertBad(
        "1\n2\n",
        "no column is left for the features: is it libsvm whose first rows have no features? say"
            + " --format libsvm");
    assertBad(new CsvReader().label("z"), "a,b\n1,2\n", "no column \"z\": it has a, b");
    assertBad(
        new CsvReader().label("3"),
        "1,2\n1,2\n",
        "no column \"3\": it has no header and 2 columns");
    assertThrows(NoSuchFileException.class, () -> new CsvReader().read(folder.resolve("none")));
    String message =
        assertThrows(DataException.class, () -> new CsvReader().read(folder)).getMessage();
    assertTrue(message.contains("a folder"), message);
  }

  @Test
  void aQuoteThatIsNeverClosedAndADamagedGzipFileAreRefused() throws IOException {
    Path open = file("1,2,0\n1,\"2,1\n");
    assertThrows(DataException.class, () -> new CsvReader().read(open));
    Path cut = folder.resolve("cut.gz");
    Files.write(cut, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
    String message =
        assertThrows(DataException.class, () -> new CsvReader().read(cut)).getMessage();
    assertTrue(message.contains("damaged gzip"), message);
  }

  @Test
  void aFileThatExpandsToAbsurdlyMuchIsRefused() throws IOException {
    Path bomb = folder.resolve("bomb.gz");
    byte[] rows = "1,0\n".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
      for (int i = 0; i < 40; i++) {
        out.write(rows);
      }
    }
    String wanted = bomb + ": expands to more than 200 times its size: decompress it first";
    for (ThrowingSupplier<?> read :
        List.<ThrowingSupplier<?>>of(
            () -> new CsvReader().read(bomb), () -> new CsvReader().stream(bomb))) {
      assertEquals(wanted, assertThrows(DataException.class, read::get).getMessage());
    }
  }

  @Test
  void anEndlessFieldIsRefused() throws IOException {
    Path file = file("1,0\n" + "1".repeat(5 << 20) + ",1\n");
    String message =
        assertThrows(DataException.class, () -> new CsvReader().read(file)).getMessage();
    assertTrue(message.startsWith(file + ": line 2: "), message);
  }
}
