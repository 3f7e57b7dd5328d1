package io.lanewise.onnx;

import static io.lanewise.onnx.WrittenAttributes.integer;
import static io.lanewise.onnx.WrittenAttributes.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.kernel.Activation;
import io.lanewise.math.FloatMath;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the standard's tests do not have: forms of older opsets, and bits. */
final class OperatorsTest {
  private static OnnxTensor run(int opset, ProtoWriter node, OnnxTensor x) throws IOException {
    byte[] file = Bombs.model(new ProtoWriter().message(1, node), opset);
    return OnnxModel.parse(file).run(Map.of("x", x)).get("y");
  }

  private static ProtoWriter node(String operator) {
    return Bombs.node(operator, "x", "y");
  }

  /** e^x of ln 1, ln 2, ln 3, ln 4 are 1, 2, 3, 4. */
  private static OnnxTensor logs(int... dims) {
    float[] x = new float[4];
    for (int i = 0; i < 4; i++) {
      x[i] = (float) Math.log(i + 1);
    }
    return OnnxTensor.of(x, dims);
  }

  @Test
  void softmaxOfAMatrixThatIsCoerced() throws IOException {
    float[] all = {0.1f, 0.2f, 0.3f, 0.4f};
    // Before opset 13 all axes from 1 on are one row.
    assertArrayEquals(all, run(12, node("Softmax"), logs(1, 2, 2)).floats(), 1e-7f);
    assertArrayEquals(
        new float[] {1, 1, 1, 1},
        run(12, node("Softmax").message(5, integer("axis", 3)), logs(1, 2, 2)).floats());
    float[] log = run(12, node("LogSoftmax"), logs(1, 2, 2)).floats();
    for (int i = 0; i < 4; i++) {
      assertEquals(Math.log(all[i]), log[i], 5e-7);
    }
    ModelFormatException negative =
        assertThrows(
            ModelFormatException.class,
            () -> run(10, node("Softmax").message(5, integer("axis", -1)), logs(4)));
    assertEquals(
        "node 0 (Softmax, opset 10): axis is -1, which it may be from opset 11 on",
        negative.getMessage());
  }

  @Test
  void softmaxOfOneAxis() throws IOException {
    assertArrayEquals(
        new float[] {1 / 3f, 2 / 3f, 3 / 7f, 4 / 7f},
        run(13, node("Softmax"), logs(1, 2, 2)).floats(),
        1e-7f);
    assertArrayEquals(
        new float[] {1 / 4f, 2 / 6f, 3 / 4f, 4 / 6f},
        run(13, node("Softmax").message(5, integer("axis", 1)), logs(1, 2, 2)).floats(),
        1e-7f);
  }

  @Test
  void clipByAttributes() throws IOException {
    ProtoWriter clip = node("Clip").message(5, number("min", 0)).message(5, number("max", 1));
    OnnxTensor x = OnnxTensor.of(new float[] {-1, 0.5f, 2, Float.NaN}, 4);
    assertArrayEquals(new float[] {0, 0.5f, 1, Float.NaN}, run(10, clip, x).floats());
  }

  @Test
  void dropoutOfOldIsTheIdentity() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {1, 2}, 2);
    assertArrayEquals(
        x.floats(), run(7, node("Dropout").message(5, number("ratio", 0.9f)), x).floats());
  }

  @Test
  void geluOfBothForms() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {-3, -0.5f, 0, 1, 4}, 5);
    float[] erf = run(20, node("Gelu"), x).floats();
    ProtoWriter form = new ProtoWriter().text(1, "approximate").text(4, "tanh").number(20, 3);
    float[] tanh = run(20, node("Gelu").message(5, form), x).floats();
    for (int i = 0; i < 5; i++) {
      assertEquals(FloatMath.gelu(x.floats()[i]), erf[i]);
      assertEquals(FloatMath.geluTanh(x.floats()[i]), tanh[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 13, 25})
  void aGemmIsADenseLayer(int opset) throws IOException {
    Network network = ExportTest.random("12 9", 1);
    float[] p = network.parameters();
    ProtoWriter w = new ProtoWriter().number(1, 12).number(1, 9).number(2, 1).text(8, "w");
    ProtoWriter b = new ProtoWriter().number(1, 9).number(2, 1).text(8, "b");
    ProtoWriter graph =
        new ProtoWriter()
            .message(1, Bombs.node("Gemm", "x", "w", "b", "y"))
            .message(5, w.floats(9, p, 0, 12, 9, false))
            .message(5, b.floats(9, p, 108, 1, 9, false));
    float[] x = ExportTest.inputs(network, 2);
    int m = x.length / 12;
    OnnxModel model = OnnxModel.parse(Bombs.model(graph, opset));
    OnnxTensor y = model.run(Map.of("x", OnnxTensor.of(x, m, 12))).get("y");
    assertArrayEquals(network.predict(x, m), y.floats());
    assertArrayEquals(network.predict(x, m), model.toNetwork().predict(x, m));
    assertEquals(Activation.IDENTITY, model.toNetwork().outputLayer().activation());
  }

  @Test
  void maximaOfWhatIsNoNumber() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {1, Float.NaN, 3, -0f, 0f, -1}, 2, 3);
    ProtoWriter argMax = node("ArgMax").message(5, integer("axis", 1));
    assertArrayEquals(new long[] {1, 0}, run(13, argMax, x).longs());
  }

  @Test
  void integersAreWrapped() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {300.9f, -1.5f, 0.4f}, 3);
    assertArrayEquals(
        new long[] {44, 255, 0}, run(13, node("Cast").message(5, integer("to", 2)), x).longs());
    assertArrayEquals(
        new long[] {1, 1, 1}, run(13, node("Cast").message(5, integer("to", 9)), x).longs());
  }

  @Test
  void castsOfUnsignedLongs() throws IOException {
    long[] values = {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, (1L << 63) + 1025};
    OnnxTensor x = OnnxTensor.of(OnnxTensor.Type.UINT64, values, 6);
    double[] doubles = {0, 1, 0x1p63, 0x1p63, 0x1p64, 0x1.0000000000001p63};
    float[] floats = {0, 1, 0x1p63f, 0x1p63f, 0x1p64f, 0x1p63f};
    assertArrayEquals(doubles, cast(x, OnnxTensor.Type.DOUBLE).doubles());
    assertArrayEquals(floats, cast(x, OnnxTensor.Type.FLOAT).floats());
    assertArrayEquals(values, cast(x, OnnxTensor.Type.INT64).longs());
    double[] large = {0x1p63, 0x1.8p63, 0x1p64, 12.9, 0x1.fffffffffffffp63};
    long[] wanted = {Long.MIN_VALUE, 3L << 62, -1, 12, -2048};
    OnnxTensor y = OnnxTensor.of(large, 5);
    assertArrayEquals(wanted, cast(y, OnnxTensor.Type.UINT64).longs());
    OnnxTensor f = OnnxTensor.of(new float[] {0x1p63f, 0x1.8p63f, 0x1p64f}, 3);
    assertArrayEquals(
        new long[] {Long.MIN_VALUE, 3L << 62, -1}, cast(f, OnnxTensor.Type.UINT64).longs());
  }

  private static OnnxTensor cast(OnnxTensor x, OnnxTensor.Type type) {
    OnnxTensor y = new OnnxTensor(type, x.dims(), TensorParser.newArray(type, x.count()));
    for (int i = 0; i < x.count(); i++) {
      Casts.cast(x, i, y);
    }
    return y;
  }

  /** 0 NaN is NaN, as the standard's formula has it, by both ways. */
  @Test
  void aGemmWithAFactorOfZero() throws IOException {
    float[] odd = {Float.NaN, 1, Float.POSITIVE_INFINITY, 2};
    float[] even = {5, 6};
    ProtoWriter w = new ProtoWriter().number(1, 2).number(1, 2).number(2, 1).text(8, "w");
    ProtoWriter b = new ProtoWriter().number(1, 2).number(2, 1).text(8, "b");
    ProtoWriter c = new ProtoWriter().number(1, 2).number(2, 1).text(8, "c");
    w.floats(9, odd, 0, 2, 2, false);
    b.floats(9, even, 0, 1, 2, false);
    c.floats(9, odd, 0, 1, 2, false);
    OnnxTensor x = OnnxTensor.of(new float[] {1, 3}, 1, 2);
    for (float[] factors : new float[][] {{0, 1}, {0, 2}, {1, 0}, {0, 0}, {2, 0}}) {
      for (String bias : new String[] {"b", "c"}) {
        ProtoWriter gemm = Bombs.node("Gemm", "x", "w", bias, "y");
        gemm.message(5, number("alpha", factors[0])).message(5, number("beta", factors[1]));
        ProtoWriter graph = new ProtoWriter().message(1, gemm).message(5, w).message(5, b);
        OnnxModel model = OnnxModel.parse(Bombs.model(graph.message(5, c), 13));
        float[] ran = model.run(Map.of("x", x)).get("y").floats();
        assertArrayEquals(ran, model.toNetwork().predict(x.floats(), 1));
        float second = factors[0] * 7 + factors[1] * (bias.equals("b") ? 6 : 1);
        assertArrayEquals(new float[] {Float.NaN, second}, ran);
      }
    }
  }

  @Test
  void aValueTwice() throws IOException {
    for (String second : new String[] {"a", "same"}) {
      ProtoWriter graph = new ProtoWriter().message(5, Bombs.floats("w", 2, 2));
      graph.message(1, Bombs.node("MatMul", "x", "w", "m"));
      graph.message(1, Bombs.node("Sigmoid", "m", "a"));
      graph.message(1, Bombs.node("Identity", "a", "same"));
      graph.message(1, Bombs.node("Add", "a", second, "y"));
      Network network = OnnxModel.parse(Bombs.model(graph)).toNetwork();
      assertArrayEquals(new float[] {1, 1}, network.predict(new float[] {3, 4}, 1));
    }
  }

  /** (1, 1, n) is a row, where nothing after it means something else of a higher rank. */
  @Test
  void rowsOfAHigherRank() throws IOException {
    for (String operator : new String[] {"Add", "Sub", "Mul", "Div"}) {
      ProtoWriter c = new ProtoWriter().number(1, 1).number(1, 1).number(1, 2).number(2, 1);
      c.text(8, "c").floats(9, new float[] {2, 4}, 0, 1, 2, false);
      ProtoWriter w = new ProtoWriter().number(1, 2).number(1, 2).number(2, 1).text(8, "w");
      w.floats(9, new float[] {1, 2, 3, 4}, 0, 2, 2, false);
      ProtoWriter graph = new ProtoWriter().message(5, c).message(5, w);
      graph.message(1, Bombs.node("MatMul", "x", "w", "m"));
      graph.message(1, Bombs.node(operator, "m", "c", "r"));
      byte[] file = Bombs.model(graph.message(1, Bombs.node("Softmax", "r", "y")), 13);
      OnnxTensor x = OnnxTensor.of(new float[] {1, 2, 3, 4}, 2, 2);
      OnnxModel model = OnnxModel.parse(file);
      OnnxTensor y = model.run(Map.of("x", x)).get("y");
      assertArrayEquals(new int[] {1, 2, 2}, y.dims());
      assertArrayEquals(y.floats(), model.toNetwork().predict(x.floats(), 2));
      // Before opset 13 the softmax is of all that follows the first axis.
      byte[] older = file.clone();
      int opset = file.length - 1;
      while (older[opset] != 13 || older[opset - 1] != 16) {
        opset--;
      }
      older[opset] = 12;
      OnnxModel old = OnnxModel.parse(older);
      assertThrows(ModelFormatException.class, old::toNetwork);
    }
  }

  /** Whatever the operator, it is said, not thrown from inside. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Relu",
        "Elu",
        "Exp",
        "Sqrt",
        "Softmax",
        "LogSoftmax",
        "ArgMax",
        "Clip",
        "Gelu",
        "Dropout",
        "HardSigmoid",
        "Softsign",
        "Flatten",
        "Transpose",
        "Identity",
        "Shape",
        "Squeeze",
        "ReduceMean",
        "ReduceMax",
        "Min",
        "Not",
        "Split",
        "ConstantOfShape",
        "Reciprocal",
        "Neg",
        "Abs"
      })
  void everyTypeIsRunOrRefused(String operator) throws IOException {
    for (OnnxTensor.Type type : OnnxTensor.Type.values()) {
      ProtoWriter none = new ProtoWriter().number(1, 1).number(1, 0).number(2, type.code());
      for (ProtoWriter constant : new ProtoWriter[] {none, two(type)}) {
        ProtoWriter graph = new ProtoWriter().message(5, constant.text(8, "c"));
        graph.message(1, Bombs.node(operator, "c", "y"));
        OnnxModel model = OnnxModel.parse(Bombs.model(graph, 20));
        try {
          model.run(Map.of("x", OnnxTensor.of(new float[1], 1)));
        } catch (ModelFormatException e) {
          // Said.
        }
        assertThrows(ModelFormatException.class, model::toNetwork);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Add",
        "Div",
        "MatMul",
        "PRelu",
        "Gemm",
        "Reshape",
        "Concat",
        "Clip",
        "LayerNormalization",
        "Gather",
        "Unsqueeze",
        "ReduceSum",
        "Pow",
        "Max",
        "Equal",
        "Expand"
      })
  void everyPairOfTypesIsRunOrRefused(String operator) throws IOException {
    for (OnnxTensor.Type a : OnnxTensor.Type.values()) {
      for (OnnxTensor.Type b : OnnxTensor.Type.values()) {
        ProtoWriter graph = new ProtoWriter();
        graph.message(5, two(a).text(8, "a")).message(5, two(b).text(8, "b"));
        ProtoWriter node = Bombs.node(operator, "a", "b", "c");
        node = operator.equals("Concat") ? node.message(5, integer("axis", 0)) : node;
        graph.message(1, node).message(1, Bombs.node("Add", "x", "c", "y"));
        OnnxModel model = OnnxModel.parse(Bombs.model(graph, 20));
        try {
          model.run(Map.of("x", OnnxTensor.of(new float[1], 1)));
        } catch (ModelFormatException e) {
          // Said.
        }
        assertThrows(ModelFormatException.class, model::toNetwork);
      }
    }
  }

  /** (1, 2) of that type. */
  private static ProtoWriter two(OnnxTensor.Type type) {
    ProtoWriter tensor = new ProtoWriter().number(1, 1).number(1, 2).number(2, type.code());
    return type == OnnxTensor.Type.STRING
        ? tensor.text(6, "a").text(6, "b")
        : tensor.text(9, "\1".repeat(2 * type.bytes()));
  }

  /** As layer normalizations have it in exports to FLOAT16. */
  @Test
  void powersOfShortFloats() throws IOException {
    SmallGraph graph = SmallGraph.of(13, 10, 3).row("two", 2).node("Cast", "two", "power");
    OnnxModel model = graph.with("to", 10).node("Pow", "x", "power", "y").model();
    OnnxTensor.Type type = OnnxTensor.Type.FLOAT16;
    OnnxTensor x = new OnnxTensor(type, new int[] {3}, new float[] {1.5f, -3, 300});
    OnnxTensor y = model.run(Map.of("x", x)).get("y");
    assertEquals(type, y.type());
    assertArrayEquals(new float[] {2.25f, 9, Float.POSITIVE_INFINITY}, y.floats());
  }
}
