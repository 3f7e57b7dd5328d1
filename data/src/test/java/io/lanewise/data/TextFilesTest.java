package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Comments;
import io.lanewise.data.CsvReader.Header;
import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text as people save it: encodings, delimiters, decimal commas, comments, headers again. */
class TextFilesTest {
  private static final Charset WINDOWS = Charset.forName("windows-1252");

  @TempDir private Path folder;

  private Path file(String text, Charset charset) throws IOException {
    return Files.write(folder.resolve("t.csv"), text.getBytes(charset));
  }

  private Path file(String text) throws IOException {
    return file(text, StandardCharsets.UTF_8);
  }

  /** The rows from memory, which those of a stream must be, from any row on. */
  private static Encoded read(CsvReader reader, Path file) throws IOException {
    Encoded read = reader.read(file);
    CsvReader.Source source = reader.stream(file);
    assertEquals(read.encoding().format(), source.encoding().format());
    Dataset all = read.dataset();
    int nIn = all.nIn();
    for (int row : new int[] {0, 1, all.rows() / 2, all.rows() - 1}) {
      Rows room = new Rows(source, all.rows());
      try (RowSource.Reader open = source.open(row)) {
        assertEquals(all.rows() - row, open.read(room, 0, all.rows()));
      }
      assertArrayEquals(
          Arrays.copyOfRange(all.features(), row * nIn, all.rows() * nIn),
          Arrays.copyOf(room.features(), (all.rows() - row) * nIn));
    }
    return read;
  }

  private static void assertBad(CsvReader reader, Path file, String wanted) {
    for (boolean stream : new boolean[] {false, true}) {
      String message =
          assertThrows(
                  DataException.class,
                  () -> {
                    if (stream) {
                      reader.stream(file);
                    } else {
                      reader.read(file);
                    }
                  })
              .getMessage();
      assertTrue(message.startsWith(file + ": " + wanted), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  private static CsvReader cities() {
    return new CsvReader().categories(List.of("city"));
  }

  @Test
  void bytesThatAreNoTextAreNamedByLineAndColumn() throws IOException {
    String text = "x,city,kind\n1,K\u00f6ln,a\n2,K\u00e4ln,b\n";
    Path file = file(text, StandardCharsets.ISO_8859_1);
    assertBad(
        cities(),
        file,
        "line 2, column 2 (city): byte 0xF6 is not UTF-8: say the encoding of the file, such as"
            + " --encoding windows-1252");
    Encoded read = read(cities().charset(StandardCharsets.ISO_8859_1), file);
    assertEquals(List.of("K\u00e4ln", "K\u00f6ln"), read.encoding().columns().get(1).values());
    assertArrayEquals(new float[] {1, 0, 1, 2, 1, 0}, read.dataset().features());
    assertBad(
        new CsvReader(),
        file("x,gr\u00f6\u00dfe,y\n1,2,0\n", StandardCharsets.ISO_8859_1),
        "line 1, column 2: byte 0xF6 is not UTF-8");
    Path later = folder.resolve("later.csv");
    Files.write(later, "1,2,a\n\n3,4,\"x\n\u00e4\"\n".getBytes(WINDOWS));
    assertBad(new CsvReader(), later, "line 4, column 3: byte 0xE4 is not UTF-8");
    Files.write(later, new byte[] {'1', ',', 'a', '\n', '2', ',', (byte) 0x81});
    assertBad(
        new CsvReader().charset(WINDOWS),
        later,
        "line 2, column 2: byte 0x81 is not windows-1252: say the encoding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTF-8",
        "UTF-16LE",
        "UTF-16BE",
        "UTF-32LE",
        "UTF-32BE",
        "windows-1252",
        "Shift_JIS",
        "IBM500"
      })
  void anyEncodingIsTheSameInMemoryAndStreamed(String name) throws IOException {
    Charset charset = Charset.forName(name);
    String other = name.equals("Shift_JIS") ? "\u6f22\u3042" : "K\u00f6ln";
    StringBuilder text = new StringBuilder("x,city,kind\n");
    for (int i = 0; i < 700; i++) {
      text.append(i)
          .append(i % 3 == 0 ? ",\"Ulm,\n\"," : "," + other + ",")
          .append("ab".charAt(i % 2));
      text.append('\n');
    }
    CsvReader named = cities().charset(charset);
    Encoded read = read(named, file(text.toString(), charset));
    assertEquals(700, read.dataset().rows());
    assertTrue(read.encoding().columns().get(1).values().contains(other));
    assertEquals(!name.equals("Shift_JIS"), named.stream(folder.resolve("t.csv")).seekable());
    if (name.startsWith("UTF")) {
      Path marked = file("\uFEFF" + text, charset);
      assertEquals(read.encoding().format(), read(cities(), marked).encoding().format());
      assertEquals(read.encoding().format(), read(named, marked).encoding().format());
      assertBad(
          cities().charset(WINDOWS),
          marked,
          "begins with the byte order mark of " + name + ", but");
    }
  }

  @Test
  void utf16WithoutAMarkIsAskedFor() throws IOException {
    String text = "x,kind\n1,a\n2,b\n";
    assertBad(
        new CsvReader(),
        file(text, StandardCharsets.UTF_16LE),
        "looks like UTF-16 without a byte order mark: say --encoding UTF-16LE");
    assertBad(
        new CsvReader().charset(StandardCharsets.UTF_16),
        file(text, StandardCharsets.UTF_16LE),
        "no byte order mark: say whether it is UTF-16LE or UTF-16BE");
    assertEquals(DataFormat.CSV, DataFormat.of(file("\uFEFF" + text, Charset.forName("UTF-32BE"))));
    Path odd = file("\uFEFF" + text, StandardCharsets.UTF_16LE);
    byte[] bytes = Files.readAllBytes(odd);
    Files.write(odd, Arrays.copyOf(bytes, bytes.length - 3));
    assertBad(new CsvReader(), odd, "line 3, column 2 (kind): byte");
  }

  @Test
  void charactersOfControlAreAPartOfTheText() throws IOException {
    Path file = file("x,city,kind\n1,A,a\n2,A\0,a\0\n3,\u0001A,a\u001f\n4, A ,a\n5,A\t,a\n");
    Encoded read = read(cities(), file);
    assertEquals(List.of("\u0001A", "A", "A\0", "A\t"), read.encoding().columns().get(1).values());
    assertEquals(List.of("a", "a\0", "a\u001f"), read.encoding().classes());
    assertEquals(read.encoding().columns(), Encoding.parse(read.encoding().format()).columns());
    assertBad(new CsvReader(), file("x,y\n1,a\n2\0,b\n"), "line 3, column 1 (x): \"2?\" is not");
  }

  @Test
  void libsvmIsDecodedStrictly() throws IOException {
    Path file = file("+1 1:2 # K\u00f6ln\n-1 2:1\n", WINDOWS);
    String message =
        assertThrows(DataException.class, () -> new LibsvmReader().read(file)).getMessage();
    assertTrue(message.startsWith(file + ": line 1, field 4: byte 0xF6 is not UTF-8"), message);
    Encoded wanted = new LibsvmReader().charset(WINDOWS).read(file);
    Path wide = file("\uFEFF+1 1:2\n\n-1 2:1\n", StandardCharsets.UTF_16LE);
    assertEquals(DataFormat.LIBSVM, DataFormat.of(wide));
    assertArrayEquals(
        wanted.dataset().features(), new LibsvmReader().read(wide).dataset().features());
    Path zero = file("1\0 1:2\n0 1:3\n");
    assertThrows(DataException.class, () -> new LibsvmReader().read(zero));
  }

  @Test
  void moreColumnsThanTheParserAllowsAreRead() throws IOException {
    int width = 20_000;
    String names =
        String.join(
            ",", java.util.stream.IntStream.range(0, width).mapToObj(i -> "c" + i).toList());
    Path file = file(names + ",y\n" + "1,".repeat(width) + "0\n" + "2,".repeat(width) + "1\n");
    Encoded read = read(new CsvReader(), file);
    assertEquals(width, read.encoding().nIn());
    Encoding parsed = Encoding.parse(read.encoding().format());
    assertArrayEquals(read.dataset().features(), new CsvReader().read(file, parsed).features());
  }

  @Test
  void decimalCommasAndSeparatorsAreRead() throws IOException {
    Path file = file("sep=;\na;b;y\n1,5;-2,25e1;u\n3;,5;v\n");
    Encoded read = read(new CsvReader().decimal(','), file);
    assertArrayEquals(new float[] {1.5f, -22.5f, 3, .5f}, read.dataset().features());
    assertBad(new CsvReader().delimiter('\t'), file, "its first line is sep=;, but the delimiter");
    assertBad(
        new CsvReader(),
        file,
        "line 3, column 1 (a): \"1,5\" is not a number: is the comma its decimal point? say"
            + " --decimal comma");
    assertBad(new CsvReader().decimal(','), file("a;y\n1.5;u\n2;v\n"), "no column is left");
    assertBad(
        new CsvReader().decimal(',').delimiter(';'),
        file("a;y\n1.5;u\n2;v\n"),
        "line 2, column 1 (a): \"1.5\" is not a number");
    assertBad(
        new CsvReader().decimal(','),
        file("1,5,u\n2,5,v\n"),
        "a comma is the decimal point and between the fields");
    Encoded quoted = read(new CsvReader().decimal(','), file("a,y\n\"1,5\",u\n\"2\",v\n"));
    assertArrayEquals(new float[] {1.5f, 2}, quoted.dataset().features());
    Encoded wide =
        read(
            new CsvReader(),
            file("\uFEFF\"sep=|\"\r\na|y\r\n1|u\r\n2|v\r\n", StandardCharsets.UTF_16BE));
    assertArrayEquals(new float[] {1, 2}, wide.dataset().features());
    Encoded any = read(new CsvReader().delimiter('\u00a6'), file("a\u00a6y\n1\u00a6u\n2\u00a6v\n"));
    assertArrayEquals(new float[] {1, 2}, any.dataset().features());
  }

  @Test
  void whereAllIsOneColumnTheDelimiterIsHintedAt() throws IOException {
    String hint = ": is it separated by something else? say --delimiter ";
    assertBad(
        new CsvReader(),
        file("1;2;0\n3;4;1\n"),
        "no column is left for the features" + hint + "semicolon");
    assertBad(
        new CsvReader().label("y"),
        file("a\ty\n1\t0\n"),
        "no column \"y\": it has a?y" + hint + "tab");
    Encoding encoding = new CsvReader().read(file("a,y\n1,0\n2,1\n")).encoding();
    Path piped = file("a|y\n1|0\n");
    String message =
        assertThrows(DataException.class, () -> new CsvReader().read(piped, encoding)).getMessage();
    assertTrue(message.endsWith(hint + "pipe"), message);
  }

  @Test
  void missingValuesAreWhatIsSaid() throws IOException {
    Path file = file("a,city,y\n1,None,u\nNULL,Ulm,v\n5,NA,u\n");
    CsvReader reader = cities().missing(Missing.MEAN).missingValues(List.of("NULL", "N/A", "None"));
    assertArrayEquals(new float[] {1, 0, 3, 1, 5, 0}, read(reader, file).dataset().features());
    assertBad(
        reader.missingValues(List.of("u")),
        file("a,city,y\n1,Ulm,u\n"),
        "line 2, column 3 (y): missing label u");
  }

  @Test
  void commentsAreLeftOutWhereTheyAreNoRows() throws IOException {
    Path file = file("# made by hand, on Monday\na,b,y\n1,2,u\n# a,b\n3,4,v\n#\n");
    assertArrayEquals(new float[] {1, 2, 3, 4}, read(new CsvReader(), file).dataset().features());
    String doubt = " begins with # and has as many columns as the rows: say --comments yes if";
    Path header = file("#id,b,y\n1,2,u\n3,4,v\n");
    assertBad(new CsvReader(), header, "line 1" + doubt);
    assertEquals(
        "#id",
        read(new CsvReader().comments(Comments.NO), header).encoding().columns().get(0).name());
    Encoded without = read(new CsvReader().comments(Comments.YES), header);
    assertFalse(without.encoding().named());
    assertBad(new CsvReader(), file("a,b,y\n1,2,u\n#3,4,v\n"), "line 3" + doubt);
  }

  @Test
  void theHeaderAgainIsLeftOut() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int part = 0; part < 3; part++) {
      text.append(part == 1 ? "\uFEFF" : "").append("a,y\n");
      for (int i = 0; i < 300; i++) {
        text.append(part * 300 + i).append(',').append("uv".charAt(i % 2)).append('\n');
      }
    }
    Encoded read = read(new CsvReader(), file(text.toString()));
    assertEquals(900, read.dataset().rows());
    assertEquals(899, read.dataset().features()[899]);
    assertBad(
        cities().label("kind"),
        file("city,kind\nUlm,a\ncity,kind\nBonn,b\n"),
        "line 3 is the header again: take it out");
  }

  @Test
  void allColumnsOfTextsAreToldAtOnce() throws IOException {
    StringBuilder text = new StringBuilder("id,age,\"city, town\",kind,y\n");
    for (int i = 0; i < 30; i++) {
      text.append("p" + i + "," + (i == 7 ? "NULL" : "" + i) + ",Ulm,\"a\"," + i % 2 + "\n");
    }
    Path file = file(text.toString());
    assertBad(
        new CsvReader(),
        file,
        "texts and no numbers are in id (line 2: \"p0\"), city, town (line 2: \"Ulm\"), kind (line"
            + " 2: \"a\"): make them categories, or leave them out");
    DataException e = assertThrows(DataException.class, () -> new CsvReader().read(file));
    assertEquals(
        List.of(
            "--category",
            "\"city, town\",kind",
            "--ignore",
            "id",
            "--missing-values",
            "NULL",
            "--missing",
            "mean"),
        e.options());
    assertBad(
        new CsvReader().header(Header.NO),
        file("x,1,0\ny,2,1\n"),
        "texts and no numbers are in column 1 (line 1: \"x\")");
  }
}
