package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Edges that the standard's tests leave out: ends, signs, emptiness, what is out of range. */
final class IndexOperatorsTest {
  private static final long MIN = Long.MIN_VALUE;
  private static final long MAX = Long.MAX_VALUE;

  /** Runs a node on inputs named a, b, c, ... of which each may be null; its output is y. */
  static OnnxTensor run(int opset, ProtoWriter node, OnnxTensor... inputs) throws IOException {
    ProtoWriter graph = new ProtoWriter();
    Map<String, OnnxTensor> values = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      String name = Character.toString('a' + i);
      if (inputs[i] == null) {
        node.text(1, "");
        continue;
      }
      node.text(1, name);
      ProtoWriter tensor = new ProtoWriter().number(1, inputs[i].type().code());
      ProtoWriter info = new ProtoWriter().text(1, name);
      graph.message(11, info.message(2, new ProtoWriter().message(1, tensor)));
      values.put(name, inputs[i]);
    }
    ProtoWriter model = new ProtoWriter().number(1, 8);
    model.message(8, new ProtoWriter().number(2, opset));
    model.message(8, new ProtoWriter().text(1, "ai.onnx.ml").number(2, 1));
    graph.message(1, node.text(2, "y")).message(12, new ProtoWriter().text(1, "y"));
    return OnnxModel.parse(Bombs.bytes(model.message(7, graph)))
        .run(values, ScalarKernels.INSTANCE, 1 << 20)
        .get("y");
  }

  static ProtoWriter node(String operator) {
    return new ProtoWriter().text(4, operator);
  }

  static OnnxTensor longs(long... values) {
    return OnnxTensor.of(values, values.length);
  }

  private static OnnxTensor slice(long start, long end, long step) throws IOException {
    OnnxTensor x = longs(0, 1, 2, 3, 4);
    return run(13, node("Slice"), x, longs(start), longs(end), longs(0), longs(step));
  }

  @Test
  void slices() throws IOException {
    assertArrayEquals(new long[] {1, 2}, slice(1, 3, 1).longs());
    assertArrayEquals(new long[] {4, 2, 0}, slice(-1, MIN, -2).longs());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4}, slice(MIN, MAX, 1).longs());
    assertArrayEquals(new long[] {0}, slice(0, MAX, MAX).longs());
    assertArrayEquals(new long[] {4}, slice(MAX, MIN, MIN).longs());
    assertArrayEquals(new long[0], slice(3, 1, 1).longs());
    assertArrayEquals(new long[0], slice(1, 3, -1).longs());
    assertArrayEquals(new long[] {3, 2}, slice(3, 1, -1).longs());
    assertRefused("a step of 0", () -> slice(0, 5, 0));
    OnnxTensor none = OnnxTensor.of(new float[0], 0, 3);
    OnnxTensor y = run(13, node("Slice"), none, longs(4), longs(-9), longs(0), longs(-1));
    assertEquals("FLOAT (0, 3)", y.toString());
    assertRefused(
        "axis 2 of a tensor of rank 2",
        () -> run(13, node("Slice"), none, longs(0), longs(1), longs(2)));
    assertRefused(
        "axes [0, -2]", () -> run(13, node("Slice"), none, longs(0, 0), longs(1, 1), longs(0, -2)));
    assertRefused("do not fit", () -> run(13, node("Slice"), none, longs(0), longs(1, 2)));
  }

  @Test
  void gathers() throws IOException {
    OnnxTensor x = longs(5, 6, 7);
    assertArrayEquals(new long[] {7, 5}, run(13, node("Gather"), x, longs(-1, 0)).longs());
    OnnxTensor scalar = OnnxTensor.of(new int[] {1});
    assertEquals("INT64 ()", run(13, node("Gather"), x, scalar).toString());
    assertArrayEquals(new long[0], run(13, node("Gather"), x, longs()).longs());
    for (long wrong : new long[] {3, -4, MIN, MAX}) {
      assertRefused("index " + wrong + " of 3", () -> run(13, node("Gather"), x, longs(wrong)));
    }
    OnnxTensor deep = OnnxTensor.of(new float[1], 1, 1, 1, 1, 1, 1, 1);
    OnnxTensor places = OnnxTensor.of(new long[1], 1, 1, 1, 1, 1, 1, 1);
    assertRefused("13 dimensions", () -> run(13, node("Gather"), deep, places));
    assertRefused("wanted INT64", () -> run(13, node("Gather"), x, OnnxTensor.of(new float[1], 1)));
  }

  @Test
  void axesOfOne() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[3], 1, 3, 1);
    assertEquals("FLOAT (3)", run(13, node("Squeeze"), x).toString());
    assertEquals("FLOAT (1, 3)", run(13, node("Squeeze"), x, longs(-1)).toString());
    assertRefused("axis 1 of FLOAT (1, 3, 1)", () -> run(13, node("Squeeze"), x, longs(1)));
    assertRefused("axes [0, 0]", () -> run(13, node("Squeeze"), x, longs(0, 0)));
    assertRefused("axes [" + MAX, () -> run(13, node("Squeeze"), x, longs(MAX)));
    assertEquals(
        "FLOAT (1, 3, 1, 1)",
        run(13, node("Unsqueeze"), OnnxTensor.of(new float[3], 1, 3), longs(-1, 2)).toString());
    assertRefused("13 dimensions", () -> run(13, node("Unsqueeze"), x, longs(new long[10])));
  }

  @Test
  void shapesThatAreTooLarge() throws IOException {
    OnnxTensor one = OnnxTensor.of(new float[1], 1);
    assertRefused("more memory", () -> run(13, node("Expand"), one, longs(1 << 20)));
    assertRefused("too many", () -> run(13, node("Expand"), one, longs(1 << 20, 1 << 20)));
    assertRefused("a shape of [-1]", () -> run(13, node("Expand"), one, longs(-1)));
    assertRefused("broadcast", () -> run(13, node("Expand"), longs(1, 2), longs(3)));
    assertEquals("FLOAT (0)", run(13, node("Expand"), one, longs(0)).toString());
    assertRefused("more memory", () -> run(13, node("ConstantOfShape"), longs(1 << 20)));
    assertRefused("a shape of [", () -> run(13, node("ConstantOfShape"), longs(MIN)));
    assertRefused("13 dim", () -> run(13, node("ConstantOfShape"), longs(new long[13])));
    assertEquals("FLOAT ()", run(13, node("ConstantOfShape"), longs()).toString());
  }

  @Test
  void parts() throws IOException {
    OnnxTensor x = longs(1, 2, 3);
    assertRefused("its parts have 2 of 3", () -> run(13, node("Split"), x, longs(2)));
    assertRefused("a part of 4, 3 are left", () -> run(13, node("Split"), x, longs(4)));
    assertRefused("a part of -1", () -> run(13, node("Split"), x, longs(-1)));
    assertRefused("2 lengths", () -> run(13, node("Split"), x, longs(1, 2)));
  }

  @Test
  void reductions() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {1, 2, 3, 6}, 2, 2);
    assertArrayEquals(new float[] {1.5f, 4.5f}, run(18, node("ReduceMean"), x, longs(-1)).floats());
    assertEquals("FLOAT (1, 1)", run(18, node("ReduceMean"), x).toString());
    OnnxTensor none = OnnxTensor.of(new float[0], 0, 2);
    assertArrayEquals(new float[2], run(13, node("ReduceSum"), none, longs(0)).floats());
    assertArrayEquals(
        new float[] {Float.NaN, Float.NaN}, run(18, node("ReduceMean"), none, longs(0)).floats());
    assertRefused("axis 2", () -> run(13, node("ReduceSum"), x, longs(2)));
    assertRefused("axes [1, -1]", () -> run(13, node("ReduceSum"), x, longs(1, -1)));
    assertRefused("MEAN of INT64", () -> run(18, node("ReduceMean"), longs(1)));
  }

  @Test
  void powersAndChoices() throws IOException {
    long[] powers = run(13, node("Pow"), longs(2, -3, 2, -1), longs(10, 3, -1, -3)).longs();
    assertArrayEquals(new long[] {1024, -27, 0, -1}, powers);
    assertRefused("0 to the power", () -> run(13, node("Pow"), longs(0), longs(-1)));
    OnnxTensor x = OnnxTensor.of(new float[] {1, Float.NaN, 3}, 3);
    OnnxTensor two = OnnxTensor.of(new float[] {2});
    assertArrayEquals(new float[] {2, Float.NaN, 3}, run(13, node("Max"), x, two).floats());
    assertArrayEquals(new float[] {1, Float.NaN, 2}, run(13, node("Min"), x, two).floats());
    OnnxTensor unsigned = OnnxTensor.of(OnnxTensor.Type.UINT64, new long[] {-1, 1}, 2);
    OnnxTensor seven = OnnxTensor.of(OnnxTensor.Type.UINT64, new long[] {7}, 1);
    assertArrayEquals(new long[] {-1, 7}, run(13, node("Max"), unsigned, seven).longs());
    assertArrayEquals(new long[] {0, 0, 0}, run(13, node("Equal"), x, two).longs());
    OnnxTensor which = OnnxTensor.of(new boolean[] {true, false}, 2, 1);
    assertArrayEquals(
        new float[] {1, Float.NaN, 3, 2, 2, 2}, run(13, node("Where"), which, x, two).floats());
    assertRefused("wanted BOOL", () -> run(13, node("Where"), x, x, x));
    assertRefused("wanted BOOL", () -> run(13, node("Not"), x));
  }

  /** DOUBLE goes in and out, and is computed as FLOAT. */
  @Test
  void doubles() throws IOException {
    OnnxTensor x = OnnxTensor.of(new double[] {0.1, 2}, 2);
    OnnxTensor y = run(13, node("Add"), x, x);
    assertArrayEquals(new double[] {0.2f, 4}, y.doubles());
    OnnxTensor large = OnnxTensor.of(new double[] {1e300}, 1);
    assertRefused("1.0E300 is beyond the range of FLOAT", () -> run(13, node("Neg"), large));
    OnnxTensor f = OnnxTensor.of(new float[2], 2);
    assertRefused("different types of floats", () -> run(13, node("Add"), x, f));
  }

  interface Body {
    void run() throws IOException;
  }

  static void assertRefused(String wanted, Body body) {
    String message = assertThrows(ModelFormatException.class, body::run).getMessage();
    assertTrue(message.contains(wanted), message);
  }
}
