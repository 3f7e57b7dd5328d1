package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader;
import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.data.Meaning.Task;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import io.lanewise.data.RowPredictor.RowException;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.train.Classifier;
import io.lanewise.train.Regressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A saved model and one raw row, in Java: the same as the command line's predict of a file. */
class RowPredictorTest {
  private static final String[] ISLANDS = {"Biscoe", "Dream", "Torgersen, north"};
  private static final String[] SPECIES = {"Gentoo", "Adelie", "Chin \"strap\""};

  @TempDir private Path folder;
  private Path data;
  private Path model;

  record Penguin(String island, double bill, Integer mass, Boolean ringed) {}

  enum Island {
    Biscoe,
    Dream
  }

  @BeforeEach
  void train() throws IOException {
    StringBuilder text = new StringBuilder("id,island,bill,mass,ringed,species\n");
    for (int i = 0; i < 90; i++) {
      int k = i % 3;
      text.append('p').append(i).append(',');
      text.append(i % 11 == 5 ? "" : quoted(ISLANDS[(i / 2) % 3])).append(',');
      text.append(30.1 + 7.3 * k + i % 5).append(',');
      text.append(i % 7 == 2 ? "NA" : "" + (5000 - 700 * k + i)).append(',');
      text.append(i % 4 == 0 ? "TRUE" : "FALSE").append(',');
      text.append(quoted(SPECIES[k])).append('\n');
    }
    data = write("penguins.csv", text.toString());
    model = folder.resolve("penguins.safetensors");
    run(
        "train",
        "--data",
        data,
        "--out",
        model,
        "--ignore",
        "id",
        "--category",
        "island,ringed",
        "--missing",
        "mean",
        "--scale",
        "standard",
        "--layers",
        "8",
        "--epochs",
        "40",
        "--learning-rate",
        "0.02");
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\"\"") + "\"";
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli.out();
  }

  /** The row as the command line's predict writes it. */
  private static String line(Prediction p) {
    StringBuilder line = new StringBuilder();
    if (p.task() == Task.REGRESSION) {
      p.values().values().forEach(y -> line.append(line.isEmpty() ? "" : ",").append(y));
      return line.toString();
    }
    line.append(Outputs.field(String.join(";", p.labels())));
    p.probabilities().values().forEach(y -> line.append(',').append(y));
    return line.toString();
  }

  private static Map<String, Object> row(Object island, Object bill, Object mass, Object ringed) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("mass", mass);
    row.put("bill", bill);
    row.put("island", island);
    row.put("ringed", ringed);
    return row;
  }

  @Test
  void aRowHasTheBitsOfTheCommandLine() throws IOException {
    Path onnx = folder.resolve("penguins.bin");
    OnnxModel.export(Model.load(model), onnx);
    for (Path file : new Path[] {model, onnx}) {
      String[] wanted = run("predict", "--model", file, "--data", data).split("\n");
      RowPredictor predictor = RowPredictor.load(file);
      assertEquals(List.of("island", "bill", "mass", "ringed"), predictor.columns());
      for (int i = 0; i < 90; i++) {
        Object island = i % 11 == 5 ? null : ISLANDS[(i / 2) % 3];
        double bill = new BigDecimal("" + (30.1 + 7.3 * (i % 3) + i % 5)).doubleValue();
        Integer mass = i % 7 == 2 ? null : Integer.valueOf(5000 - 700 * (i % 3) + i);
        boolean ringed = i % 4 == 0;
        Map<String, Object> row = row(island, bill, mass, ringed);
        Prediction p = predictor.predict(row);
        assertEquals(wanted[i + 1], line(p));
        assertEquals(Set.of(p.label()), p.labels());
        assertEquals(p.probabilities().get(p.label()), p.probability(p.label()));
        row.put("species", "unheard of");
        row.put("id", null);
        row.put("mass", mass == null ? Double.NaN : mass.toString());
        assertEquals(wanted[i + 1], line(predictor.predict(row)));
        assertEquals(wanted[i + 1], line(predictor.predict(island, bill, mass, ringed)));
        assertEquals(
            wanted[i + 1],
            line(predictor.predict(Arrays.asList("id", island, bill, mass, ringed, "species"))));
        Record record = new Penguin((String) island, bill, mass, ringed);
        assertEquals(wanted[i + 1], line(predictor.predict(record)));
      }
    }
  }

  @Test
  void aModelComesFromAFileAStreamOrBytes() throws IOException {
    Path onnx = folder.resolve("penguins.onnx");
    OnnxModel.export(Model.load(model), onnx);
    Object[] row = {"Dream", 40, 4000, false};
    String wanted = RowPredictor.load(model).predict(row).toString();
    for (Path file : new Path[] {model, onnx}) {
      byte[] bytes = Files.readAllBytes(file);
      assertEquals(wanted, RowPredictor.load(bytes).predict(row).toString());
      InputStream in = new ByteArrayInputStream(bytes);
      assertEquals(wanted, RowPredictor.load(in).predict(row).toString());
      byte[] cut = Arrays.copyOf(bytes, bytes.length - 10);
      IOException e = assertThrows(ModelFormatException.class, () -> RowPredictor.load(cut));
      assertTrue(e.getMessage().startsWith("the model's bytes: "), e.getMessage());
    }
    byte[] damaged = Files.readAllBytes(model);
    damaged[damaged.length - 1] ^= 1;
    assertMessage(
        assertThrows(ModelFormatException.class, () -> RowPredictor.load(damaged)),
        "the model's bytes: damaged");
    assertMessage(
        assertThrows(IOException.class, () -> RowPredictor.load(new byte[3])), "the model's bytes");
    assertMessage(
        assertThrows(DataException.class, () -> RowPredictor.load("PK\3\4".getBytes())),
        "the model's bytes: an .npz file, wanted a model");
    assertMessage(
        assertThrows(DataException.class, () -> RowPredictor.load(folder)), "a folder, not a file");
    Path pickle = Files.write(folder.resolve("m.pkl"), new byte[] {(byte) 0x80, 4, 0, 0, 0});
    assertMessage(
        assertThrows(DataException.class, () -> RowPredictor.load(pickle)),
        "m.pkl: a Python pickle (.pkl, .joblib: scikit-learn), wanted a model; convert it with");
  }

  @Test
  void labelsOfOnnxFilesAreNames() throws IOException {
    byte[] labelled;
    byte[] logits;
    try (InputStream a = getClass().getResourceAsStream("labels-3-5-9.onnx");
        InputStream b = getClass().getResourceAsStream("logits.onnx")) {
      labelled = a.readAllBytes();
      logits = b.readAllBytes();
    }
    RowPredictor predictor = RowPredictor.load(labelled);
    assertEquals("5", predictor.predict(0, 9, 0, 0).label());
    Object array = new double[] {0, 9, 0, 0};
    String wanted = predictor.predict(0, 9, 0, 0).toString();
    assertEquals(wanted, predictor.predict(new float[] {0, 9, 0, 0}).toString());
    assertEquals(wanted, predictor.predict(array).toString());
    assertEquals(
        List.of("3", "5", "9"),
        List.copyOf(predictor.predict(0, 9, 0, 0).probabilities().keySet()));
    assertMessage(
        assertThrows(RowException.class, () -> predictor.predict(Map.of("a", 1))),
        "the model knows its columns by their places, not by names: give 4 values in a list");
    assertMessage(
        assertThrows(DataException.class, () -> RowPredictor.load(logits)),
        "the model's bytes: nothing in it says what its 3 outputs are");
    Path file = Files.write(folder.resolve("logits.onnx"), logits);
    Model read = OnnxModel.load(file).toModel();
    List<String> pets = List.of("cat", "dog", "owl");
    Prediction p =
        new RowPredictor(Meaning.of(read, Task.CLASSIFICATION, pets)).predict(0f, 9f, 0f, 0f);
    Model soft = Meaning.withOutput(read, Activation.SOFTMAX);
    Prediction same =
        new RowPredictor(Meaning.of(soft, Task.CLASSIFICATION, pets)).predict(0f, 9f, 0f, 0f);
    assertEquals(same.toString(), p.toString());
    assertEquals(1, p.probabilities().values().stream().mapToDouble(v -> v).sum(), 1e-6);
  }

  @Test
  void aGraphThatDoesNotFoldSaysWhatRunsIt() throws IOException {
    Path file = folder.resolve("abs.onnx");
    new OnnxFile().input("x", 1, -1, 2).node("Abs", "x y").output("y", 1).write(file);
    byte[] bytes = Files.readAllBytes(file);
    for (Throwable e :
        List.of(
            assertThrows(ModelFormatException.class, () -> RowPredictor.load(file)),
            assertThrows(ModelFormatException.class, () -> RowPredictor.load(bytes)))) {
      assertMessage(e, "node 0 (Abs, opset 17): it cannot be folded into a network");
      assertMessage(e, "; OnnxModel.rows() and lanewise predict run the graph as it is");
    }
  }

  @Test
  void oneOutputTellsTwoClasses() throws IOException {
    Network network = Network.builder(1).dense(1, Activation.SIGMOID).zeros().build();
    network.parameters()[0] = 1;
    Model read = new Model(network, Map.of());
    RowPredictor predictor =
        new RowPredictor(Meaning.of(read, Task.CLASSIFICATION, List.of("no", "yes")));
    assertEquals("yes", predictor.predict(1e-9).label());
    assertEquals("no", predictor.predict(0).label());
    Prediction p = predictor.predict(2);
    float yes = network.predict(new float[] {2}, 1)[0];
    assertEquals(Map.of("no", 1 - yes, "yes", yes), p.probabilities());
    assertMessage(
        assertThrows(IllegalArgumentException.class, () -> p.probability("yess")),
        "name: got \"yess\", wanted one of no, yes: is it \"yes\"?");
    assertMessage(
        assertThrows(IllegalStateException.class, p::value),
        "value(): the prediction is a classification: call label() or probabilities()");
  }

  @Test
  void severalLabelsAreASet() throws IOException {
    Network network = Network.builder(2).dense(3).loss(Loss.BINARY_CROSS_ENTROPY).zeros().build();
    network.parameters()[0] = 1;
    network.parameters()[2] = 2;
    Model read = new Model(network, Map.of());
    RowPredictor predictor =
        new RowPredictor(Meaning.of(read, Task.MULTILABEL, List.of("red", "green", "blue")));
    Prediction p = predictor.predict(3, 0);
    assertEquals(List.of("red", "blue"), List.copyOf(p.labels()));
    assertEquals(0.5f, p.probability("green"));
    assertEquals(1 / (1 + Math.exp(-6)), p.probability("blue"), 1e-6);
    assertEquals(Set.of(), predictor.predict(-1, 0).labels());
    assertThrows(IllegalStateException.class, p::label);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRegressionIsInTheUnitOfItsTarget(boolean several) throws IOException {
    StringBuilder text = new StringBuilder("rooms,price,tax\n");
    for (int i = 0; i < 60; i++) {
      text.append(i / 10.0).append(',').append(200_000 + 10_000 * i).append(',').append(i);
      text.append('\n');
    }
    Path houses = write("houses.csv", text.toString());
    List<String> targets = several ? List.of("price", "tax") : List.of("price");
    List<String> ignored = several ? List.of() : List.of("tax");
    Encoding.Encoded table = new CsvReader().targets(targets).ignore(ignored).read(houses);
    Regressor regressor = new Regressor().hiddenLayers(8).seed(1).fit(table.dataset());
    Path file = folder.resolve("houses.safetensors");
    Meaning.of(regressor.network(), table.encoding()).model().save(file);
    Prediction p = RowPredictor.load(file).predict(Map.of("rooms", 3));
    String[] wanted =
        run("predict", "--model", file, "--data", write("x.csv", "rooms\n3\n")).split("\n");
    assertEquals(wanted[1], line(p));
    assertEquals(wanted[0], String.join(",", p.values().keySet()));
    assertEquals(500_000, p.value("price"), 60_000);
    if (several) {
      assertMessage(
          assertThrows(IllegalStateException.class, p::value),
          "value() is of one target, it has price, tax: call value(name)");
    } else {
      assertEquals(p.value("price"), p.value());
    }
    assertThrows(IllegalStateException.class, p::label);
  }

  @Test
  void aTableBecomesAModelOfRawRows() throws IOException {
    CsvReader csv = new CsvReader().label("species").ignore(List.of("id"));
    csv.categories(List.of("island", "ringed")).missing(CsvReader.Missing.MEDIAN);
    Encoding.Encoded table = csv.read(data);
    Classifier classifier = new Classifier().seed(1).epochs(30).fit(table.dataset());
    Path file = folder.resolve("classifier.safetensors");
    Meaning.of(classifier.network(), table.encoding()).model().save(file);
    String[] wanted = run("predict", "--model", file, "--data", data).split("\n");
    Map<String, Object> row = row(ISLANDS[0], 30.1, 5000, true);
    assertEquals(wanted[1], line(RowPredictor.load(file).predict(row)));
    assertTrue(classifier.score(table.dataset()) > 0.9);
    assertThrows(
        DataException.class,
        () -> Meaning.of(Network.builder(2).dense(3).build(), csv.read(data).encoding()));
  }

  private static void assertMessage(Throwable e, String wanted) {
    assertTrue(e.getMessage().contains(wanted), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  private static void assertWrong(
      RowPredictor predictor, Map<String, ?> row, String column, String message) {
    RowException e = assertThrows(RowException.class, () -> predictor.predict(row));
    assertEquals(message, e.getMessage());
    assertEquals(column, e.column());
  }

  @Test
  void whatTheModelCannotTakeIsOneLine() throws IOException {
    RowPredictor p = RowPredictor.load(model);
    String islands = "one of the categories Biscoe, Dream, Torgersen, north";
    assertWrong(
        p,
        row("Biscoo", 40, 4000, true),
        "island",
        "column \"island\": got \"Biscoo\", wanted " + islands + ": is it \"Biscoe\"?");
    assertWrong(p, row(7, 40, 4000, true), "island", "column \"island\": got 7, wanted " + islands);
    assertWrong(
        p,
        row(new ArrayList<>(List.of(1)), 40, 4000, true),
        "island",
        "column \"island\": got \"[1]\" (ArrayList), wanted " + islands);
    assertWrong(
        p,
        row("Dream", "heavy", 4000, true),
        "bill",
        "column \"bill\": got \"heavy\", wanted a number");
    assertWrong(
        p,
        row("Dream", 40, true, true),
        "mass",
        "column \"mass\": got \"true\" (Boolean), wanted a number");
    for (Object large : new Object[] {1e39, "1e39", Float.NEGATIVE_INFINITY}) {
      RowException e =
          assertThrows(RowException.class, () -> p.predict(row("Dream", large, 4000, true)));
      assertMessage(e, ", wanted a number that is a finite float");
    }
    Map<String, Object> wrongName = row("Dream", 40, 4000, true);
    wrongName.put("Body_mass", wrongName.remove("mass"));
    assertWrong(
        p,
        wrongName,
        "mass",
        "column \"mass\": not in the row, wanted a number, or null; the row has Body_mass instead");
    wrongName.put("mas", wrongName.remove("Body_mass"));
    assertWrong(
        p,
        wrongName,
        "mass",
        "column \"mass\": not in the row, wanted a number, or null; the row has mas instead: is it"
            + " \"mas\"?");
    Map<String, Object> more = row("Dream", 40, 4000, true);
    more.put("Ringd", 1);
    assertWrong(
        p,
        more,
        "Ringd",
        "column \"Ringd\": not one of those that the model takes, island, bill, mass, ringed: is it"
            + " \"ringed\"?");
    assertMessage(
        assertThrows(RowException.class, () -> p.predict("Dream", 40, 4000)),
        "the row has 3 values, wanted 4: island, bill, mass, ringed; or all 6 columns as they were"
            + " in the training");
    assertMessage(
        assertThrows(RowException.class, () -> p.predict("Dream", 40, "x", true)),
        "column \"mass\": got \"x\", wanted a number");
    assertMessage(
        assertThrows(IllegalArgumentException.class, () -> p.encode(more, new float[6], 0)), "x");
  }

  @Test
  void theCommandLineSaysWhatIsNearestToo() throws IOException {
    Object[][] cases = {
      {"island,bill,mass,ringed\nBiscoo,1,2,TRUE\n", "Torgersen, north: is it \"Biscoe\"?"},
      {"island,Bill,mass,ringd\nBiscoe,1,2,TRUE\n", "ringed, species: is it \"bill\"?"}
    };
    for (Object[] one : cases) {
      Cli cli = Cli.run("predict", "--model", model, "--data", write("x.csv", (String) one[0]));
      assertEquals(2, cli.code());
      assertTrue(cli.err().stripTrailing().endsWith((String) one[1]), cli.err());
    }
    Cli cli = Cli.run("train", "--data", data, "--label", "specie", "--out", model);
    assertEquals(2, cli.code());
    assertTrue(cli.err().stripTrailing().endsWith("species: is it \"species\"?"), cli.err());
  }

  @Test
  void aMissingValueIsAnErrorWhereTheTrainingHadNone() throws IOException {
    Path small = write("small.csv", "a,c,y\n1,u,no\n2,v,yes\n3,u,no\n4,v,yes\n");
    Path file = folder.resolve("small.safetensors");
    run("train", "--data", small, "--category", "c", "--epochs", "1", "--out", file);
    RowPredictor p = RowPredictor.load(file);
    for (Object none : new Object[] {null, Double.NaN, Float.NaN, "", " ", "NA", "?", "nan"}) {
      Map<String, Object> row = new HashMap<>();
      row.put("a", none);
      row.put("c", "u");
      RowException e = assertThrows(RowException.class, () -> p.predict(row));
      assertEquals("a", e.column());
      assertMessage(e, "wanted a number; the model was trained to take no missing value there");
    }
    for (Object none : new Object[] {null, "", " ", "NA", "?"}) {
      RowException e = assertThrows(RowException.class, () -> p.predict(1, none));
      assertEquals("c", e.column());
      assertMessage(e, "wanted one of the categories u, v; the model was trained to take no");
    }
  }

  @Test
  void numbersAreWhatTheirTextsAreInAFile() throws IOException {
    RowPredictor p = RowPredictor.load(model);
    // Halfway between two floats, with a text on one side: 1 + 2^-24 + 2^-30 - ... as a double.
    double halfway = 33554433.0;
    double tiny = 1.1754942106924412e-38;
    for (double bill : new double[] {0.1, 40.7, halfway, tiny, 1e-45, 16777217, -3e38, 1 / 3.0}) {
      float[] x = new float[p.predictor().nIn()];
      p.encode(row("Dream", bill, 4000, true), x, 0);
      assertEquals(Float.parseFloat(Double.toString(bill)), x[3], "" + bill);
      p.encode(row("Dream", new BigDecimal(Double.toString(bill)), 4000, true), x, 0);
      assertEquals(Float.parseFloat(Double.toString(bill)), x[3], "" + bill);
    }
    float[] x = new float[p.predictor().nIn() + 1];
    for (Object same :
        new Object[] {40L, (short) 40, (byte) 40, 40f, 40.0, "40", " 40\t", "4e1", "+40.0"}) {
      p.encode(Arrays.asList(Island.Dream, same, 4000, "TRUE"), x, 1);
      assertArrayEquals(new float[] {0, 0, 1, 0, 40, 4000, 0, 1}, x, "" + same);
    }
  }

  @Test
  void numbersMayBeCategories() throws IOException {
    Path coded = write("coded.csv", "k,y\n1,no\n2.0,yes\n01,no\nx,yes\n");
    Path file = folder.resolve("coded.safetensors");
    run(
        "train",
        "--data",
        coded,
        "--category",
        "k",
        "--unknown-category",
        "zeros",
        "--epochs",
        "1",
        "--out",
        file);
    RowPredictor p = RowPredictor.load(file);
    float[] x = new float[4];
    Object[][] cases = {
      {1, 1}, {1.0, 1}, {2, 2}, {2f, 2}, {"01", 0}, {'x', 3}, {"1.0", -1}, {3, -1}
    };
    for (Object[] one : cases) {
      p.encode(List.of(one[0]), x, 0);
      float[] wanted = new float[4];
      if ((int) one[1] >= 0) {
        wanted[(int) one[1]] = 1;
      }
      assertArrayEquals(wanted, x, "" + one[0]);
    }
  }

  @Test
  void manyThreadsHaveTheSameBits() throws Exception {
    RowPredictor p = RowPredictor.load(model);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      rows.add(row(ISLANDS[i % 3], 30 + i / 2.0, 3000 + 20 * i, i % 2 == 0));
    }
    List<String> wanted = rows.stream().map(row -> p.predict(row).toString()).toList();
    List<List<String>> got = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      List<String> mine = new ArrayList<>();
      got.add(mine);
      threads.add(
          Thread.startVirtualThread(
              () ->
                  IntStream.range(0, 640)
                      .forEach(i -> mine.add(p.predict(rows.get(i % 64)).toString()))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (List<String> mine : got) {
      for (int i = 0; i < 640; i++) {
        assertEquals(wanted.get(i % 64), mine.get(i));
      }
    }
  }

  @Test
  void outputsThatAreNanAreNoPrediction() throws IOException {
    Network network = Network.builder(1).dense(2, Activation.SOFTMAX).zeros().build();
    network.parameters()[0] = Float.NaN;
    RowPredictor p = new RowPredictor(Meaning.of(new Model(network, Map.of())));
    assertMessage(
        assertThrows(IllegalStateException.class, () -> p.predict(1)),
        "outputs of the row are NaN");
  }
}
