package io.lanewise.onnx;

import static io.lanewise.onnx.WrittenAttributes.integer;
import static io.lanewise.onnx.WrittenAttributes.integers;
import static io.lanewise.onnx.WrittenAttributes.texts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which output a graph answers with, and what it calls its classes. */
final class ClassLabelsTest {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int STRING = 8;
  private static final String ML = "ai.onnx.ml";

  private final ProtoWriter graph = new ProtoWriter().text(2, "g");
  private final ProtoWriter metadata = new ProtoWriter();

  private static ProtoWriter node(String operator, int inputs, String... names) {
    ProtoWriter node = new ProtoWriter().text(4, operator);
    for (int i = 0; i < names.length; i++) {
      node.text(i < inputs ? 1 : 2, names[i]);
    }
    return node;
  }

  private ClassLabelsTest matrix(String name, int rows, int columns) {
    float[] identity = new float[rows * columns];
    for (int i = 0; i < Math.min(rows, columns); i++) {
      identity[i * columns + i] = 1;
    }
    ProtoWriter tensor = new ProtoWriter().number(1, rows).number(1, columns).number(2, FLOAT);
    graph.message(5, tensor.text(8, name).floats(9, identity, 0, rows, columns, false));
    return this;
  }

  private ClassLabelsTest constant(String name, long... values) {
    ProtoWriter tensor = new ProtoWriter().number(1, values.length).number(2, INT64);
    for (long value : values) {
      tensor.number(7, value);
    }
    graph.message(5, tensor.text(8, name));
    return this;
  }

  private ClassLabelsTest constant(String name, String... values) {
    ProtoWriter tensor = new ProtoWriter().number(1, values.length).number(2, STRING);
    for (String value : values) {
      tensor.text(6, value);
    }
    graph.message(5, tensor.text(8, name));
    return this;
  }

  private ClassLabelsTest add(ProtoWriter node) {
    graph.message(1, node);
    return this;
  }

  /** z = x W of two classes or more, p its softmax. */
  private ClassLabelsTest classifier(int classes) {
    return matrix("W", 3, classes)
        .add(node("MatMul", 2, "x", "W", "z"))
        .add(node("Softmax", 1, "z", "p").message(5, integer("axis", 1)));
  }

  /** label is the one of the constant that is the arg-max of a value. */
  private ClassLabelsTest label(String of, String constant) {
    return add(node("ArgMax", 1, of, "k").message(5, integer("axis", 1)))
        .add(node("ArrayFeatureExtractor", 2, constant, "k", "label").text(7, ML));
  }

  private ClassLabelsTest out(String name, int type) {
    ProtoWriter tensor = new ProtoWriter().number(1, type);
    ProtoWriter info = new ProtoWriter().text(1, name);
    graph.message(12, type == 0 ? info : info.message(2, new ProtoWriter().message(1, tensor)));
    return this;
  }

  private ClassLabelsTest metadata(String name, String value) {
    metadata.message(14, new ProtoWriter().text(1, name).text(2, value));
    return this;
  }

  private OnnxModel model() throws IOException {
    ProtoWriter dims = new ProtoWriter().message(1, new ProtoWriter().text(2, "n"));
    dims.message(1, new ProtoWriter().number(1, 3));
    ProtoWriter x = new ProtoWriter().number(1, FLOAT).message(2, dims);
    graph.message(11, new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, x)));
    ProtoWriter model = new ProtoWriter().number(1, 8).message(8, new ProtoWriter().number(2, 17));
    model.message(8, new ProtoWriter().text(1, ML).number(2, 1)).append(metadata);
    return OnnxModel.parse(Bombs.bytes(model.message(7, graph)));
  }

  @ParameterizedTest
  @CsvSource({"p, 1, 7", "p, 0, 0", "z, 1, 7"})
  void anArgMaxPicksTheLabels(String of, int typeOfP, int typeOfLabel) throws IOException {
    classifier(3).constant("C", 3, -5, 20230101).label(of, "C");
    OnnxModel model = out("label", typeOfLabel).out("p", typeOfP).model();
    assertEquals("p", model.answer());
    assertEquals(List.of("3", "-5", "20230101"), model.classes());
    assertEquals(Map.of("classes", "\"3\",\"-5\",\"20230101\""), model.toModel().metadata());
  }

  @Test
  void textsAreKeptAsTheyAre() throws IOException {
    classifier(3).constant("C", "a\nb", "K\u00f6ln", "o,\"wl").label("p", "C");
    OnnxModel model = out("label", STRING).out("p", FLOAT).model();
    assertEquals(List.of("a\nb", "K\u00f6ln", "o,\"wl"), model.classes());
    assertEquals("\"a\nb\",\"K\u00f6ln\",\"o,\"\"wl\"", model.toModel().metadata().get("classes"));
  }

  @Test
  void theKeysOfAZipMapAreLabels() throws IOException {
    ProtoWriter map = node("ZipMap", 1, "p", "m").text(7, ML);
    classifier(3).add(map.message(5, texts("classlabels_strings", "a", "b", "c")));
    OnnxModel model = out("m", 0).model();
    assertEquals("m", model.answer());
    assertEquals(List.of("a", "b", "c"), model.classes());
  }

  @Test
  void twoNodesThatDoNotAgreeLeaveItOpen() throws IOException {
    ProtoWriter map = node("ZipMap", 1, "p", "m").text(7, ML);
    classifier(3)
        .constant("C", 3, 5, 9)
        .label("p", "C")
        .add(map.message(5, integers("classlabels_int64s", 0, 1, 2)));
    OnnxModel model = out("label", INT64).out("m", 0).model();
    String open =
        "node 4 (ai.onnx.ml.ZipMap, opset 1): its classes are 0, 1, 2, those of a node before are"
            + " 3, 5, 9";
    assertEquals(open, assertThrows(ModelFormatException.class, model::classes).getMessage());
    assertEquals(open, model.toModel().metadata().get("classes-open"));
  }

  /** scikit-learn's two classes: 1 - p and p, of which the network has p. */
  @Test
  void oneSigmoidHasTwoLabels() throws IOException {
    matrix("W", 3, 1)
        .constant("C", "no", "yes")
        .add(node("MatMul", 2, "x", "W", "z"))
        .add(node("Sigmoid", 1, "z", "p"))
        .add(node("Sub", 2, "one", "p", "q"))
        .add(node("Concat", 2, "q", "p", "both").message(5, integer("axis", 1)))
        .label("both", "C");
    ProtoWriter one = new ProtoWriter().number(2, FLOAT).text(8, "one");
    graph.message(5, one.floats(9, new float[] {1}, 0, 1, 1, false));
    OnnxModel model = out("label", STRING).out("both", FLOAT).model();
    assertEquals(List.of("no", "yes"), model.classes());
    assertEquals(1, model.toNetwork().nOut());
  }

  /** Those of one head are not those of another, nor of a hidden layer. */
  @Test
  void labelsAreThoseOfTheirOwnOutput() throws IOException {
    classifier(3)
        .constant("C", 3, 5, 9)
        .label("p", "C")
        .matrix("V", 3, 2)
        .add(node("MatMul", 2, "z", "V", "v"));
    OnnxModel model = out("v", FLOAT).out("p", FLOAT).out("label", INT64).model();
    ModelFormatException open = assertThrows(ModelFormatException.class, model::toModel);
    assertEquals(
        "it has several outputs, of which none is on the way to another: [v: FLOAT, p: FLOAT]:"
            + " choose one, such as --output-name v, in Java OnnxModel.withOutput",
        open.getMessage());
    assertEquals(List.of("3", "5", "9"), model.withOutput("p").classes());
    assertEquals(List.of("3", "5", "9"), model.withOutput("z").classes());
    assertEquals(List.of("3", "5", "9"), model.withOutput("label").classes());
    assertEquals(List.of(), model.withOutput("v").classes());
    assertEquals(Map.of("task", "unknown"), model.withOutput("v").toModel().metadata());
    assertThrows(IllegalArgumentException.class, () -> model.withOutput("none"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsOnTheWayIsNotTheAnswer(boolean hiddenFirst) throws IOException {
    matrix("W", 3, 3)
        .matrix("V", 3, 2)
        .add(node("MatMul", 2, "x", "W", "z"))
        .add(node("Relu", 1, "z", "h"))
        .add(node("MatMul", 2, "h", "V", "y"));
    out(hiddenFirst ? "h" : "y", FLOAT).out(hiddenFirst ? "y" : "h", FLOAT);
    OnnxModel model = model();
    assertEquals("y", model.answer());
    float[] x = {1, -2, 3};
    assertArrayEquals(new float[] {1, 0}, model.toNetwork().predict(x, 1));
    OnnxModel hidden = model.withOutput("h");
    assertEquals("h", hidden.answer());
    assertArrayEquals(new float[] {1, 0, 3}, hidden.toNetwork().predict(x, 1));
    assertEquals(
        List.of("h"), List.copyOf(hidden.run(Map.of("x", OnnxTensor.of(x, 1, 3))).keySet()));
  }

  @Test
  void aLabelAloneIsAnsweredByWhatItIsTheArgMaxOf() throws IOException {
    classifier(3).constant("C", 3, 5, 9).label("p", "C");
    OnnxModel model = out("label", INT64).model();
    assertEquals("p", model.answer());
    assertEquals(List.of("3", "5", "9"), model.classes());
  }

  @Test
  void anArgMaxAloneSaysThatTheColumnsAreClasses() throws IOException {
    classifier(3).add(node("ArgMax", 1, "z", "k").message(5, integer("axis", 1)));
    OnnxModel model = out("k", INT64).out("z", FLOAT).model();
    assertEquals("z", model.answer());
    assertEquals(Map.of("task", "classification"), model.toModel().metadata());
  }

  /** Over the rows of the batch it is no class. */
  @Test
  void anArgMaxOfColumnsIsNoLabel() throws IOException {
    classifier(3).add(node("ArgMax", 1, "z", "k").message(5, integer("axis", 0)));
    OnnxModel model = out("k", INT64).out("z", FLOAT).model();
    assertEquals(Map.of("task", "unknown"), model.toModel().metadata());
  }

  @Test
  void namesThatAreNotPickedAlongTheOutputsOfARowAreOpen() throws IOException {
    classifier(3)
        .constant("C", 3, 5, 9)
        .add(node("ArgMax", 1, "p", "k").message(5, integer("axis", 0)))
        .add(node("Gather", 2, "C", "k", "label"));
    OnnxModel model = out("label", INT64).out("p", FLOAT).model();
    String message = assertThrows(ModelFormatException.class, model::classes).getMessage();
    assertTrue(message.contains("by an arg-max along axis 0, which is not that"), message);
    assertEquals(message, model.toModel().metadata().get("classes-open"));
  }

  @Test
  void whatTheMetadataSayIsKeptWhereItIsOfOurs() throws IOException {
    classifier(3).metadata("task", "multilabel").metadata("classes", "a,b,c");
    Map<String, String> said = Map.of("task", "multilabel", "classes", "a,b,c");
    assertEquals(said, out("z", FLOAT).model().toModel().metadata());
    OnnxModel other =
        new ClassLabelsTest()
            .classifier(3)
            .metadata("task", "detect")
            .metadata("encoding", "utf-8")
            .out("z", FLOAT)
            .model();
    assertEquals(Map.of("task", "unknown"), other.toModel().metadata());
    assertTrue(other.metadata().containsKey("encoding"));
  }
}
