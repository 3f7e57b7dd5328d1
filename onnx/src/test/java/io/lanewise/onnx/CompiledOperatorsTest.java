package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What masks and places of encoders are made of has instructions of its own, and the same bits as a
 * run: no operator of the interpreter is left in the plan, which allocates what it makes.
 */
final class CompiledOperatorsTest {
  private static final int FLOAT = 1;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int BOOL = 9;

  /** Of inputs x, (?, 3, ?) floats, and k, integers of that shape, y and z come out alike. */
  private static void same(SmallGraph graph) throws IOException {
    OnnxModel model = graph.model();
    CompiledModel compiled = model.compile();
    assertNull(compiled.obstacle());
    Random random = new Random(7);
    for (int[] size : new int[][] {{2, 3, 4}, {1, 3, 1}, {5, 3, 2}, {2, 3, 4}}) {
      int n = size[0] * size[1] * size[2];
      float[] x = new float[n];
      long[] k = new long[n];
      for (int i = 0; i < n; i++) {
        x[i] = i % 5 == 3 ? Float.NaN : (float) random.nextGaussian() * 2;
        k[i] = random.nextInt(3) - (i % 2);
      }
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      for (OnnxModel.ValueInfo input : model.inputs()) {
        inputs.put(
            input.name(),
            input.name().equals("x") ? OnnxTensor.of(x, size) : OnnxTensor.of(k, size));
      }
      Map<String, OnnxTensor> wanted = model.run(inputs);
      Map<String, OnnxTensor> got = compiled.run(inputs);
      wanted.forEach((name, tensor) -> assertSame(tensor, got.get(name)));
      assertEquals(List.of(), calls(model, inputs));
    }
  }

  private static void assertSame(OnnxTensor wanted, OnnxTensor got) {
    assertEquals(wanted.type(), got.type());
    assertArrayEquals(wanted.dims(), got.dims());
    if (wanted.type().isIntegers()) {
      assertArrayEquals(wanted.longs(), got.longs());
    } else {
      assertArrayEquals(wanted.floats(), got.floats());
    }
  }

  /** The operators that the plan calls. */
  private static List<String> calls(OnnxModel model, Map<String, OnnxTensor> inputs)
      throws ModelFormatException {
    Plan plan =
        Planner.plan(
            Fusion.of(model.graph(), KernelLookup.named("simd")),
            List.copyOf(inputs.keySet()),
            inputs.values().toArray(new OnnxTensor[0]),
            List.of("y"),
            OnnxModel.DEFAULT_RUN_LIMIT);
    return Arrays.stream(plan.instructions())
        .filter(NodeCall.class::isInstance)
        .map(Object::toString)
        .toList();
  }

  private static SmallGraph graph() {
    return new SmallGraph(18, -1, 3, -1).input("k", INT64, -1, 3, -1).ints("one", 1);
  }

  /** The graph with a mask "b" that is k not 0. */
  private static SmallGraph masked() {
    return graph().node("Cast", "k", "b").with("to", BOOL);
  }

  @Test
  void connectionsAndChoices() throws IOException {
    for (String name : new String[] {"And", "Or", "Xor"}) {
      same(masked().node("Not", "b", "c").node("IsNaN", "x", "d").node(name, "c", "d", "y"));
    }
    same(masked().floats("f", new int[0], -7).node("Where", "b", "x", "f", "y"));
    same(masked().floats("f", new int[] {3, 1}, 4, 5, 6).node("Where", "b", "f", "x", "y"));
    same(masked().node("Where", "b", "k", "one", "y"));
    // Of what is the same for all rows only one is computed.
    same(
        masked()
            .ints("head", 1)
            .node("ReduceMax", "b", "head", "any")
            .node("Shape", "x", "s")
            .node("Expand", "any", "s", "e")
            .node("Not", "e", "n")
            .node("Where", "n", "x", "x", "y"));
  }

  @Test
  void comparisons() throws IOException {
    for (String name : new String[] {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}) {
      same(graph().node("Neg", "x", "n").node(name, "x", "n", "y"));
      same(graph().ints("z", 0, 1, 0).node("Unsqueeze", "z", "one", "u").node(name, "k", "u", "y"));
    }
  }

  @Test
  void casts() throws IOException {
    for (int to : new int[] {2, 3, 5, INT32, INT64, BOOL}) {
      same(graph().node("Cast", "x", "y").with("to", to));
      same(graph().node("Cast", "k", "y").with("to", to));
      same(masked().node("Cast", "b", "y").with("to", to));
    }
    same(masked().node("Cast", "b", "y").with("to", FLOAT));
  }

  @Test
  void arithmeticOfIntegers() throws IOException {
    for (String name : new String[] {"Add", "Sub", "Mul", "Div", "Min", "Max"}) {
      same(
          graph().ints("z", 5, -3, 2).node("Unsqueeze", "z", "one", "u").node(name, "k", "u", "y"));
    }
    for (String name : new String[] {"Neg", "Abs", "Sign"}) {
      same(graph().node(name, "k", "y"));
    }
    OnnxModel model = graph().node("Div", "k", "k", "y").model();
    Map<String, OnnxTensor> zeros =
        Map.of("x", OnnxTensor.of(new float[3], 1, 3, 1), "k", OnnxTensor.of(new long[3], 1, 3, 1));
    String message =
        assertThrows(ModelFormatException.class, () -> model.compile().run(zeros)).getMessage();
    assertEquals("node 0 (Div, opset 18): division by zero", message);
  }

  @Test
  void functionsOfFloats() throws IOException {
    for (String name : new String[] {"Floor", "Ceil", "Round", "Sin", "Cos", "Sign"}) {
      same(graph().node(name, "x", "y"));
    }
    for (float power : new float[] {2, 3, 0.5f, -1}) {
      same(graph().floats("p", new int[0], power).node("Pow", "x", "p", "y"));
    }
    same(graph().node("Pow", "x", "x", "y"));
    same(
        graph()
            .floats("p", new int[] {3, 1}, 1, 2, 3)
            .node("Max", "x", "p", "m")
            .node("Min", "m", "p", "x", "y"));
    same(graph().floats("p", new int[0], -1).node("Clip", "x", "p", "y"));
    same(graph().floats("p", new int[0], 1).node("Clip", "x", "", "p", "y"));
    same(graph().ints("p", 0).node("Squeeze", "p", "q").node("Clip", "k", "q", "y"));
  }

  /** As transformers writes "gelu_new": a cube, that is a power. */
  @Test
  void aGeluOfACubeIsOneFunction() throws IOException {
    SmallGraph graph = new SmallGraph(18, -1, 3);
    graph.floats("three", new int[0], 3).floats("c", new int[0], 0.044715f);
    graph.floats("s", new int[0], 0.7978846f).floats("one", new int[0], 1);
    graph.floats("half", new int[0], 0.5f).node("Mul", "x", "half", "h");
    graph.node("Pow", "x", "three", "p").node("Mul", "p", "c", "m").node("Add", "x", "m", "a");
    graph.node("Mul", "a", "s", "b").node("Tanh", "b", "t").node("Add", "t", "one", "u");
    OnnxModel model = graph.node("Mul", "h", "u", "y").model();
    List<Op> ops = Fusion.of(model.graph(), KernelLookup.named("simd")).ops();
    assertEquals(1, ops.size());
    assertEquals(Activation.GELU_TANH, ((Op.Function) ops.getFirst()).f());
    float[] x = {-3, 0.5f, 2};
    Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(x, 1, 3));
    float[] wanted = model.run(inputs).get("y").floats();
    assertArrayEquals(wanted, model.compile().run(inputs).get("y").floats(), 1e-6f);
  }

  @Test
  void reductions() throws IOException {
    String[] names = {
      "ReduceSum",
      "ReduceMean",
      "ReduceMax",
      "ReduceMin",
      "ReduceProd",
      "ReduceL1",
      "ReduceL2",
      "ReduceSumSquare"
    };
    for (String name : names) {
      for (long[] axes : new long[][] {{-1}, {1}, {0, 2}, {0, 1, 2}, {-2, 2}}) {
        for (int keep : new int[] {0, 1}) {
          same(graph().ints("a", axes).node(name, "x", "a", "y").with("keepdims", keep));
          boolean whole = !name.contains("L") && !name.endsWith("Square") && !name.endsWith("Mean");
          if (whole) {
            same(graph().ints("a", axes).node(name, "k", "a", "y").with("keepdims", keep));
          }
        }
      }
    }
    same(graph().node("ReduceSum", "x", "y").with("noop_with_empty_axes", 1));
  }

  @Test
  void sumsSoFar() throws IOException {
    for (int axis = 0; axis < 3; axis++) {
      same(graph().ints("a", axis).node("CumSum", "k", "a", "y"));
      same(graph().ints("a", axis - 3).node("CumSum", "k", "a", "y").with("reverse", 1));
      same(
          graph()
              .ints("a", axis)
              .node("Cast", "k", "i")
              .with("to", INT32)
              .node("CumSum", "i", "a", "y")
              .with("exclusive", 1));
    }
  }

  @Test
  void placesThatAreKnown() throws IOException {
    for (int axis = 0; axis < 2; axis++) {
      for (long[] places : new long[][] {{0}, {-1, 0}, {0, 0, -1, 0}}) {
        same(graph().ints("i", places).node("Gather", "x", "i", "y").with("axis", axis));
        same(masked().ints("i", places).node("Gather", "b", "i", "y").with("axis", axis));
      }
    }
    same(graph().ints("i", 2, 0, 1, 1).node("Gather", "k", "i", "y").with("axis", 1));
    // One of each of the places (0, 0), (0, 2), (0, 1).
    same(
        graph()
            .ints("i", 0, 0, 0, 2, 0, 1)
            .ints("s", 3, 2)
            .node("Reshape", "i", "s", "p")
            .node("GatherND", "x", "p", "y"));
    same(
        masked()
            .ints("i", 0, 2, 0, 1, 0, 0)
            .ints("s", 1, 3, 2)
            .node("Reshape", "i", "s", "p")
            .node("GatherND", "b", "p", "y"));
  }

  @Test
  void placesThatAreComputed() throws IOException {
    // 0, 1 or 2 along the axis of three, in the shape of k.
    SmallGraph[] graphs = new SmallGraph[4];
    for (int i = 0; i < graphs.length; i++) {
      graphs[i] = graph().ints("t", 3).node("Abs", "k", "a").node("Min", "a", "one", "i");
    }
    same(graphs[0].node("Gather", "x", "i", "y").with("axis", 1));
    same(graphs[1].node("Gather", "k", "i", "y").with("axis", 1));
    same(graphs[2].node("GatherElements", "x", "i", "y").with("axis", 1));
    same(
        graphs[3]
            .node("Transpose", "k", "r")
            .with("perm", new long[] {0, 2, 1})
            .node("Gather", "r", "i", "y")
            .with("axis", 2));
    same(
        graph()
            .ints("last", -1)
            .node("Abs", "k", "a")
            .node("Min", "a", "one", "i")
            .node("Unsqueeze", "i", "last", "u")
            .node("Transpose", "x", "q")
            .with("perm", new long[] {1, 0, 2})
            .node("GatherND", "q", "u", "y"));
    OnnxModel model = graph().node("GatherElements", "x", "k", "y").with("axis", 1).model();
    long[] odd = {0, 3, 0};
    Map<String, OnnxTensor> inputs =
        Map.of("x", OnnxTensor.of(new float[3], 1, 3, 1), "k", OnnxTensor.of(odd, 1, 3, 1));
    String message =
        assertThrows(ModelFormatException.class, () -> model.compile().run(inputs)).getMessage();
    assertEquals("node 0 (GatherElements, opset 18): index 3 of 3", message);
  }

  @Test
  void repetitions() throws IOException {
    for (long[] times : new long[][] {{2, 1, 3}, {1, 1, 1}, {1, 2, 0}}) {
      same(graph().ints("t", times).node("Tile", "x", "t", "y"));
      same(masked().ints("t", times).node("Tile", "b", "t", "y"));
    }
  }

  @Test
  void tensorsBesideEachOther() throws IOException {
    for (int axis = -3; axis < 3; axis++) {
      same(graph().node("Neg", "x", "n").node("Concat", "x", "n", "x", "y").with("axis", axis));
      same(masked().node("Not", "b", "n").node("Concat", "b", "n", "y").with("axis", axis));
    }
  }

  /** No scale of scores: neither factor is constant. */
  @Test
  void aSoftmaxOfAProductOfValues() throws IOException {
    SmallGraph graph = new SmallGraph(13, -1, 3).node("Neg", "x", "n").node("Mul", "x", "n", "p");
    OnnxModel model = graph.node("Softmax", "p", "y").model();
    Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(new float[] {1, 2, -3}, 1, 3));
    assertArrayEquals(
        model.run(inputs).get("y").floats(), model.compile().run(inputs).get("y").floats());
  }

  /** Their second part begins behind an array that has no elements. */
  @Test
  void partsOfAnEmptyValue() throws IOException {
    SmallGraph graph =
        SmallGraph.of(13, FLOAT, -1, 6).nodes("Split", "x", "a", "b").with("axis", 1L);
    graph.ints("one", 1).node("Gather", "b", "one", "g").with("axis", 1L);
    graph.node("Concat", "b", "g", "y").with("axis", 1L).output("b").output("g");
    OnnxModel model = graph.model();
    CompiledModel compiled = model.compile();
    for (int rows : new int[] {0, 2, 0}) {
      Map<String, OnnxTensor> x = Map.of("x", OnnxTensor.of(new float[rows * 6], rows, 6));
      Map<String, OnnxTensor> got = compiled.run(x);
      model.run(x).forEach((name, tensor) -> assertSame(tensor, got.get(name)));
    }
  }
}
