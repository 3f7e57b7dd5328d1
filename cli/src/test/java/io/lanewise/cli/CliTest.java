package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeData() throws IOException {
    StringBuilder text = new StringBuilder("width,height,kind\n");
    for (int i = 0; i < 60; i++) {
      boolean tall = i % 2 == 0;
      text.append(tall ? 10 : 80 + i % 7).append(',').append(tall ? 70 + i % 5 : 20).append(',');
      text.append(tall ? "tall" : "wide flat").append('\n');
    }
    data = Files.writeString(folder.resolve("shapes.csv"), text);
    model = folder.resolve("shapes.safetensors");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Cli train(Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of(more));
    String[] defaults = {
      "--layers", "8", "--scale", "0.01", "--epochs", "60", "--learning-rate", "0.01"
    };
    for (int i = 0; i < defaults.length; i += 2) {
      if (!args.contains(defaults[i])) {
        args.addAll(List.of(defaults[i], defaults[i + 1]));
      }
    }
    return Cli.run(args.toArray());
  }

  /** One line on the error stream that says all this, the exit code, and nothing else. */
  private static void assertFails(int code, Cli run, String... parts) {
    assertEquals(code, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    for (String part : parts) {
      assertTrue(run.err().contains(part), run.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "train",
        "evaluate",
        "predict",
        "gradcheck",
        "diff",
        "inspect",
        "info",
        "export",
        "import"
      })
  void everyCommandHasHelpWithExamples(String command) {
    Cli help = Cli.run(command, "--help");
    assertEquals(0, help.code());
    assertTrue(help.out().contains("Examples:"), help.out());
    assertTrue(help.out().contains("  lanewise " + command), help.out());
    assertTrue(Cli.run("--help").out().contains("  " + command), command);
  }

  @Test
  void versionAndMissingCommandsAreHandled() {
    assertTrue(Cli.run("--version").out().startsWith("lanewise "));
    assertFails(2, Cli.run(), "lanewise: Missing required subcommand");
  }

  @Test
  void metricsAreInTheHistoryAndMayBeWatched() throws IOException {
    Path history = folder.resolve("metrics.csv");
    Path page = folder.resolve("metrics.html");
    Cli train =
        train(
            "--validation-split",
            "0.2",
            "--metrics",
            "f1-macro,roc-auc",
            "--patience",
            "3",
            "--monitor",
            "validation_log_loss",
            "--history",
            history + "," + page);
    assertEquals(0, train.code(), train.err());
    String head = Files.readAllLines(history).get(0);
    String wanted = ",validation_f1_macro,validation_roc_auc,validation_log_loss";
    assertTrue(head.endsWith(wanted), head);
    assertTrue(Files.readString(page).contains("<th>validation roc auc</th>"));
    assertTrue(train.out().contains("  val f1-macro "), train.out());
    assertFails(2, train("--metrics", "f1"), "--metrics");
    assertFails(2, train("--metrics", "f1-macro"), "--metrics: f1-macro needs --validation or");
    assertFails(2, train("--patience", "3", "--monitor", "validation_f1"), "--monitor");
  }

  @Test
  void trainEvaluatePredictInspect() throws IOException {
    Path plot = folder.resolve("curves.svg");
    Path history = folder.resolve("history.csv");
    Cli train =
        train("--validation-split", "0.2", "--plot", plot, "--history", history, "--threads", "2");
    assertEquals(0, train.code(), train.err());
    assertTrue(Files.readString(plot).contains("<svg"));
    List<String> lines = Files.readAllLines(history);
    assertEquals(61, lines.size());
    assertEquals(7, lines.get(60).split(",").length);

    Cli evaluate = Cli.run("evaluate", "--model", model, "--data", data, "--label", "kind");
    assertEquals(0, evaluate.code(), evaluate.err());
    assertTrue(evaluate.out().contains("accuracy  1.0000"), evaluate.out());
    assertTrue(evaluate.out().contains("wide flat"), evaluate.out());
    for (String figure : List.of("log loss  0.", "ROC-AUC   1.0000", "macro mean ")) {
      assertTrue(evaluate.out().contains(figure), evaluate.out());
    }
    assertTrue(
        evaluate.out().lines().anyMatch(s -> s.matches("tall +1.0000 +1.0000 +1.0000 +\\d+")),
        evaluate.out());

    Path features = write("features.csv", "10,70\n85,20\n");
    Cli predict = Cli.run("predict", "--model", model, "--data", features);
    assertEquals(0, predict.code(), predict.err());
    List<String> rows = predict.out().lines().toList();
    assertEquals("class,tall,wide flat", rows.get(0));
    assertTrue(rows.get(1).startsWith("tall,0."), rows.get(1));
    assertTrue(rows.get(2).startsWith("wide flat,0."), rows.get(2));
    Path file = folder.resolve("predictions.csv");
    Cli.run("predict", "--model", model, "--data", data, "--label", "kind", "--out", file);
    assertEquals(61, Files.readAllLines(file).size());

    Cli inspect = Cli.run("inspect", model);
    assertEquals(0, inspect.code(), inspect.err());
    for (String part : List.of("2 x 8", "8 x 2", "label,kind,2,tall,wide flat", "SHA-256")) {
      assertTrue(inspect.out().contains(part), inspect.out());
    }
    assertTrue(train.out().contains(inspect.out().lines().toList().getLast().substring(12)));
  }

  @Test
  void theSameCommandWritesTheSameBytesOnAnyKernelsAndThreads() throws IOException {
    train("--kernels", "scalar");
    byte[] first = Files.readAllBytes(model);
    train("--kernels", "auto", "--threads", "3");
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(model)));
  }

  @Test
  void regressionPredictsNumbers() throws IOException {
    StringBuilder text = new StringBuilder("x,y\n");
    for (int i = 0; i < 40; i++) {
      text.append(i / 40.0).append(',').append(3 * i / 40.0 + 1).append('\n');
    }
    data = write("line.csv", text.toString());
    Cli train =
        train(
            "--regression",
            "--scale",
            "1",
            "--layers",
            "none",
            "--epochs",
            "300",
            "--learning-rate",
            "0.1");
    assertEquals(0, train.code(), train.err());
    Path x = write("x.csv", "x\n0.5\n");
    List<String> rows = Cli.run("predict", "--model", model, "--data", x).out().lines().toList();
    assertEquals("y", rows.get(0));
    assertEquals(2.5, Double.parseDouble(rows.get(1)), 0.01);
    Cli evaluate = Cli.run("evaluate", "--model", model, "--data", data);
    assertTrue(!evaluate.out().contains("loss") && !evaluate.out().contains("accuracy"));
    for (String figure : List.of("R2  ", "MAE  ", "RMSE  ")) {
      assertTrue(evaluate.out().lines().anyMatch(s -> s.startsWith(figure)), evaluate.out());
    }
  }

  @Test
  void aSigmoidOfTwoClassesHasOneOutput() throws IOException {
    assertEquals(0, train("--output", "sigmoid").code());
    assertTrue(Cli.run("inspect", model).out().contains("8 x 1"));
    Cli evaluate = Cli.run("evaluate", "--model", model, "--data", data);
    assertTrue(evaluate.out().contains("accuracy  1.0000"), evaluate.out() + evaluate.err());
    Path features = write("features.csv", "10,70\n85,20\n");
    Cli predict = Cli.run("predict", "--model", model, "--data", features);
    List<String> rows = predict.out().lines().toList();
    assertEquals("class,tall,wide flat", rows.get(0));
    assertTrue(rows.get(1).startsWith("tall,") && rows.get(2).startsWith("wide flat,"));
  }

  @Test
  void badDataIsOneLineThatNamesThePlaceAndNothingIsOverwritten() throws IOException {
    train();
    byte[] before = Files.readAllBytes(model);
    data = folder.resolve("none.csv");
    assertFails(2, train(), "none.csv: no such file");
    data = write("bad.csv", "1,2,0\n1,2\n");
    assertFails(2, train(), "bad.csv: line 2: 2 columns, wanted 3");
    data = write("bad.csv", "1,2,0\n1,x,1\n");
    assertFails(2, train(), "bad.csv: line 2, column 2: \"x\" is not a number");
    data = write("bad.csv", "1,2,0\n1,NaN,1\n");
    assertFails(2, train(), "bad.csv: line 2, column 2: \"NaN\" is not a finite float");
    data = write("bad.csv", "1,2,0\n1,2,0.5\n");
    assertFails(2, train(), "bad.csv: line 2, column 3: label \"0.5\" is not a whole number");
    data = folder;
    assertFails(2, train(), "a folder");
    String named = folder + ": a folder, not a file";
    assertFails(2, Cli.run("inspect", folder), named);
    assertFails(2, Cli.run("import", folder, model), named);
    assertFails(2, Cli.run("export", folder, folder.resolve("x.onnx")), named);
    assertFails(2, Cli.run("predict", "--model", folder, "--data", data), named);
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(model)));
  }

  @Test
  void aLossThatIsNoNumberEndsWithOneLineAndCode1() throws IOException {
    train();
    byte[] before = Files.readAllBytes(model);
    Cli run = train("--optimizer", "sgd", "--learning-rate", "1e30", "--loss", "mse");
    assertFails(1, run, "the loss is");
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(model)));
  }

  @Test
  void badModelsAreOneLine() throws IOException {
    train();
    Path cut = folder.resolve("cut.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    for (int length : new int[] {0, 4, 100, bytes.length - 1}) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertFails(2, Cli.run("evaluate", "--model", cut, "--data", data), "cut.safetensors: ");
      assertFails(2, Cli.run("predict", "--model", cut, "--data", data), "cut.safetensors: ");
      assertFails(2, Cli.run("inspect", cut), "cut.safetensors: ");
    }
    assertFails(2, Cli.run("inspect", folder.resolve("none")), "none: no such file");
  }

  @Test
  void aWidthThatDoesNotMatchTheModelIsOneLine() throws IOException {
    train();
    Path narrow = write("narrow.csv", "1,0\n2,1\n");
    Path named = write("named.csv", "1,tall\n2,wide flat\n");
    Path three = write("three.csv", "1,2,3,4\n");
    assertFails(
        2,
        Cli.run("evaluate", "--model", model, "--data", named),
        "named.csv: no column \"kind\": it has no header and 2 columns");
    assertFails(
        2,
        Cli.run("evaluate", "--model", model, "--data", narrow),
        "narrow.csv: no column \"kind\"");
    assertFails(
        2, Cli.run("predict", "--model", model, "--data", three), "4 columns, but the model");
    Path out = write("p.csv", "old");
    assertFails(
        2, Cli.run("predict", "--model", model, "--data", three, "--out", out), "4 columns");
    assertEquals("old", Files.readString(out));
  }

  @Test
  void badOptionsAreOneLine() throws IOException {
    assertFails(2, train("--epoch", "3"), "lanewise train: unknown option --epoch", "--epochs");
    assertFails(2, train("--activation", "relo"), "--activation", "\"relo\" is none of", "gelu");
    assertFails(2, train("--initializer", "best"), "\"best\" is none of he-normal", "auto");
    assertFails(2, train("--layers", "8,x"), "--layers: word 2, \"x\" at character 3");
    assertFails(2, train("--layers", "8 [ 7 ]"), "--layers: word 2, \"[\"", "makes 7");
    assertFails(2, train("--threads", "0"), "--threads", "1..1024 or all");
    assertFails(2, train("--kernels", "gpu"), "\"gpu\"");
    assertFails(2, train("--epochs", "0"), "epochs must be >= 1");
    assertFails(2, train("--epochs", "many"), "--epochs", "a whole number, got \"many\"");
    assertFails(2, train("--learning-rate", "-1"), "--learning-rate must");
    assertFails(2, train("--scale", "NaN"), "--scale");
    assertFails(2, train("--validation-split", "2"), "--validation-split");
    assertFails(2, train("--plot", folder), "is a folder");
    assertFails(2, train("--history", folder.resolve("no/h.csv")), "does not exist");
    assertFails(2, Cli.run("train", "--out", model), "--data");
    assertFails(2, Cli.run("demo", "--out", data), "shapes.csv is a file, not a folder");
    assertFails(2, Cli.run("trian"), "trian", "train");
    assertFails(2, Cli.run("gradcheck", "--model", model), "--model and --data go together");
    assertFalse(Files.exists(model));
  }

  @Test
  void verboseShowsTheStackTrace() {
    Cli run = Cli.run("inspect", "--verbose", folder.resolve("none"));
    assertEquals(2, run.code());
    assertTrue(run.err().contains("\tat io.lanewise"), run.err());
  }

  private Path idx(String name, int rows, int dimensions, IntUnaryOperator value)
      throws IOException {
    int size = dimensions == 1 ? rows : 4 * rows;
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * dimensions + size);
    out.put(new byte[] {0, 0, 8, (byte) dimensions}).putInt(rows);
    for (int d = 1; d < dimensions; d++) {
      out.putInt(2);
    }
    for (int i = 0; i < size; i++) {
      out.put((byte) value.applyAsInt(i));
    }
    return Files.write(folder.resolve(name), out.array());
  }

  @Test
  void idxFilesAreTrainedOnAndEvaluated() throws IOException {
    data = idx("images", 30, 3, i -> i / 4 % 3 == i % 4 ? 255 : i % 7);
    Path labels = idx("labels", 30, 1, i -> i % 3);
    Cli trained = train("--labels", labels, "--scale", "1");
    assertEquals(0, trained.code(), trained.err());
    Cli evaluated = Cli.run("evaluate", "--model", model, "--data", data, "--labels", labels);
    assertTrue(evaluated.out().contains("accuracy  1.0000"), evaluated.out() + evaluated.err());
    Cli predicted = Cli.run("predict", "--model", model, "--data", data);
    assertTrue(predicted.out().startsWith("class,0,1,2\n0,"), predicted.out());
    assertFails(2, train(), "images is an IDX file", "--labels");
    Path few = idx("few", 29, 1, i -> 0);
    assertFails(2, train("--labels", few), "few: 29 labels for the 30 rows");
    data = write("plain.csv", "1,2,0\n3,4,1\n");
    assertFails(2, train("--labels", labels), "plain.csv is a CSV file");
  }

  @Test
  void gradcheckAndDiffPassOnANewNetworkAndOnAModel() throws IOException {
    train();
    for (String command : List.of("gradcheck", "diff")) {
      Cli fresh = Cli.run(command, "--layers", "12,7", "--activation", "gelu", "--rows", "8");
      assertEquals(0, fresh.code(), fresh.out() + fresh.err());
      Cli saved = Cli.run(command, "--model", model, "--data", data);
      assertEquals(0, saved.code(), saved.out() + saved.err());
    }
    assertTrue(Cli.run("gradcheck", "--layers", "12").out().contains("Excellent"));
    String diff = Cli.run("diff").out();
    assertTrue(diff.contains("identical"), diff);
    for (String part : List.of("matmul NN, then relu", "19x67x64", "19x35x67", "never called")) {
      assertTrue(diff.contains(part), diff);
    }
    // The digits have 64 columns, of which the gradient of the input is one product.
    assertTrue(diff.contains("without the tail of a vector: matmul NT\n"), diff);
  }

  @Test
  void infoNamesTheKernels() {
    Cli info = Cli.run("info");
    assertEquals(0, info.code());
    assertTrue(info.out().contains("kernels  simd"), info.out());
    assertTrue(info.out().contains("--add-modules=jdk.incubator.vector"), info.out());
  }

  /** That of GoldenHashTest, which trains the same network in every way there is. */
  @Test
  void theDemoTrainsToTheGoldenHash() {
    Network network = DemoCommand.network();
    Dataset rows = SampleData.digits().slice(0, DemoCommand.TRAINING_ROWS);
    DemoCommand.trainer(network, KernelLookup.best()).epochs(3).fit(rows);
    assertEquals(
        "a150977811afbdbaf3c497b58f60d666552ba110eb55fcb75c230af5c6252c0e", Text.sha256(network));
  }

  @Test
  void demoPassesItsChecksAndWritesModelAndPlot() throws IOException {
    Path out = folder.resolve("demo out");
    Cli demo = Cli.run("demo", "--out", out);
    assertEquals(0, demo.code(), demo.out() + demo.err());
    List<String> parts =
        List.of("test accuracy 0.9", "actual \\ predicted", "Excellent", "identical", "rows/s");
    for (String part : parts) {
      assertTrue(demo.out().contains(part), demo.out());
    }
    Cli inspect = Cli.run("inspect", out.resolve("digits.safetensors"));
    String hash = inspect.out().lines().toList().getLast().substring(12);
    assertTrue(demo.out().contains(hash), demo.out());
    assertTrue(Files.readString(out.resolve("digits.svg")).contains("<svg"));
    String report = Files.readString(out.resolve("digits.html"));
    assertTrue(report.contains("<h2>On the 360 test rows</h2>") && report.contains(hash), report);
  }
}
