package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {
  private static final String PEOPLE =
      """
      age,city,income,w
      20,Ulm,low,1
      30,Bonn,high,2
      NA,"Ulm",low,.5
      70,?,high,0
      """;

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), text);
  }

  private static CsvReader people(Missing missing) {
    return new CsvReader().label("income").categories(List.of("city")).weight("w").missing(missing);
  }

  private static void assertMessage(String wanted, Throwable e) {
    assertTrue(e.getMessage().contains(wanted), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void categoriesMissingValuesAndWeightsAreEncoded() throws IOException {
    Encoded read = people(Missing.MEAN).read(file(PEOPLE));
    float[] wanted = {20, 0, 1, 30, 1, 0, 40, 0, 1, 70, 0, 0};
    assertArrayEquals(wanted, read.dataset().features());
    assertArrayEquals(new int[] {1, 0, 1, 0}, read.dataset().labels());
    assertArrayEquals(new float[] {1, 2, .5f, 0}, read.dataset().weights());
    assertEquals(List.of("high", "low"), read.encoding().classes());
    assertEquals(3, read.encoding().nIn());
  }

  @Test
  void missingValuesBecomeWhatWasAskedFor() throws IOException {
    assertEquals(40, people(Missing.MEAN).read(file(PEOPLE)).dataset().features()[6]);
    assertEquals(30, people(Missing.MEDIAN).read(file(PEOPLE)).dataset().features()[6]);
    assertEquals(-7, people(Missing.constant(-7)).read(file(PEOPLE)).dataset().features()[6]);
    Path even = file("a,b,y\n1,9,0\n,9,1\n4,9,0\nNaN,9,1\n");
    Dataset data = new CsvReader().missing(Missing.MEDIAN).read(even).dataset();
    assertArrayEquals(new float[] {1, 9, 2.5f, 9, 4, 9, 2.5f, 9}, data.features());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NA", "?", " "})
  void missingValuesAreErrorsOtherwise(String text) throws IOException {
    Path number = file("a,b,y\n1,2,0\n3," + text + ",1\n");
    assertMessage(
        "line 3, column 2 (b): missing value",
        assertThrows(DataException.class, () -> new CsvReader().read(number)));
    Path category = folder.resolve("c.csv");
    Files.writeString(category, "a,b,y\n1,x,0\n3," + text + ",1\n");
    CsvReader reader = new CsvReader().categories(List.of("b"));
    assertMessage(
        "line 3, column 2 (b): missing value",
        assertThrows(DataException.class, () -> reader.read(category)));
  }

  @Test
  void labelsTargetsAndWeightsAreNeverMissing() throws IOException {
    CsvReader reader = new CsvReader().missing(Missing.MEAN);
    Path label = file("a,y\n1,0\n2,\n");
    assertThrows(DataException.class, () -> reader.read(label));
    assertMessage(
        "line 3, column 2 (y): missing value",
        assertThrows(DataException.class, () -> reader.targets(List.of("y")).read(label)));
    Path weight = file("a,w,y\n1,1,0\n2,-1,1\n");
    CsvReader weighted = new CsvReader().weight("w");
    assertMessage(
        "line 3, column 2 (w): weight -1 is negative",
        assertThrows(DataException.class, () -> weighted.read(weight)));
  }

  @Test
  void onlyTheTrainingPartIsLearntFrom() throws IOException {
    Table table = people(Missing.MEAN).readTable(file(PEOPLE));
    Encoding encoding = table.learn(new int[] {0, 2});
    assertEquals(20, encoding.columns().get(0).fill());
    assertEquals(List.of("Ulm"), encoding.columns().get(1).values());
    assertArrayEquals(
        new float[] {20, 1, 20, 1}, table.encode(encoding, new int[] {2, 0}).features());
    assertMessage(
        "t.csv: line 3, column 2 (city): \"Bonn\" is none of the categories Ulm",
        assertThrows(DataException.class, () -> table.encode(encoding)));
    Table zeros = people(Missing.MEAN).unknownAsZeros(true).readTable(file(PEOPLE));
    Dataset all = zeros.encode(zeros.learn(new int[] {0, 2}));
    assertArrayEquals(new float[] {20, 1, 30, 0, 20, 1, 70, 0}, all.features());
    assertMessage(
        "column 1 (age) has no value",
        assertThrows(DataException.class, () -> table.learn(new int[] {2})));
  }

  @Test
  void severalTargetsAreRowsInTheFilesOrder() throws IOException {
    Path file = file("p,a,q\n1,2,3\n4,5,6\n");
    Encoded read = new CsvReader().targets(List.of("q", "1")).read(file);
    assertArrayEquals(new float[] {1, 3, 4, 6}, read.dataset().targets());
    assertArrayEquals(new float[] {2, 5}, read.dataset().features());
    assertEquals(List.of("p", "q"), read.encoding().targetNames());
  }

  @Test
  void otherFilesAreReadByTheNamesOfTheirHeader() throws IOException {
    Encoding encoding = people(Missing.MEAN).read(file(PEOPLE)).encoding();
    Path turned = file("city,w,income,age\nBonn,1,low,50\n,1,high,?\n");
    Dataset data = new CsvReader().read(turned, encoding);
    assertArrayEquals(new float[] {50, 1, 0, 40, 0, 0}, data.features());
    assertArrayEquals(new int[] {1, 0}, data.labels());
    Path features = file("city,age\nUlm,1\n");
    try (CsvSourceRows rows =
        new CsvSourceRows(new CsvReader().streamFeatures(features, encoding))) {
      assertArrayEquals(new float[] {1, 0, 1}, rows.features(1));
    }
    assertKnown(encoding, "city,age\nUlm,1\n", "no column \"income\": it has city, age");
    assertKnown(encoding, "age,town\n1,Ulm\n", "column 2 (town): not one of the columns");
    assertKnown(encoding, "age,city,income,w\n1,Linz,low,1\n", "none of the categories Bonn, Ulm");
    assertKnown(encoding, "age,city,income,w\n1,Ulm,middle,1\n", "none of the classes high, low");
    assertKnown(encoding, "1,Ulm\n2,Ulm\n", "no column \"income\"");
    assertKnown(encoding, "1,2,3\n", "3 columns, but the model was trained on 4, of which 2 are");
  }

  private void assertKnown(Encoding encoding, String text, String wanted) throws IOException {
    Path file = file(text);
    assertMessage(
        wanted, assertThrows(DataException.class, () -> new CsvReader().read(file, encoding)));
  }

  @Test
  void filesWithoutAHeaderAreReadByPosition() throws IOException {
    Encoding encoding = new CsvReader().label("1").read(file("0,5,6\n1,7,8\n")).encoding();
    Dataset same = new CsvReader().read(file("1,2,3\n"), encoding);
    assertArrayEquals(new float[] {2, 3}, same.features());
    assertArrayEquals(new int[] {1}, same.labels());
    Dataset moved = new CsvReader().label("last").read(file("2,3,0\n"), encoding);
    assertArrayEquals(new float[] {2, 3}, moved.features());
    for (String text : List.of("2,3\n", "1,2,3\n")) {
      try (CsvSourceRows rows =
          new CsvSourceRows(new CsvReader().streamFeatures(file(text), encoding))) {
        assertArrayEquals(new float[] {2, 3}, rows.features(1));
      }
    }
    Encoding plain = Encoding.ofLabels(2, List.of(), 2);
    assertArrayEquals(new int[] {1}, new CsvReader().read(file("2,3,1\n"), plain).labels());
  }

  /** The same label may be said again where other columns are no features either. */
  @Test
  void filesWithoutAHeaderTakeTheSameLabelAgain() throws IOException {
    String text = "1,7,2,0\n3,8,4,1\n";
    for (CsvReader reader :
        List.of(
            new CsvReader().label("4").ignore(List.of("2")),
            new CsvReader().label("4").weight("2"),
            new CsvReader().targets(List.of("2", "4")))) {
      Encoded read = reader.read(file(text));
      for (String label : List.of("4", "last")) {
        Dataset again = new CsvReader().label(label).read(file(text), read.encoding());
        assertArrayEquals(new float[] {1, 2, 3, 4}, again.features());
        assertArrayEquals(
            read.dataset().hasLabels() ? new int[] {0, 1} : null,
            again.hasLabels() ? again.labels() : null);
        try (CsvSourceRows rows =
            new CsvSourceRows(
                new CsvReader().label(label).streamFeatures(file(text), read.encoding()))) {
          assertArrayEquals(new float[] {1, 2, 3, 4}, rows.features(2));
        }
      }
    }
    Encoding weighted = new CsvReader().label("4").weight("2").read(file(text)).encoding();
    Dataset moved = new CsvReader().label("1").read(file("1,5,9,6\n"), weighted);
    assertArrayEquals(new float[] {5, 6}, moved.features());
    assertArrayEquals(new float[] {9}, moved.weights());
    assertArrayEquals(new int[] {1}, moved.labels());
  }

  @Test
  void aColumnThatTheModelTakesIsNoLabel() throws IOException {
    String text = "a,b,w,y\n1,p,2,0\n3,q,4,1\n";
    CsvReader reader = new CsvReader().label("y").weight("w").categories(List.of("b"));
    Encoding encoding = reader.read(file(text)).encoding();
    for (String label : List.of("a", "b", "w")) {
      var e =
          assertThrows(
              DataException.class, () -> new CsvReader().label(label).read(file(text), encoding));
      String what = label.equals("w") ? "weight" : "feature";
      assertTrue(
          e.getMessage().endsWith(": the model takes it as a " + what + ": it is not the label"),
          e.getMessage());
    }
  }

  @Test
  void columnsThatAreLeftOutMayBeThere() throws IOException {
    CsvReader reader = new CsvReader().ignore(List.of("id"));
    Encoding encoding = reader.read(file("id,a,y\nx7,1,0\nx8,2,1\n")).encoding();
    assertEquals(1, encoding.nIn());
    for (String text : List.of("id,a,y\nx,5,1\n", "a,y\n5,1\n")) {
      assertArrayEquals(new float[] {5}, new CsvReader().read(file(text), encoding).features());
    }
  }

  @Test
  void columnsHaveOneRoleAndOneName() throws IOException {
    Path file = file("a,b,y\n1,2,0\n3,4,1\n");
    CsvReader twice = new CsvReader().weight("y");
    assertMessage(
        "column \"y\" cannot be both label and weight",
        assertThrows(DataException.class, () -> twice.read(file)));
  }

  /** As pandas calls them; who means one of them says its number. */
  @Test
  void namesThatAreThereTwiceGetANumber() throws IOException {
    Path names = file("a,a,y\n1,2,0\n3,4,1\n");
    Encoded read = new CsvReader().read(names);
    assertArrayEquals(new float[] {1, 2, 3, 4}, read.dataset().features());
    assertEquals("a.1", read.encoding().columns().get(1).name());
    Dataset turned = new CsvReader().read(file("y,a,a\n1,5,6\n"), read.encoding());
    assertArrayEquals(new float[] {5, 6}, turned.features());
    Path again = file("a,a,y\n1,2,0\n3,4,1\n");
    assertMessage(
        "column \"a\" is there more than once: say its number",
        assertThrows(DataException.class, () -> new CsvReader().ignore(List.of("a")).read(again)));
    Dataset second = new CsvReader().ignore(List.of("1")).read(again).dataset();
    assertArrayEquals(new float[] {2, 4}, second.features());
  }

  @Test
  void theTextIsWhatIsSaid() throws IOException {
    Encoding encoding = people(Missing.MEAN).unknownAsZeros(true).read(file(PEOPLE)).encoding();
    String text =
        """
        header,yes
        unknown,zeros
        number,age,40.0
        category,city,0.0,Bonn,Ulm
        label,income,2,high,low
        weight,w
        """;
    assertEquals(text, encoding.format());
    assertEquals("plain,784\nlabel,,10\n", Encoding.ofLabels(784, List.of(), 10).format());
  }

  @Provide
  Arbitrary<Encoding> encodings() {
    Arbitrary<String> text = Arbitraries.strings().ofMinLength(1).ofMaxLength(5);
    Arbitrary<List<String>> names = text.list().uniqueElements().ofMinSize(2).ofMaxSize(6);
    return Arbitraries.integers()
        .between(0, 3)
        .flatMap(
            kind ->
                names.flatMap(
                    n ->
                        names.map(
                            values -> {
                              Encoding.Role last =
                                  kind == 0 ? Encoding.Role.TARGET : Encoding.Role.LABEL;
                              List<Encoding.Column> columns = new java.util.ArrayList<>();
                              for (String name : n.subList(0, n.size() - 1)) {
                                boolean category = name.hashCode() % 2 == 0;
                                columns.add(
                                    new Encoding.Column(
                                        name,
                                        category ? Encoding.Role.CATEGORY : Encoding.Role.NUMBER,
                                        name.hashCode() % 3 == 0 ? Float.NaN : 0.1f,
                                        category ? values : List.of()));
                              }
                              columns.add(
                                  new Encoding.Column(
                                      n.get(n.size() - 1),
                                      last,
                                      Float.NaN,
                                      kind == 1 ? values : List.of()));
                              return new Encoding(
                                  kind, columns, true, kind == 2, kind == 0 ? 0 : values.size());
                            })));
  }

  /** 2^16 names are the most that a file may have; a name may be as long as a text can be. */
  @ParameterizedTest
  @CsvSource({"16384,3", "16385,3", "65536,3", "8000,40", "100000,3", "2,5000000"})
  void theTextIsReadBackAtEveryLimit(int count, int length) throws DataException {
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("\u6f22".repeat(length) + i);
    }
    Encoding labels = Encoding.ofLabels(3, names, count);
    assertEquals(names, Encoding.parse(labels.format()).classes());
    Encoding.Column category = new Encoding.Column("c", Encoding.Role.CATEGORY, Float.NaN, names);
    Encoding.Column target = new Encoding.Column("t", Encoding.Role.TARGET, Float.NaN, List.of());
    Encoding categories = new Encoding(0, List.of(category, target), true, false, 0);
    assertEquals(categories.columns(), Encoding.parse(categories.format()).columns());
  }

  @Property(tries = 300, seed = "2")
  void theTextIsReadBackAndNoCutOfItIsMoreThanADataException(@ForAll("encodings") Encoding encoding)
      throws DataException {
    String text = encoding.format();
    Encoding read = Encoding.parse(text);
    assertEquals(text, read.format());
    assertEquals(encoding.columns(), read.columns());
    assertEquals(encoding.nIn(), read.nIn());
    assertEquals(encoding.nOut(), read.nOut());
    for (int length = 0; length < text.length(); length++) {
      try {
        Encoding.parse(text.substring(0, length));
      } catch (DataException e) {
        assertTrue(e.getMessage().startsWith("encoding: "), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain,2000000000",
        "plain,99999999",
        "plain,-1",
        "label,y,2",
        "number,a",
        "number,a,x",
        "number,a,NaN",
        "plain,1\nlabel,y",
        "plain,1\nlabel,y,1",
        "plain,1\nlabel,y,3,a,b",
        "plain,1\nlabel,y,2,a,a",
        "plain,1\nlabel,y,2\nlabel,z,2",
        "plain,1\nlabel,y,2\ntarget,z",
        "header,no",
        "plain,1\nwhat,a",
        "header,yes\nnumber,a,\nnumber,a,",
        "plain,1\n\"open"
      })
  void badTextsAreRefused(String text) {
    assertMessage("encoding: ", assertThrows(DataException.class, () -> Encoding.parse(text)));
  }
}
