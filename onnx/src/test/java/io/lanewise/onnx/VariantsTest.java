package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms in which graphs stand that mean the same, or look as if they did. */
final class VariantsTest {
  private static final float[] X = {1, 2, -3, 4};
  // X times ((1, 2), (3, 4)).
  private static final float[] XW = {7, 10, 9, 10};

  private static SmallGraph graph(int opset) {
    return new SmallGraph(opset, -1, 2).floats("w", new int[] {2, 2}, 1, 2, 3, 4).row("b", 10, 20);
  }

  /** Runs to the values, and folds into that network, which has them too. */
  private static void assertFolds(String architecture, SmallGraph graph, float... wanted)
      throws IOException {
    OnnxModel model = graph.model();
    assertArrayEquals(wanted, SmallGraph.run(model, X, 2, 2).floats(), 1e-6f);
    Network network = model.toNetwork();
    assertEquals(architecture, Architecture.format(network));
    assertArrayEquals(wanted, network.predict(X, 2), 1e-6f);
  }

  /** Runs to the values, and says why it does not fold. */
  private static void assertRuns(String why, SmallGraph graph, float... wanted) throws IOException {
    OnnxModel model = graph.model();
    assertArrayEquals(wanted, SmallGraph.run(model, X, 2, 2).floats(), 1e-6f);
    String message = assertThrows(ModelFormatException.class, model::toNetwork).getMessage();
    assertTrue(message.contains(why), message);
  }

  private static void assertRefused(String why, SmallGraph graph) throws IOException {
    byte[] file = graph.bytes();
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.parse(file)).getMessage();
    assertTrue(message.contains(why), message);
  }

  @ParameterizedTest
  @CsvSource({"3, 7", "3, 8", "8, 17", "13, 25"})
  void initializersThatAreInputsToo(int ir, int opset) throws IOException {
    SmallGraph graph = graph(opset).ir(ir).input("w", 1, 2, 2).input("b", 1, 2);
    assertFolds("2 2", graph.node("Gemm", "x", "w", "b", "y"), 17, 30, 19, 30);
  }

  @Test
  void factorsOfGemm() throws IOException {
    SmallGraph both = graph(17).node("Gemm", "x", "w", "b", "y");
    assertFolds("2 2", both.with("alpha", 0.5f).with("beta", 2f), 23.5f, 45, 24.5f, 45);
    SmallGraph none = graph(17).node("Gemm", "x", "w", "b", "y").with("beta", 0f);
    assertFolds("2 2", none, XW);
    SmallGraph noBias = graph(17).node("Gemm", "x", "w", "y").with("alpha", 2f);
    assertFolds("2 2", noBias, 14, 20, 18, 20);
    SmallGraph leftOut = graph(11).node("Gemm", "x", "w", "", "y").with("transB", 1);
    assertFolds("2 2", leftOut, 5, 11, 5, 7);
    // Columns of the rows become the rows.
    SmallGraph turned = graph(17).node("Gemm", "x", "w", "b", "y").with("transA", 1);
    assertRuns("transA is not 0", turned, 2, 10, 24, 40);
  }

  /** To logits -1, -2, 1, -2. */
  private static SmallGraph logits() {
    return graph(20).row("c", -8, -12).row("one", 1).node("Gemm", "x", "w", "c", "z");
  }

  @Test
  void softsignAsPyTorchWritesIt() throws IOException {
    SmallGraph abs = logits().node("Abs", "z", "a");
    SmallGraph softsign = abs.node("Add", "a", "one", "s").node("Div", "z", "s", "y");
    assertFolds("2 2:softsign", softsign, -0.5f, -2f / 3, 0.5f, -2f / 3);
    SmallGraph other = logits().row("two", 2).node("Abs", "z", "a").node("Add", "two", "a", "s");
    assertRuns(
        "no sum or product", other.node("Div", "z", "s", "y"), -1f / 3, -0.5f, 1f / 3, -0.5f);
    SmallGraph turned = logits().node("Abs", "z", "a").node("Add", "a", "one", "s");
    assertRuns("no sum or product", turned.node("Div", "s", "z", "y"), -2, -1.5f, 2, -1.5f);
  }

  @Test
  void softplusThatIsItsArgumentWhereThatIsLarge() throws IOException {
    float[] wanted = {0.31326169f, 0.12692801f, 1.3132616f, 0.12692801f};
    assertFolds("2 2:softplus", softplus(20, "z"), wanted);
    assertRuns("no layer", softplus(10, "z"), wanted);
    assertRuns("no layer", softplus(20, "x"), wanted);
  }

  private static SmallGraph softplus(float threshold, String compared) {
    SmallGraph graph = logits().row("t", threshold).node("Softplus", "z", "p");
    return graph.node("Greater", compared, "t", "g").node("Where", "g", "z", "p", "y");
  }

  @Test
  void celu() throws IOException {
    SmallGraph one = logits().node("Celu", "z", "y");
    assertFolds("2 2:elu", one, -0.63212056f, -0.86466472f, 1, -0.86466472f);
    SmallGraph half = logits().node("Celu", "z", "y").with("alpha", 0.5f);
    assertRuns("its alpha is 0.5", half, -0.43233236f, -0.49084218f, 1, -0.49084218f);
  }

  @Test
  void weightsAndBiasesOnTheLeft() throws IOException {
    SmallGraph bias = graph(17).node("MatMul", "x", "w", "z").node("Add", "b", "z", "y");
    assertFolds("2 2", bias, 17, 30, 19, 30);
    SmallGraph number = graph(17).floats("c", new int[0], 5);
    assertFolds(
        "2 2", number.node("MatMul", "x", "w", "z").node("Add", "c", "z", "y"), 12, 15, 14, 15);
    assertRuns(
        "its second factor is no constant",
        graph(17).node("MatMul", "w", "x", "y"),
        -5,
        10,
        -9,
        22);
    assertRuns("no constant", graph(17).node("Gemm", "w", "x", "b", "y"), 5, 30, 1, 42);
    SmallGraph column = graph(17).floats("c", new int[] {2, 1}, 1, 2);
    column.node("MatMul", "x", "w", "z").node("Add", "z", "c", "y");
    assertRuns("is no row", column, 8, 11, 11, 12);
  }

  /** A softmax of all columns, of the rows, and before opset 13 of the whole matrix. */
  @Test
  void axesOfSoftmax() throws IOException {
    float[] rows = {0.047425874f, 0.95257413f, 0.26894143f, 0.7310586f};
    for (int opset : new int[] {7, 11, 13, 17}) {
      SmallGraph graph = graph(opset).node("MatMul", "x", "w", "z").node("Softmax", "z", "y");
      assertFolds("2 2:softmax", graph.with("axis", 1), rows);
      SmallGraph standard = graph(opset).node("MatMul", "x", "w", "z");
      assertFolds("2 2:softmax", standard.node("Softmax", "z", "y"), rows);
      SmallGraph log = graph(opset).node("MatMul", "x", "w", "z").node("LogSoftmax", "z", "y");
      assertFolds("2 2:log-softmax", log, -3.0485873f, -0.048587352f, -1.3132616f, -0.31326169f);
      SmallGraph zero = graph(opset).node("MatMul", "x", "w", "z").node("Softmax", "z", "y");
      // Of 7, 10, 9, 10: the columns alone, or all four.
      assertRuns(
          "axis 0 is not that of a row",
          zero.with("axis", 0),
          opset < 13
              ? new float[] {0.02059303f, 0.41362198f, 0.15216302f, 0.41362198f}
              : new float[] {0.11920292f, 0.5f, 0.88079708f, 0.5f});
    }
  }

  @Test
  void boundsOfClip() throws IOException {
    assertFolds("2 2:clipped-relu(8.0)", clip(6).with("min", 0f).with("max", 8f), 7, 8, 8, 8);
    SmallGraph inputs = clip(11, "z", "zero", "eight", "y");
    assertFolds("2 2:clipped-relu(8.0)", inputs, 7, 8, 8, 8);
    assertFolds("2 2:relu", clip(13, "z", "zero", "y"), XW);
    assertRuns("no ReLU's", clip(13, "z", "", "eight", "y"), 7, 8, 8, 8);
    assertRuns("no ReLU's", clip(13, "z", "y"), XW);
    SmallGraph attributes = clip(11, "z", "y").with("max", 8f);
    assertRefused("attribute \"max\" is not supported", attributes);
  }

  private static SmallGraph clip(int opset, String... names) {
    SmallGraph graph = graph(Math.max(7, opset)).node("MatMul", "x", "w", "z");
    graph.floats("zero", new int[0], 0).floats("eight", new int[0], 8);
    return graph.node("Clip", names.length == 0 ? new String[] {"z", "y"} : names);
  }

  @Test
  void slopesOfPRelu() throws IOException {
    float[] x = {-0.5f, 2, 1, -8};
    SmallGraph one = new SmallGraph(17, -1, 2).floats("w", new int[] {2, 2}, 1, 0, 0, 1);
    one.row("s", 0.5f, 0.5f).node("MatMul", "x", "w", "z").node("PRelu", "z", "s", "y");
    OnnxModel model = one.model();
    assertArrayEquals(new float[] {-0.25f, 2, 1, -4}, SmallGraph.run(model, x, 2, 2).floats());
    assertArrayEquals(new float[] {-0.25f, 2, 1, -4}, model.toNetwork().predict(x, 2));
    SmallGraph two = graph(17).row("s", 0.5f, 0.25f).node("Neg", "x", "n");
    assertRuns(
        "its slopes are not one number", two.node("PRelu", "n", "s", "y"), -0.5f, -0.5f, 3, -1);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 10, 12, 13, 17})
  void whatDoesNothingAtTheEnd(int opset) throws IOException {
    SmallGraph graph = graph(opset).node("MatMul", "x", "w", "z").node("Identity", "z", "i");
    graph.node("Dropout", "i", "d").node("Cast", "d", "c").with("to", 1);
    assertFolds("2 2", graph.node("Identity", "c", "y"), XW);
    SmallGraph mask = graph(opset).node("MatMul", "x", "w", "z");
    assertFolds("2 2", mask.nodes("Dropout", "z", "y", ""), XW);
    SmallGraph whole = graph(opset).node("MatMul", "x", "w", "z").node("Cast", "z", "i");
    whole.with("to", 7).node("Cast", "i", "y").with("to", 1);
    assertRuns("(Cast, opset " + opset + ")", whole, XW);
  }

  /** A graph that gives labels alone is one of the scores that they are told of. */
  @Test
  void labelsAlone() throws IOException {
    SmallGraph index = graph(13).node("MatMul", "x", "w", "z").node("ArgMax", "z", "y");
    OnnxModel plain = index.with("axis", 1).with("keepdims", 0).model();
    assertEquals("z", plain.answer());
    assertEquals("classification", plain.toModel().metadata().get("task"));
    assertArrayEquals(XW, plain.toNetwork().predict(X, 2));
    SmallGraph names = graph(13).ints("names", 7, 9).node("Softmax", "x", "p");
    names.node("MatMul", "p", "w", "z").node("ArgMax", "z", "i").with("axis", -1);
    names.node("Reshape", "i", "flat", "j").ints("flat", -1).node("Gather", "names", "j", "y");
    OnnxModel named = names.model();
    assertEquals("z", named.answer());
    assertEquals("[7, 9]", named.classes().toString());
    SmallGraph classifier =
        graph(13).node("Abs", "x", "a").nodes("ml.LinearClassifier", "a", "y", "s");
    classifier
        .with("coefficients", new float[] {1, 0, 0, 1})
        .with("classlabels_ints", new long[] {3, 5});
    assertEquals("s", classifier.model().answer());
    // Of each column the row, which is no class of a row.
    SmallGraph rows = graph(13).node("MatMul", "x", "w", "z").node("ArgMax", "z", "y");
    OnnxModel ofColumns = rows.with("axis", 0).model();
    assertEquals("y", ofColumns.answer());
    assertThrows(ModelFormatException.class, ofColumns::toNetwork);
    assertThrows(ModelFormatException.class, ofColumns::rows);
    OnnxModel ofInput = graph(13).node("ArgMax", "x", "y").with("axis", 1).model();
    assertEquals("y", ofInput.answer());
    assertThrows(ModelFormatException.class, ofInput::rows);
  }

  @Test
  void dropoutOfTraining() throws IOException {
    SmallGraph graph = graph(13).row("ratio", 0.5f).node("MatMul", "x", "w", "z");
    OnnxModel model = graph.node("Dropout", "z", "ratio", "b", "y").model();
    assertThrows(ModelFormatException.class, model::toNetwork);
    assertThrows(ModelFormatException.class, () -> SmallGraph.run(model, X, 2, 2));
    assertRefused(
        "attribute \"ratio\" is not supported",
        graph(12).node("Dropout", "x", "y").with("ratio", 0.5f));
  }

  /** Each mean and variance is of the axes from one on. */
  @Test
  void axesOfLayerNormalization() throws IOException {
    SmallGraph last = graph(17).row("g", 1, 1).node("MatMul", "x", "w", "z");
    last.node("LayerNormalization", "z", "g", "", "y").with("epsilon", 1e-20f);
    assertFolds("2 2 layernorm:1.0E-20", last, -1, 1, -1, 1);
    SmallGraph all = graph(17).floats("g", new int[] {2, 2}, 1, 1, 1, 1);
    all.node("MatMul", "x", "w", "z").node("LayerNormalization", "z", "g", "y");
    // Of 7, 10, 9, 10: the mean 9, the variance 1.5.
    float d = (float) Math.sqrt(1.5);
    all.with("axis", 0).with("epsilon", 1e-20f);
    assertRuns("axis 0 is not that of a row", all, -2 / d, 1 / d, 0, 1 / d);
  }

  @Test
  void constantsOfEveryKind() throws IOException {
    SmallGraph number = graph(13).node("Constant", "c").with("value_float", 5f);
    assertFolds(
        "2 2", number.node("MatMul", "x", "w", "z").node("Add", "z", "c", "y"), 12, 15, 14, 15);
    SmallGraph numbers = graph(13).node("Constant", "c").with("value_floats", new float[] {1, 2});
    assertFolds("2 2", numbers.node("Gemm", "x", "w", "c", "y"), 8, 12, 10, 12);
    SmallGraph shape = graph(13).node("Constant", "s").with("value_ints", new long[] {-1, 2});
    shape.node("Reshape", "x", "s", "r").node("MatMul", "r", "w", "y");
    assertFolds("2 2", shape, XW);
    assertRefused("it must have one value, has 0", graph(13).node("Constant", "y"));
  }

  /** A name that is empty is no value, whatever is left out by it. */
  @Test
  void outputsThatAreLeftOut() throws IOException {
    SmallGraph graph = graph(13).row("c", 1, 2, 3, 4).node("MatMul", "x", "w", "z");
    graph.nodes("Split", "c", "first", "").ints("end", 1).ints("start", 0);
    graph.node("Slice", "first", "start", "end", "", "", "one");
    assertFolds("2 2", graph.node("Add", "z", "one", "y"), 8, 11, 10, 11);
  }

  @Test
  void namesAndOrders() throws IOException {
    assertRefused(
        "node 0 (Relu, opset 17): reads \"z\", which is made only later: a cycle, or a wrong order",
        graph(17).node("Relu", "z", "y").node("MatMul", "x", "w", "z"));
    assertRefused(
        "node 1 (Relu, opset 17): \"y\" is made twice",
        graph(17).node("MatMul", "x", "w", "y").node("Relu", "x", "y"));
    assertRefused("node 0 (Relu, opset 17): \"w\" is made twice", graph(17).node("Relu", "x", "w"));
    assertRefused("output \"y\" is there twice", graph(17).node("Relu", "x", "y").output("y"));
    assertRefused(
        "node 1 (Conv, opset 17): the operator is not supported",
        graph(17).node("Relu", "x", "r").node("Conv", "r", "w", "y"));
  }

  @Test
  void batchNormalizationOfTraining() throws IOException {
    SmallGraph graph = graph(17).row("one", 1, 1).row("zero", 0, 0);
    graph.node("BatchNormalization", "x", "one", "zero", "zero", "one", "y");
    assertRefused("export the model for inference", graph.with("training_mode", 1));
  }

  /** Thousands of nodes of one element each. */
  @Test
  void manySmallNodes() throws IOException {
    SmallGraph graph = graph(17).floats("half", new int[0], 0.5f).floats("two", new int[0], 2);
    graph.node("MatMul", "x", "w", "v0");
    for (int i = 0; i < 2000; i += 2) {
      graph.node("Mul", "v" + i, "half", "v" + (i + 1));
      graph.node("Mul", "v" + (i + 1), "two", i == 1998 ? "y" : "v" + (i + 2));
    }
    assertFolds("2 2" + " normalization".repeat(2000), graph, XW);
  }
}
