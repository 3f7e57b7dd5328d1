package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graphs that do not fold into a network are run by predict and evaluate, and refused elsewhere.
 */
final class RunGraphsTest {
  @TempDir Path folder;
  private Path rows;
  private Path numbers;
  private Path onnx;

  @BeforeEach
  void write() throws IOException {
    rows = folder.resolve("rows.csv");
    onnx = folder.resolve("graph.onnx");
    numbers = folder.resolve("numbers.csv");
    Files.writeString(numbers, "a,b\n1,2\n-3,4\n0.5,-1\n");
    Files.writeString(rows, "a,b,y\n1,2,yes\n-3,4,no\n0.5,-1,yes\n");
  }

  private static String run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli.out();
  }

  private static void assertFails(int code, String message, Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(code, cli.code(), cli.err());
    // A line may stand before it, that the graph is run.
    String last = cli.err().lines().reduce((first, second) -> second).orElse("");
    assertTrue(last.contains(message), cli.err());
    assertEquals("", cli.out());
  }

  /** y = |x|, or some function more of it. */
  private OnnxFile abs() {
    return new OnnxFile().input("x", 1, -1, 2).node("Abs", "x a");
  }

  private Path absTo(String operator) throws IOException {
    return abs().node(operator, "a y").output("y", 1).write(onnx);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void quantitiesAreThoseOfTheGraph(String threads) throws IOException {
    absTo("Identity");
    Cli cli =
        Cli.run(
            "predict",
            "--model",
            onnx,
            "--data",
            numbers,
            "--task",
            "regression",
            "--threads",
            threads);
    assertEquals("output1,output2\n1.0,2.0\n3.0,4.0\n0.5,1.0\n", cli.out());
    assertEquals(
        onnx
            + ": is run as it is, node by node: node 0 (Abs, opset 17): it cannot be folded into a"
            + " network: it is no layer of a network\n",
        cli.err());
    assertFails(2, "add --task", "predict", "--model", onnx, "--data", rows, "--label", "y");
  }

  @Test
  void classesThatTheGraphNames() throws IOException {
    // The larger one of |a| and |b|, by name.
    abs()
        .node("Softmax", "a p")
        .texts("names", "yes", "no")
        .node("ArgMax", "p i", OnnxFile.attribute("axis", 1), OnnxFile.attribute("keepdims", 0))
        .node("ml.ArrayFeatureExtractor", "names i label")
        .output("label", 8)
        .output("p", 1)
        .write(onnx);
    Path out = folder.resolve("out.csv");
    run("predict", "--model", onnx, "--data", rows, "--label", "y", "--out", out);
    String[] lines = Files.readString(out).split("\n");
    assertEquals("class,yes,no", lines[0]);
    assertEquals("no,0.26894143,0.7310586", lines[1]);
    assertEquals("no,0.37754068,0.62245935", lines[3]);
    String evaluation = run("evaluate", "--model", onnx, "--data", rows, "--label", "y");
    // One of three is right; the mean of ln(1 + e), ln(1 + 1 / e) and ln(1 + sqrt e).
    assertTrue(evaluation.contains("accuracy  0.3333\n"), evaluation);
    double loss =
        (Math.log(1 + Math.E) + Math.log(1 + 1 / Math.E) + Math.log(1 + Math.exp(0.5))) / 3;
    assertTrue(evaluation.contains(Text.format("loss      %.6f\n", loss)), evaluation);
  }

  /** A graph that ends with an arg-max, as deployed models do. */
  @Test
  void labelsAlone() throws IOException {
    abs()
        .node("ArgMax", "a y", OnnxFile.attribute("axis", 1), OnnxFile.attribute("keepdims", 0))
        .output("y", 7)
        .write(onnx);
    assertEquals(
        "class,0,1\n1,1.0,2.0\n1,3.0,4.0\n1,0.5,1.0\n",
        run("predict", "--model", onnx, "--data", numbers));
  }

  /** Outputs that are probabilities or logits have no loss until that is said. */
  @Test
  void probabilitiesOrLogits() throws IOException {
    absTo("Identity");
    Object[] command = {
      "evaluate", "--model", onnx, "--data", rows, "--label", "y", "--classes", "yes,no"
    };
    Cli open = Cli.run(command);
    assertEquals(0, open.code(), open.err());
    assertTrue(open.err().contains("probabilities or logits, so there is no loss"), open.err());
    assertTrue(open.out().contains("accuracy  0.3333\n"), open.out());
    assertFalse(open.out().contains("loss"), open.out());
    String soft =
        run(
            "evaluate",
            "--model",
            onnx,
            "--data",
            rows,
            "--label",
            "y",
            "--classes",
            "yes,no",
            "--output",
            "softmax");
    assertTrue(soft.contains("\nloss      0.866867\n"), soft);
    assertFails(
        2,
        "whether its output is a probability or a logit",
        "predict",
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "multilabel");
    String labels =
        run(
            "predict",
            "--model",
            onnx,
            "--data",
            numbers,
            "--task",
            "multilabel",
            "--output",
            "sigmoid");
    assertTrue(
        labels.startsWith("labels,output1,output2\noutput1;output2,0.7310586,0.880797\n"), labels);
  }

  /** Values that are not finite are given as they are, and said. */
  @Test
  void outputsThatAreNotFinite() throws IOException {
    Files.writeString(rows, "a,b\n0,2\n-0.0,4\n");
    new OnnxFile().input("x", 1, -1, 2).node("Log", "x y").output("y", 1).write(onnx);
    Cli cli = Cli.run("predict", "--model", onnx, "--data", rows, "--task", "regression");
    assertEquals("output1,output2\n-Infinity,0.6931472\n-Infinity,1.3862944\n", cli.out());
    assertTrue(cli.err().contains("2 of 2 rows have outputs that are NaN or infinite"), cli.err());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "7"})
  void batchesThatAreFixedWhenTheModelIsExported(int batch) throws IOException {
    new OnnxFile().input("x", 1, batch, 2).node("Abs", "x y").output("y", 1).write(onnx);
    assertEquals(
        "output1,output2\n1.0,2.0\n3.0,4.0\n0.5,1.0\n",
        run("predict", "--model", onnx, "--data", numbers, "--task", "regression"));
  }

  /** More rows than are read at once, from each format that is streamed. */
  @Test
  void manyRows() throws IOException {
    StringBuilder csv = new StringBuilder("a,b\n");
    StringBuilder svm = new StringBuilder();
    StringBuilder wanted = new StringBuilder("output1,output2\n");
    for (int i = 0; i < 1000; i++) {
      csv.append(-i).append(',').append(i).append('\n');
      svm.append("0 1:").append(-i).append(" 2:").append(i).append('\n');
      wanted.append((float) i).append(',').append((float) i).append('\n');
    }
    absTo("Identity");
    Path libsvm = folder.resolve("rows.svm");
    Files.writeString(rows, csv);
    Files.writeString(libsvm, svm);
    for (Path data : new Path[] {rows, libsvm}) {
      assertEquals(
          wanted.toString(),
          run("predict", "--model", onnx, "--data", data, "--task", "regression"));
    }
  }

  @Test
  void whatIsNotOneInputOfRows() throws IOException {
    new OnnxFile()
        .input("left", 1, -1, 2)
        .input("right", 1, -1, 2)
        .node("Add", "left right y")
        .output("y", 1)
        .write(onnx);
    assertFails(
        1,
        "it takes 2 inputs, [left: FLOAT (?, 2), right: FLOAT (?, 2)]: rows are one input",
        "predict",
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    new OnnxFile().input("x", 1, -1, -1).node("Abs", "x y").output("y", 1).write(onnx);
    assertFails(
        1,
        "its input x: FLOAT (?, ?) does not say how many values a row has",
        "predict",
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    absTo("Identity");
    Files.writeString(rows, "a,b,c\n1,2,3\n");
    assertFails(
        2,
        "line 1: 3 columns, but the model was trained on 4, of which 2 are features",
        "predict",
        "--model",
        onnx,
        "--data",
        rows,
        "--task",
        "regression");
  }

  @Test
  void whatCannotBeRunNamesTheNode() throws IOException {
    Path out = folder.resolve("out.csv");
    abs().floats("w", new int[] {3, 1}, 1, 2, 3).node("MatMul", "a w y").output("y", 1).write(onnx);
    assertFails(
        1,
        onnx + ": node 1 (MatMul, opset 17): A FLOAT (2, 2) and B FLOAT (3, 1) do not fit",
        "predict",
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    abs().node("Conv", "a a y").output("y", 1).write(onnx);
    assertFails(
        1,
        onnx + ": node 1 (Conv, opset 17): the operator is not supported",
        "predict",
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    new OnnxFile()
        .input("x", 1, -1, 2)
        .node("ReduceMean", "x m")
        .node("Sub", "x m y")
        .output("y", 1)
        .write(onnx);
    assertFails(
        1,
        "its outputs of a row depend on the other rows of the batch",
        "predict",
        "--out",
        out,
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    new OnnxFile()
        .input("x", 7, -1, 2)
        .node("Cast", "x f", OnnxFile.attribute("to", 1))
        .node("Abs", "f y")
        .output("y", 1)
        .write(onnx);
    assertFails(
        1,
        "its input x: INT64 (?, 2) takes whole numbers up to 2^24, got 0.5",
        "predict",
        "--out",
        out,
        "--model",
        onnx,
        "--data",
        numbers,
        "--task",
        "regression");
    assertFalse(Files.exists(out));
  }

  @Test
  void whatWantsANetworkSaysWhy() throws IOException {
    absTo("Identity");
    String why =
        "node 0 (Abs, opset 17): it cannot be folded into a network: it is no layer of a network;"
            + " lanewise predict and evaluate run it as it is";
    Path out = folder.resolve("out.safetensors");
    assertFails(2, why, "import", onnx, out);
    assertFails(2, why, "export", onnx, out);
    assertFails(2, why, "gradcheck", "--model", onnx, "--data", rows, "--label", "y");
    assertFalse(Files.exists(out));
    new OnnxFile()
        .input("a", 1, -1, 2)
        .input("b", 1, -1, 2)
        .node("Add", "a b y")
        .output("y", 1)
        .write(onnx);
    assertFails(
        2, "it has 2 inputs, wanted 1: [a: FLOAT (?, 2), b: FLOAT (?, 2)]", "import", onnx, out);
  }
}
