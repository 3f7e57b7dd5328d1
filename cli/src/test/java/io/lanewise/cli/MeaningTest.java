package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.numpy.Npz;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the outputs of other makers' models mean: the task, the classes, which output. */
class MeaningTest {
  @TempDir Path folder;
  private Path rows;

  @BeforeEach
  void write() throws IOException {
    rows = folder.resolve("rows.csv");
    Files.writeString(rows, "a,b,c,d\n9,0,0,0\n0,9,0,0\n0,0,9,0\n");
  }

  private Path sample(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = MeaningTest.class.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private static String run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli.out();
  }

  private static void assertFails(String message, Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(2, cli.code(), cli.out());
    assertTrue(cli.err().contains(message), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  private static String column(String csv, int column) {
    return String.join(" ", csv.lines().map(line -> line.split(",")[column]).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"import", "predict", "evaluate"})
  void logitsAreAskedFor(String command) throws IOException {
    Path logits = sample("logits.onnx");
    String wanted =
        "nothing in it says what its 3 outputs are (the last activation is identity): add --task"
            + " classification, --task regression or --task multilabel";
    if (command.equals("import")) {
      assertFails(wanted, command, logits, folder.resolve("x.safetensors"));
    } else {
      assertFails(wanted, command, "--model", logits, "--data", rows);
    }
    assertFalse(Files.exists(folder.resolve("x.safetensors")));
  }

  @Test
  void theTaskIsKept() throws IOException {
    Path logits = sample("logits.onnx");
    for (String ending : new String[] {"safetensors", "onnx"}) {
      Path model = folder.resolve("model." + ending);
      run("import", logits, model, "--task", "classification", "--classes", "cat,dog,\"o,wl\"");
      String csv = run("predict", "--model", model, "--data", rows);
      assertTrue(csv.startsWith("class,cat,dog,\"o,wl\"\n"), csv);
      run("import", logits, model, "--task", "regression");
      csv = run("predict", "--model", model, "--data", rows);
      assertTrue(csv.startsWith("output1,output2,output3\n"), csv);
      run("import", logits, model, "--task", "multilabel", "--classes", "a,b,c");
      csv = run("predict", "--model", model, "--data", rows);
      assertTrue(csv.startsWith("labels,a,b,c\n"), csv);
    }
  }

  @Test
  void outputsThatAreTakenAsTheyAreAreSaidToBe() throws IOException {
    Path logits = sample("logits.onnx");
    Cli cli = Cli.run("predict", "--model", logits, "--data", rows, "--output", "identity");
    assertEquals(0, cli.code());
    assertTrue(cli.out().startsWith("output1,output2,output3\n"), cli.out());
    assertTrue(cli.err().contains("if they are logits of classes, say --task"), cli.err());
    Path model = folder.resolve("weights.safetensors");
    Model.save(Network.builder(4).dense(3).seed(1).build(), model);
    Path out = folder.resolve("out.safetensors");
    String text = run("import", model, out, "--activation", "relu", "--output", "identity");
    assertTrue(text.contains("if they are logits of classes, say --task"), text);
    assertTrue(text.endsWith("task: regression\n"), text);
    run("import", model, out, "--activation", "relu", "--output", "identity", "--classes", "a,b,c");
    assertTrue(run("predict", "--model", out, "--data", rows).startsWith("class,a,b,c\n"));
    assertFails(
        "nothing in it says what its 3 outputs are",
        "import",
        model,
        out,
        "--activation",
        "relu",
        "--output",
        "tanh");
  }

  @Test
  void softmaxAfterLogitsIsOfTheSameClass() throws IOException {
    Path logits = sample("logits.onnx");
    String plain = run("predict", "--model", logits, "--data", rows, "--task", "classification");
    String soft = run("predict", "--model", logits, "--data", rows, "--output", "softmax");
    assertEquals(column(plain, 0), column(soft, 0));
    for (String line : soft.lines().skip(1).toList()) {
      String[] p = line.split(",");
      double sum = Double.parseDouble(p[1]) + Double.parseDouble(p[2]) + Double.parseDouble(p[3]);
      assertEquals(1, sum, 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"tanh,2", "elu,3", "sigmoid,3", "relu,1"})
  void noTaskIsReadOffTheLastActivation(String last, int nOut) throws IOException {
    Network network = Network.builder(4).dense(nOut, Activation.parse(last)).seed(1).build();
    Path onnx = folder.resolve("foreign.onnx");
    OnnxModel.export(network, onnx);
    // As others write it: their files have no loss.
    String text = Files.readString(onnx, java.nio.charset.StandardCharsets.ISO_8859_1);
    Files.writeString(
        onnx,
        text.replace("lanewise.loss", "otherwiseloss"),
        java.nio.charset.StandardCharsets.ISO_8859_1);
    assertFails("nothing in it says what", "predict", "--model", onnx, "--data", rows);
    run("predict", "--model", onnx, "--data", rows, "--task", "classification");
    assertFails("already", "predict", "--model", onnx, "--data", rows, "--output", "softmax");
  }

  @Test
  void multilabelHasAllThatSayYes() throws IOException {
    Network network = Network.builder(4).dense(3, Activation.SIGMOID).zeros().build();
    float[] p = network.parameters();
    p[0] = 1;
    p[2] = 1;
    p[4] = 1;
    Path model = folder.resolve("model.safetensors");
    Model.save(network, model);
    assertFails("--task multilabel", "predict", "--model", model, "--data", rows);
    String csv =
        run(
            "predict",
            "--model",
            model,
            "--data",
            rows,
            "--task",
            "multilabel",
            "--classes",
            "a,b,c");
    assertEquals("labels a;c b ", column(csv, 0) + (csv.endsWith(",0.5,0.5,0.5\n") ? "" : "?"));
  }

  /** scikit-learn's accuracy_score, hamming_loss and classification_report of the same rows. */
  @Test
  void multilabelIsMeasuredAsScikitLearnDoes() throws IOException {
    Network network = Network.builder(3).dense(3, Activation.SIGMOID).zeros().build();
    float[] p = network.parameters();
    p[0] = 1;
    p[4] = 1;
    p[8] = 1;
    Path model = folder.resolve("model.safetensors");
    Model.save(network, model);
    // Predicted are 1 0 0, 1 1 0, 0 0 1, 0 0 0.
    Path data = folder.resolve("labels.csv");
    Files.writeString(data, "1,-1,-1,1,0,0\n1,1,-1,1,0,1\n-1,-1,1,0,1,1\n-1,-1,-1,0,0,0\n");
    String text =
        run(
            "evaluate",
            "--model",
            model,
            "--data",
            data,
            "--task",
            "multilabel",
            "--classes",
            "a,b,c");
    for (String line :
        new String[] {
          "rows      4",
          "accuracy  0.5000, all labels of a row",
          "Hamming   0.2500",
          "a                1.0000     1.0000  1.0000  1.0000     2",
          "b                0.5000     0.0000  0.0000  0.0000     1",
          "c                0.7500     1.0000  0.5000  0.6667     2",
          "micro mean       0.7500     0.7500  0.6000  0.6667",
          "macro mean       0.7500     0.6667  0.5000  0.5556",
          "weighted mean    0.8000     0.8000  0.6000  0.6667"
        }) {
      assertTrue(text.lines().anyMatch(s -> s.strip().equals(line)), text);
    }
    // By their names, wherever they stand.
    Files.writeString(
        data, "c,x,b,y,a,z\n0,1,0,-1,1,-1\n1,1,0,1,1,-1\n1,-1,1,-1,0,1\n0,-1,0,-1,0,-1\n");
    String named =
        run(
            "evaluate",
            "--model",
            model,
            "--data",
            data,
            "--task",
            "multilabel",
            "--classes",
            "a,b,c");
    assertEquals(text.replaceAll("speed.*", ""), named.replaceAll("speed.*", ""));
    Files.writeString(data, "1,-1,-1,1,0,0\n1,1,-1,1,0,2\n");
    assertFails(
        "labels.csv: row 2: output3 is 2.0: a label is 0 or 1",
        "evaluate",
        "--model",
        model,
        "--data",
        data,
        "--task",
        "multilabel");
  }

  @Test
  void whatTrainMadeOfSeveralYesOrNoIsMultilabel() throws IOException {
    Path data = folder.resolve("data.csv");
    Files.writeString(data, "x,u,v\n-1,0,1\n-1,0,1\n1,1,0\n1,1,0\n");
    Path model = folder.resolve("model.safetensors");
    run(
        "train",
        "--data",
        data,
        "--targets",
        "u,v",
        "--loss",
        "binary-cross-entropy",
        "--output",
        "sigmoid",
        "--layers",
        "8",
        "--epochs",
        "200",
        "--learning-rate",
        "0.05",
        "--out",
        model);
    assertEquals("labels v v u u", column(run("predict", "--model", model, "--data", data), 0));
    String text = run("evaluate", "--model", model, "--data", data);
    assertTrue(text.contains("accuracy  1.0000, all labels of a row"), text);
  }

  @Test
  void ourOwnModelsKnowTheirTask() throws IOException {
    Path model = folder.resolve("model.safetensors");
    Model.save(Network.builder(4).dense(2).seed(1).build(), model);
    assertTrue(run("predict", "--model", model, "--data", rows).startsWith("output1,output2"));
    Model.save(Network.builder(4).dense(2).loss(Loss.CROSS_ENTROPY).build(), model);
    assertTrue(run("predict", "--model", model, "--data", rows).startsWith("class,0,1"));
  }

  @Test
  void classLabelsAreKeptEverywhere() throws IOException {
    Path onnx = sample("labels-3-5-9.onnx");
    Path safetensors = folder.resolve("a.safetensors");
    Path again = folder.resolve("b.onnx");
    Path npz = folder.resolve("c.npz");
    Path back = folder.resolve("d.safetensors");
    run("import", onnx, safetensors);
    run("export", safetensors, again);
    run("export", again, npz);
    run("import", npz, back, "--activation", "relu", "--output", "softmax");
    Path labelled = folder.resolve("labelled.csv");
    Files.writeString(labelled, "a,b,c,d,y\n9,0,0,0,3\n0,9,0,0,5\n0,0,9,0,9\n");
    for (Path model : new Path[] {onnx, safetensors, again, back}) {
      String csv = run("predict", "--model", model, "--data", rows);
      assertEquals("class 3 5 9", column(csv, 0), model.toString());
      assertTrue(csv.startsWith("class,3,5,9\n"), csv);
      String text = run("evaluate", "--model", model, "--data", labelled);
      assertTrue(text.contains("accuracy  1.0000"), text);
    }
  }

  @Test
  void aHiddenLayerThatComesFirstIsNotTheAnswer() throws IOException {
    Path onnx = sample("hidden-output-first.onnx");
    Cli cli = Cli.run("predict", "--model", onnx, "--data", rows, "--task", "regression");
    assertEquals("output1,output2\n9.0,0.0\n0.0,9.0\n0.0,0.0\n", cli.out());
    assertTrue(cli.err().contains("takes the output y of [h, y]; --output-name"), cli.err());
    String hidden =
        run(
            "predict",
            "--model",
            onnx,
            "--data",
            rows,
            "--task",
            "regression",
            "--output-name",
            "h");
    assertTrue(hidden.endsWith("\n0.0,0.0,9.0\n"), hidden);
    assertFails(
        "no output \"z9\"", "predict", "--model", onnx, "--data", rows, "--output-name", "z9");
  }

  @Test
  void formatsAreToldByContent() throws IOException {
    Path onnx = sample("labels-3-5-9.onnx");
    Path bin = Files.copy(onnx, folder.resolve("model.bin"));
    Path wrong = Files.copy(onnx, folder.resolve("onnx.safetensors"));
    Path model = folder.resolve("m.safetensors");
    run("import", bin, model);
    Path named = Files.copy(model, folder.resolve("st.onnx"));
    for (Path file : new Path[] {bin, wrong, named}) {
      assertEquals("class 3 5 9", column(run("predict", "--model", file, "--data", rows), 0));
      run("inspect", file);
    }
    Path npz = folder.resolve("w.npz");
    run("export", model, npz);
    Path dat = Files.copy(npz, folder.resolve("w.dat"));
    run(
        "import",
        dat,
        folder.resolve("e.safetensors"),
        "--activation",
        "relu",
        "--output",
        "softmax");
    assertFails(
        "has weights but no layers: lanewise import", "predict", "--model", dat, "--data", rows);
  }

  @Test
  void whatIsNoneOfItIsNamed() throws IOException {
    Path onnx = sample("labels-3-5-9.onnx");
    String rowsWanted = "wanted rows: CSV, libsvm, IDX, .npy or .npz";
    assertFails(
        "an ONNX file, " + rowsWanted,
        "predict",
        "--model",
        onnx,
        "--data",
        Files.copy(onnx, folder.resolve("rows.npy")));
    Path model = folder.resolve("m.safetensors");
    run("import", onnx, model);
    assertFails(
        "a safetensors file, " + rowsWanted,
        "train",
        "--data",
        model,
        "--out",
        folder.resolve("x.safetensors"));
    assertFails(
        "rows.csv: none of the formats that are known, wanted a model",
        "predict",
        "--model",
        rows,
        "--data",
        rows);
    Path zipped = folder.resolve("zipped.onnx");
    try (java.io.OutputStream out =
        new java.util.zip.GZIPOutputStream(Files.newOutputStream(zipped))) {
      Files.copy(onnx, out);
    }
    assertFails("to be unpacked with gunzip", "predict", "--model", zipped, "--data", rows);
    // Rows by another name are rows.
    for (String name : new String[] {"r.npy", "r.onnx", "r.safetensors"}) {
      Path copy = Files.copy(rows, folder.resolve(name));
      assertEquals("class 3 5 9", column(run("predict", "--model", model, "--data", copy), 0));
    }
  }

  @Test
  void whatIsWrittenIsWhatTheNameSays() throws IOException {
    Path data = folder.resolve("data.csv");
    Files.writeString(data, "x,y\n1,a\n2,b\n3,a\n4,b\n");
    Path onnx = folder.resolve("net.onnx");
    run("train", "--data", data, "--label", "y", "--layers", "3", "--epochs", "1", "--out", onnx);
    assertEquals(2, OnnxModel.load(onnx).toNetwork().nOut());
    assertEquals(
        "class,a,b",
        run("predict", "--model", onnx, "--data", data, "--label", "y").lines().findFirst().get());
    for (String name : new String[] {"net.pt", "net.npz", "net.bin", "net.h5"}) {
      assertFails(
          "a model is written as .safetensors or .onnx",
          "train",
          "--data",
          data,
          "--label",
          "y",
          "--out",
          folder.resolve(name));
    }
    assertFails("a model is written as", "import", onnx, folder.resolve("x.pt"));
    for (String name : new String[] {"p.npy", "p.json", "p.parquet"}) {
      assertFails(
          "predictions are written as CSV",
          "predict",
          "--model",
          onnx,
          "--data",
          data,
          "--out",
          folder.resolve(name));
    }
    assertFails(
        "must end in .svg",
        "train",
        "--data",
        data,
        "--label",
        "y",
        "--out",
        onnx,
        "--plot",
        folder.resolve("p.png"));
  }

  @Test
  void npzKeepsTheTextsWhereNumpyDoesNotSeeThem() throws IOException {
    Path file = folder.resolve("x.npz");
    java.util.Map<String, String> texts = java.util.Map.of("a b", "x\nÿ=\u20ac,#", "c", "");
    Npz.writer().add("w", new long[] {1}, new float[] {1}).metadata(texts).save(file);
    try (Npz npz = Npz.open(file)) {
      assertEquals(texts, npz.metadata());
      assertEquals(java.util.Set.of("w"), npz.names());
      assertArrayEquals(new float[] {1}, npz.array("w").floats());
    }
  }
}
