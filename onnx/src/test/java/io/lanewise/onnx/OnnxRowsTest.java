package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows through graphs that do not fold. */
final class OnnxRowsTest {
  private static final float[] X = {1, 2, -3, 4, 0, 5};

  private static float[] run(SmallGraph graph, int m) throws IOException {
    OnnxRows rows = graph.model().rows();
    float[] y = new float[m * rows.nOut()];
    rows.run(m, X, y);
    return y;
  }

  private static void assertRefused(String wanted, SmallGraph graph) throws IOException {
    OnnxModel model = graph.model();
    String message = assertThrows(ModelFormatException.class, model::rows).getMessage();
    assertTrue(message.contains(wanted), message);
  }

  /** Whatever the batch is, each row is run as if it were alone. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 2, 3, 5})
  void batchesOfEverySize(int batch) throws IOException {
    SmallGraph graph = new SmallGraph(17, batch, 2).node("Abs", "x", "y");
    assertArrayEquals(new float[] {1, 2, 3, 4, 0, 5}, run(graph, 3));
  }

  /** The range of a batch is another than that of a row. */
  @Test
  void rowsAreQuantizedAlone() throws IOException {
    OnnxModel model =
        new SmallGraph(11, -1, 2)
            .nodes("DynamicQuantizeLinear", "x", "q", "scale", "zero")
            .node("DequantizeLinear", "q", "scale", "zero", "y")
            .model();
    float[] x = {1, -0.3f, 0.01f, 0.02f, -7, 3};
    float[] together = new float[6];
    model.rows().run(3, x, together);
    for (int i = 0; i < 3; i++) {
      float[] alone = new float[2];
      model.rows().run(1, Arrays.copyOfRange(x, 2 * i, 2 * i + 2), alone);
      assertArrayEquals(alone, Arrays.copyOfRange(together, 2 * i, 2 * i + 2));
    }
  }

  @Test
  void moreRowsThanABatch() throws IOException {
    OnnxRows rows = new SmallGraph(17, -1, 2).node("Abs", "x", "y").model().rows();
    float[] x = new float[2 * 1000];
    Arrays.setAll(new Integer[x.length], i -> (int) (x[i] = -i));
    float[] y = new float[x.length];
    rows.run(1000, x, y);
    for (int i = 0; i < y.length; i++) {
      assertEquals(i, y[i]);
    }
  }

  /** An image, a vector that is one row, and outputs of a higher rank. */
  @Test
  void shapesOfARow() throws IOException {
    SmallGraph image = new SmallGraph(17, -1, 1, 2).node("Abs", "x", "y");
    assertArrayEquals(new float[] {1, 2, 3, 4, 0, 5}, run(image, 3));
    SmallGraph vector = new SmallGraph(17, 2).node("Abs", "x", "y");
    assertArrayEquals(new float[] {1, 2, 3, 4, 0, 5}, run(vector, 3));
    SmallGraph number = new SmallGraph(13, -1, 2).ints("axes", 1);
    assertArrayEquals(
        new float[] {3, 1, 5},
        run(number.node("ReduceSum", "x", "axes", "y").with("keepdims", 0), 3));
    assertRefused(
        "does not say how many values a row has", new SmallGraph(17, -1, -1).node("Abs", "x", "y"));
    assertRefused(
        "does not say how many values a row has", new SmallGraph(17, -1).node("Abs", "x", "y"));
    assertRefused("is a batch of no rows", new SmallGraph(17, 0, 2).node("Abs", "x", "y"));
  }

  @Test
  void rowsThatDependOnEachOther() throws IOException {
    SmallGraph graph = new SmallGraph(13, -1, 2).ints("axes", 0);
    graph.node("ReduceMean", "x", "m").with("axes", new long[] {0}).node("Sub", "x", "m", "y");
    OnnxRows rows = graph.model().rows();
    String message =
        assertThrows(ModelFormatException.class, () -> rows.run(3, X, new float[6])).getMessage();
    assertTrue(message.contains("depend on the other rows of the batch"), message);
    SmallGraph sum = new SmallGraph(13, -1, 2).ints("axes", 0).node("ReduceSum", "x", "axes", "y");
    assertRefused("is FLOAT (1, 2) for 2 rows", sum);
  }

  /** The activation at the end is left to the network that the meaning has. */
  @ParameterizedTest
  @ValueSource(strings = {"softmax", "sigmoid", "log-softmax", "identity"})
  void activationsAtTheEnd(String name) throws IOException {
    Activation f = Activation.parse(name);
    SmallGraph graph = new SmallGraph(17, -1, 2).node("Exp", "x", "z");
    String operator =
        name.equals("log-softmax")
            ? "LogSoftmax"
            : name.substring(0, 1).toUpperCase() + name.substring(1);
    OnnxModel model = graph.node(operator, "z", "y").model();
    OnnxRows rows = model.rows();
    assertEquals(f, rows.model().network().outputLayer().activation());
    assertEquals(2, rows.model().network().nIn());
    float[] z = new float[6];
    rows.run(3, X, z);
    Network after = rows.after(rows.model().network());
    assertArrayEquals(SmallGraph.run(model, X, 3, 2).floats(), after.predict(z, 3));
  }

  /** A softmax of something else than several outputs of a row stays in the graph. */
  @Test
  void softmaxesThatStayInTheGraph() throws IOException {
    SmallGraph one = new SmallGraph(17, -1, 1).node("Abs", "x", "a").node("Softmax", "a", "y");
    assertArrayEquals(new float[] {1, 1, 1}, run(one, 3));
    SmallGraph pairs = new SmallGraph(17, -1, 2, 1).node("Abs", "x", "a").node("Softmax", "a", "y");
    assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, run(pairs, 3));
  }

  /** What stands after a graph leaves its outputs as they are, bit for bit. */
  @Test
  void outputsThatAreNotFinite() throws IOException {
    OnnxRows rows = new SmallGraph(17, -1, 3).node("Reciprocal", "x", "y").model().rows();
    float inf = Float.POSITIVE_INFINITY;
    float[] z = {inf, -inf, 1, -0f, 0, Float.MIN_VALUE, -Float.MAX_VALUE, 3, -5};
    assertArrayEquals(z, rows.after(rows.model().network()).predict(z, 3));
  }

  @Test
  void inputsOfOtherTypes() throws IOException {
    for (int type : new int[] {6, 7, 9, 11, 10}) {
      SmallGraph graph = SmallGraph.of(17, type, -1, 2).node("Cast", "x", "f").with("to", 1);
      OnnxRows rows = graph.node("Abs", "f", "y").model().rows();
      float[] y = new float[4];
      rows.run(2, new float[] {1, 0, 0, 1}, y);
      assertArrayEquals(new float[] {1, 0, 0, 1}, y);
      if (type == 6 || type == 7 || type == 9) {
        for (float bad : new float[] {0.5f, 1e9f, Float.NaN}) {
          float[] x = {1, 0, 0, bad};
          assertThrows(ModelFormatException.class, () -> rows.run(2, x, y));
        }
      }
    }
    SmallGraph texts = SmallGraph.of(17, 8, -1, 2).node("Identity", "x", "y");
    assertRefused("takes texts", texts);
  }

  @Test
  void whatCannotBeRunNamesTheNode() throws IOException {
    SmallGraph graph = new SmallGraph(17, -1, 2).floats("w", new int[] {3, 2}, new float[6]);
    assertRefused("node 0 (MatMul, opset 17): A FLOAT (2, 2)", graph.node("MatMul", "x", "w", "y"));
    SmallGraph two = new SmallGraph(17, -1, 2).input("z", 1, -1, 2).node("Add", "x", "z", "y");
    assertRefused("2 inputs, [x: FLOAT (?, 2), z: FLOAT (?, 2)]", two);
  }
}
