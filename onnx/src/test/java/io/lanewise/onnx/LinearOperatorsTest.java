package io.lanewise.onnx;

import static io.lanewise.onnx.WrittenAttributes.integers;
import static io.lanewise.onnx.WrittenAttributes.numbers;
import static io.lanewise.onnx.WrittenAttributes.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ai.onnx.ml's linear models beside ONNX Runtime, and layers that stand as their nodes. */
final class LinearOperatorsTest {
  private static final float[] X = {1, -2, 0.5f, 3, 0, 0};

  private static byte[] model(ProtoWriter node, boolean labels) throws IOException {
    ProtoWriter dims = new ProtoWriter().message(1, new ProtoWriter().text(2, "n"));
    dims.message(1, new ProtoWriter().number(1, 2));
    ProtoWriter tensor = new ProtoWriter().number(1, 1).message(2, dims);
    ProtoWriter x = new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, tensor));
    node.text(1, "x").text(7, "ai.onnx.ml");
    ProtoWriter graph = new ProtoWriter().text(2, "g").message(11, x);
    if (labels) {
      node.text(2, "label");
      ProtoWriter type = new ProtoWriter().number(1, 7);
      graph.message(
          12, new ProtoWriter().text(1, "label").message(2, new ProtoWriter().message(1, type)));
    }
    graph.message(1, node.text(2, "y")).message(12, Bombs.info("y"));
    ProtoWriter model = new ProtoWriter().number(1, 8).message(8, new ProtoWriter().number(2, 17));
    model.message(8, new ProtoWriter().text(1, "ai.onnx.ml").number(2, 1));
    return Bombs.bytes(model.message(7, graph));
  }

  /** The same outputs as ONNX Runtime, to some units in the last place. */
  private static void assertAsOnnxRuntime(ProtoWriter node, boolean labels) throws Exception {
    byte[] file = model(node, labels);
    Map<String, io.lanewise.onnx.OnnxTensor> ours =
        OnnxModel.parse(file).run(Map.of("x", io.lanewise.onnx.OnnxTensor.of(X, 3, 2)));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor x =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(X), new long[] {3, 2});
        OrtSession.Result result = session.run(Map.of("x", x))) {
      float[] theirs = ((OnnxTensor) result.get("y").orElseThrow()).getFloatBuffer().array();
      assertArrayEquals(theirs, ours.get("y").floats(), 1e-6f);
      if (labels) {
        long[] classes = ((OnnxTensor) result.get("label").orElseThrow()).getLongBuffer().array();
        assertArrayEquals(classes, ours.get("label").longs());
      }
    }
  }

  private static ProtoWriter classifier(String transform, int rows, long... labels) {
    float[] coefficients = {1, 0.5f, -0.25f, 2, 0.75f, -1};
    float[] intercepts = {0.1f, -0.2f, 0.3f};
    return new ProtoWriter()
        .text(4, "LinearClassifier")
        .message(5, numbers("coefficients", java.util.Arrays.copyOf(coefficients, 2 * rows)))
        .message(5, numbers("intercepts", java.util.Arrays.copyOf(intercepts, rows)))
        .message(5, integers("classlabels_ints", labels))
        .message(5, text("post_transform", transform));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"})
  void classifiers(String transform) throws Exception {
    assertAsOnnxRuntime(classifier(transform, 3, 3, 5, 9), true);
    assertAsOnnxRuntime(classifier(transform, 2, -1, 1), true);
  }

  /** Scores that are 0 stay 0; probabilities go through the inverse of the normal distribution. */
  @Test
  void rareTransforms() throws Exception {
    ProtoWriter zero = new ProtoWriter().text(4, "LinearClassifier");
    zero.message(5, numbers("coefficients", 1, 0, 0, 1, 1, 1));
    zero.message(5, integers("classlabels_ints", 3, 5, 9));
    assertAsOnnxRuntime(
        zero.message(5, numbers("intercepts", 0, 0, 1))
            .message(5, text("post_transform", "SOFTMAX_ZERO")),
        true);
    ProtoWriter probit = new ProtoWriter().text(4, "LinearClassifier");
    probit.message(5, numbers("coefficients", 0.1f, 0.05f, -0.02f, 0.1f));
    probit.message(5, integers("classlabels_ints", 3, 5));
    assertAsOnnxRuntime(
        probit
            .message(5, numbers("intercepts", 0.5f, 0.6f))
            .message(5, text("post_transform", "PROBIT")),
        true);
  }

  /**
   * One row of coefficients: the probability of the second class, and beside it that of the first.
   */
  @Test
  void oneScoreOfTwoClasses() throws IOException {
    OnnxModel model = OnnxModel.parse(model(classifier("LOGISTIC", 1, -1, 1), true));
    // Of z = x + y / 2 + 0.1.
    double[] z = {0.1, 2.1, 0.1};
    Map<String, io.lanewise.onnx.OnnxTensor> ran =
        model.run(Map.of("x", io.lanewise.onnx.OnnxTensor.of(X, 3, 2)));
    assertArrayEquals(new long[] {1, 1, 1}, ran.get("label").longs());
    for (int i = 0; i < 3; i++) {
      double p = 1 / (1 + Math.exp(-z[i]));
      assertEquals(1 - p, ran.get("y").floats()[2 * i], 1e-6);
      assertEquals(p, ran.get("y").floats()[2 * i + 1], 1e-6);
    }
    // ONNX Runtime has 1 - z and z for the others, whose larger one is not the class.
    for (String transform : new String[] {"NONE", "SOFTMAX", "PROBIT"}) {
      byte[] file = model(classifier(transform, 1, -1, 1), true);
      String message =
          assertThrows(ModelFormatException.class, () -> OnnxModel.parse(file)).getMessage();
      assertTrue(message.contains("one score for two classes"), message);
    }
  }

  /** What skl2onnx writes: a Scaler, the classifier, a Normalizer, a ZipMap. */
  private static OnnxModel pipeline(String transform, String norm, float... coefficients)
      throws IOException {
    int rows = coefficients.length / 2;
    float[] intercepts = {0.5f, -0.5f, 0.25f};
    SmallGraph graph = new SmallGraph(17, -1, 2).output("label");
    graph.node("ml.Scaler", "x", "s");
    graph.with("offset", new float[] {1, 2}).with("scale", new float[] {0.5f, 2});
    graph.nodes("ml.LinearClassifier", "s", "label", "scores");
    graph.with("coefficients", coefficients).with("post_transform", transform);
    graph.with("intercepts", java.util.Arrays.copyOf(intercepts, rows));
    graph.with(
        "classlabels_strings",
        java.util.Arrays.copyOf(new String[] {"a", "b", "c"}, Math.max(2, rows)));
    graph.node("ml.Normalizer", "scores", "p").with("norm", norm);
    graph.node("ml.ZipMap", "p", "y").with("classlabels_strings", new String[] {"a", "b", "c"});
    return graph.model();
  }

  @ParameterizedTest
  @CsvSource({
    "SOFTMAX, 2 normalization 3:softmax, '1,-1,2,0.5,-0.25,1'",
    "SOFTMAX, 2 normalization 2:softmax, '1,-1,2,0.5'",
    "LOGISTIC, 2 normalization 1:sigmoid, '1,-1,-1,1'",
    "LOGISTIC, 2 normalization 1:sigmoid, '1,-1'",
  })
  void pipelinesFold(String transform, String architecture, String coefficients)
      throws IOException {
    String[] texts = coefficients.split(",");
    float[] c = new float[texts.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = Float.parseFloat(texts[i]);
    }
    OnnxModel model = pipeline(transform, "L1", c);
    Network network = model.toNetwork();
    assertEquals(architecture, Architecture.format(network));
    float[] ran = SmallGraph.run(model, X, 3, 2).floats();
    float[] predicted = network.predict(X, 3);
    int classes = ran.length / 3;
    for (int i = 0; i < predicted.length; i++) {
      assertEquals(network.nOut() == 1 ? ran[i * classes + 1] : ran[i], predicted[i], 1e-6f);
    }
  }

  /** One against the rest: a division by the sum is no layer. */
  @Test
  void whatANormalizerChangesDoesNotFold() throws IOException {
    OnnxModel rest = pipeline("LOGISTIC", "L1", 1, -1, 2, 0.5f, -0.25f, 1);
    assertThrows(ModelFormatException.class, rest::toNetwork);
    OnnxModel unlike = pipeline("LOGISTIC", "L1", 1, -1, -1, 2);
    assertThrows(ModelFormatException.class, unlike::toNetwork);
    OnnxModel other = pipeline("SOFTMAX", "L2", 1, -1, 2, 0.5f);
    assertThrows(ModelFormatException.class, other::toNetwork);
    float[] ran = SmallGraph.run(rest, X, 3, 2).floats();
    for (int i = 0; i < 9; i += 3) {
      assertEquals(1, ran[i] + ran[i + 1] + ran[i + 2], 1e-6);
    }
  }

  @Test
  void aRegressorFolds() throws IOException {
    SmallGraph graph = new SmallGraph(17, -1, 2).node("ml.LinearRegressor", "x", "y");
    graph.with("coefficients", new float[] {1, 2, 3, 4}).with("intercepts", new float[] {10, 20});
    OnnxModel model = graph.with("targets", 2).model();
    float[] wanted = {7, 15, 16.5f, 33.5f, 10, 20};
    assertArrayEquals(wanted, SmallGraph.run(model, X, 3, 2).floats());
    assertArrayEquals(wanted, model.toNetwork().predict(X, 3));
    SmallGraph none = new SmallGraph(17, -1, 2).node("ml.LinearRegressor", "x", "y");
    OnnxModel plain = none.with("coefficients", new float[] {1, 2}).model();
    assertArrayEquals(new float[] {-3, 6.5f, 0}, plain.toNetwork().predict(X, 3));
  }

  @Test
  void regressors() throws Exception {
    ProtoWriter node = new ProtoWriter().text(4, "LinearRegressor");
    node.message(5, numbers("coefficients", 1, 0.5f, -0.25f, 2));
    node.message(5, numbers("intercepts", 0.1f, -0.2f));
    ProtoWriter targets = new ProtoWriter().text(1, "targets").number(3, 2).number(20, 2);
    assertAsOnnxRuntime(node.message(5, targets), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAX", "L1", "L2"})
  void normalizers(String norm) throws Exception {
    assertAsOnnxRuntime(
        new ProtoWriter().text(4, "Normalizer").message(5, text("norm", norm)), false);
  }

  @Test
  void imputers() throws Exception {
    ProtoWriter node = new ProtoWriter().text(4, "Imputer");
    node.message(5, numbers("imputed_value_floats", 7, 8));
    ProtoWriter replaced = new ProtoWriter().text(1, "replaced_value_float").number(20, 1);
    assertAsOnnxRuntime(node.message(5, replaced.float32(2, 0)), false);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    byte[] file = model(classifier("NONE", 2, 1, 2, 3), true);
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.parse(file)).getMessage();
    assertTrue(message.contains("3 class labels for 2 scores"), message);
    byte[] none = model(new ProtoWriter().text(4, "Imputer"), false);
    assertThrows(ModelFormatException.class, () -> OnnxModel.parse(none));
  }

  /** 1 / (1 + exp(-z)), by either operator; z times it is SiLU. */
  @ParameterizedTest
  @CsvSource({"Reciprocal, false", "Div, false", "Reciprocal, true", "Div, true"})
  void sigmoidsAsTheirNodes(String operator, boolean silu) throws IOException {
    ProtoWriter one = new ProtoWriter().number(2, 1).text(8, "one");
    one.floats(9, new float[] {1}, 0, 1, 1, false);
    ProtoWriter w = new ProtoWriter().number(1, 2).number(1, 1).number(2, 1).text(8, "w");
    w.floats(9, new float[] {1, -2}, 0, 2, 1, false);
    ProtoWriter graph = new ProtoWriter().message(5, one).message(5, w);
    graph.message(1, Bombs.node("MatMul", "x", "w", "z")).message(1, Bombs.node("Neg", "z", "n"));
    graph.message(1, Bombs.node("Exp", "n", "e")).message(1, Bombs.node("Add", "e", "one", "s"));
    String output = silu ? "p" : "y";
    graph.message(
        1,
        operator.equals("Div")
            ? Bombs.node("Div", "one", "s", output)
            : Bombs.node("Reciprocal", "s", output));
    if (silu) {
      graph.message(1, Bombs.node("Mul", "p", "z", "y"));
    }
    OnnxModel model = OnnxModel.parse(Bombs.model(graph));
    Network network = model.toNetwork();
    assertEquals(silu ? "2 1:silu" : "2 1:sigmoid", Architecture.format(network));
    float[] ran = model.run(Map.of("x", io.lanewise.onnx.OnnxTensor.of(X, 3, 2))).get("y").floats();
    assertArrayEquals(ran, network.predict(X, 3), 1e-6f);
  }

  /** A model of DOUBLE runs, folds, and says that it is computed in FLOAT. */
  @Test
  void aModelOfDoubles() throws IOException {
    ProtoWriter w = new ProtoWriter().number(1, 2).number(1, 1).number(2, 11).text(8, "w");
    // 2 and 3, little-endian.
    w.text(9, "\0\0\0\0\0\0\0\100\0\0\0\0\0\0\10\100");
    ProtoWriter x = new ProtoWriter().number(1, 11);
    ProtoWriter info = new ProtoWriter().text(1, "d").message(2, new ProtoWriter().message(1, x));
    ProtoWriter graph = new ProtoWriter().message(11, info).message(5, w);
    graph.message(1, Bombs.node("MatMul", "d", "w", "y"));
    graph.message(12, new ProtoWriter().text(1, "y"));
    ProtoWriter proto = new ProtoWriter().number(1, 8).message(8, new ProtoWriter().number(2, 17));
    byte[] file = Bombs.bytes(proto.message(7, graph));
    OnnxModel model = OnnxModel.parse(file);
    assertEquals("its DOUBLE numbers are computed with as FLOAT", model.remarks().get(0));
    double[] rows = {1, 2, 3, 4};
    assertArrayEquals(
        new double[] {8, 18},
        model.run(Map.of("d", io.lanewise.onnx.OnnxTensor.of(rows, 2, 2))).get("y").doubles());
    assertArrayEquals(new float[] {8, 18}, model.toNetwork().predict(new float[] {1, 2, 3, 4}, 2));
  }
}
