package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The layers that are one node from opset 23 on, beside the nodes that they stand for. */
final class LayerOperatorsTest {
  private static final int FLOAT = 1;
  private static final int BOOL = 9;

  private static float[] random(int n) {
    Random random = new Random(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static void same(
      SmallGraph one, SmallGraph several, Map<String, OnnxTensor> inputs, float tolerance)
      throws IOException {
    OnnxModel model = one.model();
    OnnxTensor wanted = several.model().run(inputs).get("y");
    for (OnnxTensor got :
        new OnnxTensor[] {model.run(inputs).get("y"), model.compile().run(inputs).get("y")}) {
      assertArrayEquals(wanted.dims(), got.dims());
      assertArrayEquals(wanted.floats(), got.floats(), tolerance);
    }
  }

  private static SmallGraph attention() {
    return new SmallGraph(23, -1, 4, 3, 8)
        .input("k", FLOAT, -1, 2, 5, 8)
        .input("v", FLOAT, -1, 2, 5, 6)
        .input("mask", BOOL, -1, 1, -1, 5);
  }

  private static Map<String, OnnxTensor> inputs(boolean byQuery) {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    inputs.put("x", OnnxTensor.of(random(2 * 4 * 3 * 8), 2, 4, 3, 8));
    inputs.put("k", OnnxTensor.of(random(2 * 2 * 5 * 8), 2, 2, 5, 8));
    inputs.put("v", OnnxTensor.of(random(2 * 2 * 5 * 6), 2, 2, 5, 6));
    boolean[] mask = new boolean[2 * (byQuery ? 3 : 1) * 5];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 4 != 1 && (!byQuery || i >= 5);
    }
    inputs.put("mask", OnnxTensor.of(mask, 2, 1, byQuery ? 3 : 1, 5));
    return inputs;
  }

  /** Four heads of queries share two of keys and values; the first query sees nothing. */
  @Test
  void attentionUnderAMask() throws IOException {
    for (boolean byQuery : new boolean[] {false, true}) {
      for (int causal = 0; causal < 2; causal++) {
        SmallGraph several =
            attention().ints("heads", 0, 0, 1).ints("two", 2).ints("four", 0, 4, 5, -1);
        several.ints("pairs", 1, 1, 2, 1, 1).floats("third", new int[0], 0.3f);
        several.floats("zero", new int[0], 0).floats("hidden", new int[0], Float.NEGATIVE_INFINITY);
        several.node("Unsqueeze", "k", "two", "k5").node("Tile", "k5", "pairs", "k6");
        several.node("Reshape", "k6", "four", "keys");
        several.node("Unsqueeze", "v", "two", "v5").node("Tile", "v5", "pairs", "v6");
        several.node("Reshape", "v6", "four", "values");
        several.node("Transpose", "keys", "t").with("perm", new long[] {0, 1, 3, 2});
        several.node("MatMul", "x", "t", "s").node("Mul", "s", "third", "scaled");
        several.node("Where", "mask", "zero", "hidden", "m").node("Add", "scaled", "m", "masked");
        float[] before = new float[15];
        for (int i = 0; i < 15; i++) {
          before[i] = causal == 1 && i % 5 > i / 5 ? Float.NEGATIVE_INFINITY : 0;
        }
        several.floats("before", new int[] {3, 5}, before).node("Add", "masked", "before", "b");
        several
            .node("Softmax", "b", "p")
            .node("IsNaN", "p", "n")
            .node("Where", "n", "zero", "p", "w");
        several.node("MatMul", "w", "values", "y");
        SmallGraph one =
            attention().node("Attention", "x", "k", "v", "mask", "y").with("scale", 0.3f);
        same(one.with("is_causal", causal), several, inputs(byQuery), 2e-6f);
      }
    }
  }

  @Test
  void attentionOfRows() throws IOException {
    SmallGraph several =
        new SmallGraph(23, -1, -1, 12).ints("heads", 0, 0, 3, 4).ints("rows", 0, 0, 12);
    several.floats("half", new int[0], 0.5f).node("Reshape", "x", "heads", "h");
    several.node("Transpose", "h", "q").with("perm", new long[] {0, 2, 1, 3});
    several.node("Transpose", "h", "k").with("perm", new long[] {0, 2, 3, 1});
    several.node("MatMul", "q", "k", "s").node("Mul", "s", "half", "m").node("Softmax", "m", "p");
    several.node("MatMul", "p", "q", "c").node("Transpose", "c", "t");
    several.with("perm", new long[] {0, 2, 1, 3}).node("Reshape", "t", "rows", "y");
    SmallGraph one = new SmallGraph(23, -1, -1, 12).node("Attention", "x", "x", "x", "y");
    one.with("q_num_heads", 3).with("kv_num_heads", 3);
    same(one, several, Map.of("x", OnnxTensor.of(random(2 * 5 * 12), 2, 5, 12)), 2e-6f);
  }

  /** Scores of NaN are no hidden ones. */
  @Test
  void aQueryOfNaN() throws IOException {
    Map<String, OnnxTensor> inputs = inputs(true);
    inputs.get("x").floats()[2 * 8] = Float.NaN;
    OnnxModel model = attention().node("Attention", "x", "k", "v", "mask", "y").model();
    float[] wanted = model.run(inputs).get("y").floats();
    assertTrue(Float.isNaN(wanted[2 * 6]));
    assertEquals(0, wanted[0]);
    assertArrayEquals(wanted, model.compile().run(inputs).get("y").floats(), 2e-6f);
  }

  @Test
  void rotation() throws IOException {
    float[] angles = {0, 1, 0.5f, -2, 3, 0.1f, 0.2f, 0.3f};
    float[] cos = new float[8];
    float[] sin = new float[8];
    for (int i = 0; i < 8; i++) {
      cos[i] = (float) Math.cos(angles[i]);
      sin[i] = (float) Math.sin(angles[i]);
    }
    for (int apart = 0; apart < 2; apart++) {
      SmallGraph graph = new SmallGraph(23, 1, 2, 2, 5).input("ids", 7, 1, 2);
      graph.floats("c", new int[] {4, 2}, cos).floats("s", new int[] {4, 2}, sin);
      graph.node("RotaryEmbedding", "x", "c", "s", "ids", "y").with("rotary_embedding_dim", 4);
      OnnxModel model = graph.with("interleaved", apart).model();
      float[] x = random(20);
      Map<String, OnnxTensor> inputs =
          Map.of("x", OnnxTensor.of(x, 1, 2, 2, 5), "ids", OnnxTensor.of(new long[] {3, 1}, 1, 2));
      float[] got = model.run(inputs).get("y").floats();
      assertArrayEquals(got, model.compile().run(inputs).get("y").floats());
      for (int row = 0; row < 4; row++) {
        int place = row % 2 == 0 ? 3 : 1;
        for (int i = 0; i < 2; i++) {
          int a = 5 * row + (apart == 1 ? 2 * i : i);
          int b = a + (apart == 1 ? 1 : 2);
          double t = angles[2 * place + i];
          assertEquals(Math.cos(t) * x[a] - Math.sin(t) * x[b], got[a], 1e-6);
          assertEquals(Math.sin(t) * x[a] + Math.cos(t) * x[b], got[b], 1e-6);
        }
        assertEquals(x[5 * row + 4], got[5 * row + 4]);
      }
    }
  }

  @Test
  void normalizationByTheRootMeanSquare() throws IOException {
    SmallGraph graph = new SmallGraph(23, -1, 2, 3).row("w", 1, 2, -1);
    OnnxModel model = graph.node("RMSNormalization", "x", "w", "y").with("epsilon", 0f).model();
    Map<String, OnnxTensor> inputs =
        Map.of("x", OnnxTensor.of(new float[] {1, 2, 2, 0, 3, 4}, 1, 2, 3));
    float a = (float) (1 / Math.sqrt(3));
    float b = (float) (1 / Math.sqrt(25 / 3.0));
    float[] wanted = {a, 4 * a, -2 * a, 0, 6 * b, -4 * b};
    assertArrayEquals(wanted, model.run(inputs).get("y").floats(), 1e-6f);
    assertArrayEquals(
        model.run(inputs).get("y").floats(), model.compile().run(inputs).get("y").floats());
  }

  private static String refused(SmallGraph graph, Map<String, OnnxTensor> inputs)
      throws IOException {
    OnnxModel model = graph.model();
    String message = assertThrows(ModelFormatException.class, () -> model.run(inputs)).getMessage();
    assertEquals(
        message,
        assertThrows(ModelFormatException.class, () -> model.compile().run(inputs)).getMessage());
    return message.substring(message.indexOf("): ") + 3);
  }

  @Test
  void whatDoesNotFitIsRefusedByTheNode() throws IOException {
    Map<String, OnnxTensor> rows = Map.of("x", OnnxTensor.of(new float[12], 1, 1, 12));
    SmallGraph five = new SmallGraph(23, -1, -1, 12).node("Attention", "x", "x", "x", "y");
    assertEquals(
        "one of its inputs is (1, 1, 12): wanted rows of 5 heads",
        refused(five.with("q_num_heads", 5).with("kv_num_heads", 5), rows));
    SmallGraph three = new SmallGraph(23, -1, -1, 12).node("Attention", "x", "x", "x", "y");
    assertEquals(
        "queries, keys and values do not fit: (1, 4, 1, 3), (1, 3, 1, 4), (1, 3, 1, 4)",
        refused(three.with("q_num_heads", 4).with("kv_num_heads", 3), rows));
    SmallGraph masked = new SmallGraph(23, -1, -1, 12).floats("m", new int[] {2, 1}, 0, 0);
    masked.node("Attention", "x", "x", "x", "m", "y").with("q_num_heads", 3);
    assertEquals(
        "its mask FLOAT (2, 1) does not fit (1, 3, 1, 1)",
        refused(masked.with("kv_num_heads", 3), rows));
    SmallGraph turned = new SmallGraph(23, -1, -1, 12).floats("t", new int[] {1, 1, 3}, 1, 1, 1);
    turned.node("RotaryEmbedding", "x", "t", "t", "y").with("num_heads", 3);
    assertEquals(
        "its tables (1, 1, 3) do not fit: wanted rows of 2 for each place", refused(turned, rows));
    SmallGraph far = new SmallGraph(23, -1, -1, 12).floats("t", new int[] {1, 2}, 1, 1);
    far.ints("ids", new int[] {1, 1}, 1L << 31);
    far.node("RotaryEmbedding", "x", "t", "t", "ids", "y").with("num_heads", 3);
    assertEquals("index 2147483648 of 1", refused(far, rows));
    SmallGraph cached = new SmallGraph(23, -1, -1, 12);
    cached.node("Attention", "x", "x", "x", "", "x", "y").with("q_num_heads", 3);
    String message =
        assertThrows(ModelFormatException.class, cached.with("kv_num_heads", 3)::model)
            .getMessage();
    assertTrue(message.endsWith("keys and values of before, input 4, are not supported"), message);
  }
}
