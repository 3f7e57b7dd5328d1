package io.lanewise.onnx;

import static io.lanewise.onnx.Bombs.bytes;
import static io.lanewise.onnx.Bombs.floats;
import static io.lanewise.onnx.Bombs.info;
import static io.lanewise.onnx.Bombs.model;
import static io.lanewise.onnx.Bombs.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and how it is said. */
final class OnnxModelTest {
  @TempDir Path folder;

  private static ProtoWriter graph() {
    return new ProtoWriter();
  }

  private static ProtoWriter relu() {
    return node("Relu", "x", "y");
  }

  private static void assertRefused(String wanted, byte[] file) {
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.parse(file)).getMessage();
    assertTrue(message.contains(wanted), message);
  }

  private static void assertRefused(String wanted, ProtoWriter graph) throws IOException {
    assertRefused(wanted, model(graph));
  }

  private static ProtoWriter header(long ir, long opset) {
    return new ProtoWriter().number(1, ir).message(8, new ProtoWriter().number(2, opset));
  }

  private static ProtoWriter whole() {
    return graph().message(1, relu()).message(11, info("x")).message(12, info("y"));
  }

  @ParameterizedTest
  @CsvSource({"2, 17, IR version 2", "99, 17, IR version 99", "8, 6, opset 6", "8, 999, opset 999"})
  void versionsOutOfRange(long ir, long opset, String wanted) throws IOException {
    assertRefused(wanted, bytes(header(ir, opset).message(7, whole())));
  }

  @Test
  void everyOpsetInRangeIsRead() throws IOException {
    for (int opset = GraphParser.MIN_OPSET; opset <= GraphParser.MAX_OPSET; opset++) {
      assertEquals(opset, OnnxModel.parse(bytes(header(8, opset).message(7, whole()))).opset());
    }
  }

  /** As exporters write it: the same domain again, by either of its names; the newest counts. */
  @Test
  void domainsThatAreImportedAgain() throws IOException {
    for (String name : new String[] {"", "ai.onnx"}) {
      for (int[] versions : new int[][] {{13, 17}, {17, 13}, {17, 17}}) {
        ProtoWriter file = header(8, versions[0]);
        file.message(8, new ProtoWriter().text(1, name).number(2, versions[1]));
        assertEquals(17, OnnxModel.parse(bytes(file.message(7, whole()))).opset());
      }
    }
    ProtoWriter tooNew = header(8, 17).message(8, new ProtoWriter().number(2, 99));
    assertRefused("opset 99", bytes(tooNew.message(7, whole())));
  }

  @Test
  void aDimensionOfMinusOneIsOpen() throws IOException {
    ProtoWriter dims = new ProtoWriter().message(1, new ProtoWriter().number(1, -1));
    dims.message(1, new ProtoWriter().number(1, 2));
    ProtoWriter tensor = new ProtoWriter().number(1, 1).message(2, dims);
    ProtoWriter z = new ProtoWriter().text(1, "z").message(2, new ProtoWriter().message(1, tensor));
    OnnxModel model =
        OnnxModel.parse(
            model(graph().message(1, relu()).message(11, z).message(1, node("Relu", "z", "r"))));
    assertEquals("z: FLOAT (?, 2)", model.inputs().get(0).toString());
  }

  /** The most layers that a network may have, each as many small nodes. */
  @Test
  void manySmallLayersComeBack() throws IOException {
    for (String activation : new String[] {"gelu-tanh", "gelu", "mish", "clipped-relu", "tanh"}) {
      String text = "16" + (" 16:" + activation).repeat(1024);
      assertComesBack(text);
    }
    assertComesBack("1" + " 1".repeat(250));
    assertComesBack("1" + " 1".repeat(2048));
    assertComesBack("2 2" + " batchnorm".repeat(2047));
    assertComesBack("2 2" + " normalization".repeat(2047));
    assertComesBack("2 2" + " gelu-tanh".repeat(2047));
  }

  private void assertComesBack(String layers) throws IOException {
    Network network = Architecture.parse(layers).build();
    Path file = folder.resolve("many.onnx");
    OnnxModel.export(network, file);
    Network read = OnnxModel.load(file).toNetwork();
    assertArrayEquals(network.parameters(), read.parameters());
    assertEquals(Architecture.format(network), Architecture.format(read));
  }

  @Test
  void inputsOfEveryType() throws IOException {
    assertEquals("DOUBLE (2)", OnnxTensor.of(new double[2], 2).toString());
    assertEquals("INT32 (2)", OnnxTensor.of(new int[2], 2).toString());
    assertEquals("STRING (1)", OnnxTensor.of(new String[] {"a"}, 1).toString());
    OnnxTensor bits = OnnxTensor.of(new boolean[] {true, false}, 2);
    assertEquals(OnnxTensor.Type.BOOL, bits.type());
    assertArrayEquals(new long[] {1, 0}, bits.longs());
    OnnxTensor bytes = OnnxTensor.of(OnnxTensor.Type.INT8, new long[] {-128}, 1);
    assertEquals("INT8 (1)", bytes.toString());
    for (OnnxTensor.Type type : OnnxTensor.Type.values()) {
      boolean any = type.isIntegers() && type.bytes() == 8;
      if (!any) {
        assertThrows(
            IllegalArgumentException.class, () -> OnnxTensor.of(type, new long[] {-1L << 40}, 1));
      }
    }
  }

  @Test
  void whatIsNoModel() throws IOException {
    assertRefused("IR version 0", new byte[0]);
    assertRefused("not an ONNX file", "{\"x\": 1}".getBytes("UTF-8"));
    assertRefused("has no graph", bytes(header(8, 17)));
    assertRefused("a second graph", bytes(header(8, 17).message(7, whole()).message(7, whole())));
    assertRefused("functions", bytes(header(8, 17).message(25, new ProtoWriter())));
    assertRefused(
        "ai.onnx is not imported", bytes(new ProtoWriter().number(1, 8).message(7, whole())));
  }

  /** Weights of DOUBLE become FLOAT in a network: one that is none there is named. */
  @Test
  void doublesBeyondFloatAreRefusedByName() throws IOException {
    ProtoWriter w = new ProtoWriter().number(1, 1).number(1, 1).number(2, 11).text(8, "w");
    long bits = 0x7e37643c0800751cL;
    StringBuilder raw = new StringBuilder();
    for (int b = 0; b < 8; b++) {
      raw.append((char) (bits >>> 8 * b & 0x7f));
    }
    byte[] model =
        model(
            graph()
                .message(5, w.text(9, raw.toString()))
                .message(1, node("MatMul", "x", "w", "y")));
    OnnxModel read = OnnxModel.parse(model);
    String message = assertThrows(ModelFormatException.class, read::toNetwork).getMessage();
    assertEquals(
        "tensor \"w\": "
            + Double.longBitsToDouble(bits)
            + " is beyond the range of FLOAT, in which DOUBLE is computed",
        message);
  }

  @Test
  void outputsThatNothingMakes() throws IOException {
    ProtoWriter none = graph().message(1, relu()).message(11, info("x"));
    assertRefused("no outputs", bytes(header(8, 17).message(7, none)));
    assertRefused("output \"y\": nothing makes it", graph());
    assertRefused("output \"y\" is there twice", graph().message(1, relu()).message(12, info("y")));
  }

  @Test
  void namesAndOrder() throws IOException {
    assertRefused("\"y\" is made twice", graph().message(1, relu()).message(1, relu()));
    assertRefused("\"x\" is made twice", graph().message(1, node("Relu", "x", "x")));
    assertRefused(
        "node 0 (Relu, opset 17): reads \"w\", which nothing makes",
        graph().message(1, node("Relu", "w", "y")));
    assertRefused(
        "a cycle, or a wrong order",
        graph().message(1, node("Relu", "a", "y")).message(1, node("Relu", "y", "a")));
    assertRefused(
        "initializer \"w\" is there twice",
        graph().message(5, floats("w", 1)).message(5, floats("w", 1)).message(1, relu()));
    assertRefused("input \"x\" is there twice", graph().message(11, info("x")).message(1, relu()));
    assertRefused("has no name", graph().message(5, floats("", 1)).message(1, relu()));
  }

  @Test
  void nodes() throws IOException {
    assertRefused(
        "node 0 (Conv, opset 17): the operator is not supported",
        graph().message(1, node("Conv", "x", "y")));
    assertRefused("none before opset 20", graph().message(1, node("Gelu", "x", "y")));
    assertRefused(
        "(com.example.Relu, opset 17): its domain is not supported",
        graph().message(1, relu().text(7, "com.example")));
    assertRefused("wants 2 inputs, has 1", graph().message(1, node("Add", "x", "y")));
    assertRefused("input 1 is left out", graph().message(1, node("Add", "x", "", "y")));
    assertRefused("it has no operator", graph().message(1, new ProtoWriter().text(2, "y")));
    assertRefused("it has no output", graph().message(1, new ProtoWriter().text(4, "Relu")));
    assertRefused(
        "node 0 \"there\" (Relu, opset 17): attribute \"alpha\" is not supported",
        graph().message(1, relu().text(3, "there").message(5, alpha())));
    assertRefused(
        "attribute \"alpha\" is there twice",
        graph().message(1, node("Elu", "x", "y").message(5, alpha()).message(5, alpha())));
    ProtoWriter wrong = new ProtoWriter().text(1, "alpha").number(3, 1).number(20, 2);
    assertRefused(
        "attribute \"alpha\" has the wrong type",
        graph().message(1, node("Elu", "x", "y").message(5, wrong)));
    ProtoWriter training = new ProtoWriter().text(1, "training_mode").number(3, 1).number(20, 2);
    assertRefused(
        "export the model for inference",
        graph()
            .message(
                1, node("BatchNormalization", "x", "x", "x", "x", "x", "y").message(5, training)));
  }

  private static ProtoWriter alpha() {
    return new ProtoWriter().text(1, "alpha").float32(2, 1).number(20, 1);
  }

  private static void assertTensorRefused(String wanted, ProtoWriter tensor) throws IOException {
    assertRefused(wanted, graph().message(5, tensor.text(8, "w")).message(1, relu()));
  }

  @Test
  void tensors() throws IOException {
    assertTensorRefused("dimension 0 is -1", new ProtoWriter().number(1, -1).number(2, 1));
    assertTensorRefused("too many elements", dims(1 << 20, 1 << 20).number(2, 1));
    assertTensorRefused("too many elements", dims(Shapes.MAX_COUNT, 3).number(2, 1));
    assertTensorRefused("more than 12 dimensions", dims(new long[13]).number(2, 1));
    assertTensorRefused(
        "its shape (2, 3) of FLOAT needs 24 bytes, it has 20",
        dims(2, 3).number(2, 1).text(9, "\0".repeat(20)));
    assertTensorRefused("needs 6 elements, it has 0", dims(2, 3).number(2, 1));
    assertTensorRefused("needs 1 elements, it has 2", dims(1).number(2, 7).text(7, "\1\2"));
    assertTensorRefused("in field 7", dims(2).number(2, 1).text(7, "\1\2"));
    assertTensorRefused(
        "both raw data and data of a type", dims(0).number(2, 1).text(9, "").text(7, "\1"));
    assertTensorRefused("element type 17", dims(0).number(2, 17));
    assertTensorRefused("2 is no BOOL", dims(1).number(2, 9).text(9, "\2"));
    assertTensorRefused("300 is no INT8", dims(1).number(2, 3).number(5, 300));
    assertTensorRefused("texts cannot be raw data", dims(1).number(2, 8).text(9, "abc"));
    assertTensorRefused("segments", dims(1).number(2, 1).message(3, new ProtoWriter()));
  }

  private static ProtoWriter dims(long... dims) {
    ProtoWriter tensor = new ProtoWriter();
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    return tensor;
  }

  @Test
  void textsThatAreNone() throws IOException {
    byte[] file = model(graph().message(1, relu()).text(2, "~~"));
    for (int i = 0; i + 1 < file.length; i++) {
      if (file[i] == '~') {
        file[i] = (byte) 0xff;
      }
    }
    assertRefused("not UTF-8", file);
  }

  @Test
  void theFileIsNamed() throws IOException {
    Path file = folder.resolve("x.onnx");
    Files.write(file, new byte[] {8, 99});
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.load(file)).getMessage();
    assertTrue(message.startsWith(file + ": not an ONNX model"), message);
    assertThrows(NoSuchFileException.class, () -> OnnxModel.load(folder.resolve("none")));
  }

  @Test
  void inputsOfARun() throws IOException {
    OnnxModel model = OnnxModel.parse(model(graph().message(1, relu())));
    OnnxTensor x = OnnxTensor.of(new float[] {-1, 2}, 2);
    assertArrayEquals(new float[] {0, 2}, model.run(Map.of("x", x)).get("y").floats());
    assertThrows(IllegalArgumentException.class, () -> model.run(Map.of()));
    assertThrows(IllegalArgumentException.class, () -> model.run(Map.of("x", x, "z", x)));
    assertThrows(
        IllegalArgumentException.class,
        () -> model.run(Map.of("x", OnnxTensor.of(new long[2], 2))));
    assertThrows(IllegalArgumentException.class, () -> OnnxTensor.of(new float[3], 2));
    assertThrows(IllegalArgumentException.class, () -> OnnxTensor.of(new float[0], -1, 0));
    assertThrows(IllegalStateException.class, x::longs);
  }

  @Test
  void aRunHasALimit() throws IOException {
    ProtoWriter outer =
        graph().message(5, floats("w", 1000, 1)).message(1, node("Add", "x", "w", "y"));
    OnnxModel model = OnnxModel.parse(model(outer));
    Map<String, OnnxTensor> x = Map.of("x", OnnxTensor.of(new float[1000], 1, 1000));
    assertEquals(1_000_000, model.run(x).get("y").count());
    String message =
        assertThrows(
                ModelFormatException.class, () -> model.run(x, ScalarKernels.INSTANCE, 1 << 20))
            .getMessage();
    assertTrue(message.contains("more memory than its limit of"), message);
    assertTrue(message.startsWith("node "), message);
  }

  @Test
  void shapesThatDoNotFit() throws IOException {
    OnnxModel model =
        OnnxModel.parse(
            model(graph().message(5, floats("w", 3, 2)).message(1, node("MatMul", "x", "w", "y"))));
    Map<String, OnnxTensor> x = Map.of("x", OnnxTensor.of(new float[8], 2, 4));
    String message = assertThrows(ModelFormatException.class, () -> model.run(x)).getMessage();
    assertEquals(
        "node 0 (MatMul, opset 17): A FLOAT (2, 4) and B FLOAT (3, 2) do not fit", message);
  }

  @Test
  void weightsThatAreNotFiniteAreSaid() throws IOException {
    ProtoWriter w = dims(2).number(2, 1).text(8, "w");
    w.floats(9, new float[] {Float.NaN, 1}, 0, 1, 2, false);
    OnnxModel model =
        OnnxModel.parse(model(graph().message(5, w).message(1, node("Add", "x", "w", "y"))));
    assertEquals(List.of("1 values of \"w\" are NaN or infinite"), model.remarks());
  }

  @Test
  void whatPreventsFoldingIsNamed() throws IOException {
    assertNoNetwork("it has no dense layer", graph().message(1, relu()));
    assertNoNetwork(
        "node 1 (Exp, opset 17): it cannot be folded into a network",
        graph()
            .message(5, floats("w", 2, 2))
            .message(1, node("MatMul", "x", "w", "a"))
            .message(1, node("Exp", "a", "y")));
    assertNoNetwork(
        "its attributes are not those of selu",
        graph()
            .message(5, floats("w", 2, 2))
            .message(1, node("MatMul", "x", "w", "a"))
            .message(1, node("Selu", "a", "y").message(5, alpha())));
    assertNoNetwork(
        "it takes 3 values a row, there are 2",
        graph()
            .message(5, floats("w", 2, 2))
            .message(5, floats("v", 3, 3))
            .message(1, node("MatMul", "x", "w", "a"))
            .message(1, node("MatMul", "a", "v", "y")));
    assertNoNetwork(
        "not on the way to its other input",
        graph()
            .message(5, floats("w", 2, 2))
            .message(1, node("MatMul", "x", "w", "a"))
            .message(1, node("MatMul", "x", "w", "b"))
            .message(1, node("Add", "a", "b", "y")));
    assertNoNetwork(
        "its first factor is constant",
        graph()
            .message(5, floats("w", 2, 2))
            .message(1, node("MatMul", "w", "w", "a"))
            .message(1, node("Add", "a", "x", "y")));
  }

  private static void assertNoNetwork(String wanted, ProtoWriter graph) throws IOException {
    OnnxModel model = OnnxModel.parse(model(graph));
    String message = assertThrows(ModelFormatException.class, model::toNetwork).getMessage();
    assertTrue(message.contains(wanted), message);
  }
}
