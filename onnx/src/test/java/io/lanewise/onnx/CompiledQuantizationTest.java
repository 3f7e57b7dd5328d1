package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Graphs of 8 bits compiled: products of what is quantized by its range, and tables of integers.
 */
final class CompiledQuantizationTest {
  private static final long LIMIT = OnnxModel.DEFAULT_RUN_LIMIT;

  /** What is to be multiplied: (k, n) of that type, scaled by a number or a row of n. */
  private record Weights(int type, int k, int n, long far, long[] zero, int scales) {}

  private static long[] values(Random random, Weights w) {
    long least = w.type == 3 ? -w.far : 0;
    return random.longs((long) w.k * w.n, least, w.far + 1).toArray();
  }

  /** As quantize_dynamic writes a product and its bias. */
  private static void product(SmallGraph graph, Random random, Weights w, String to, boolean bias) {
    int[] zeros = w.zero.length == 1 ? new int[0] : new int[] {w.zero.length};
    float[] scale = new float[w.scales];
    float[] row = new float[w.n];
    for (int j = 0; j < w.n; j++) {
      scale[j % w.scales] = 0.001f + 0.01f * random.nextFloat();
      row[j] = (float) random.nextGaussian();
    }
    graph
        .bytes(to + "w", w.type, new int[] {w.k, w.n}, values(random, w))
        .bytes(to + "wz", w.type, zeros, w.zero)
        .floats(to + "ws", w.scales == 1 ? new int[0] : new int[] {w.n}, scale)
        .node("Mul", "scale", to + "ws", to + "scales")
        .node("MatMulInteger", "q", to + "w", "zero", to + "wz", to + "sums")
        .node("Cast", to + "sums", to + "cast")
        .with("to", 1)
        .node("Mul", to + "cast", to + "scales", bias ? to + "scaled" : to);
    if (bias) {
      graph.row(to + "bias", row).node("Add", to + "bias", to + "scaled", to);
    }
  }

  private static SmallGraph graph(int k) {
    return new SmallGraph(11, -1, -1, k).nodes("DynamicQuantizeLinear", "x", "q", "scale", "zero");
  }

  private static float[] gaussian(Random random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static List<Op> ops(OnnxModel model) throws IOException {
    return Fusion.of(model.graph(), KernelLookup.named("simd")).ops();
  }

  /** Bit for bit: what is fused is exact, or rounded where the nodes round it. */
  private static void assertAsARun(OnnxModel model, float[] x, int... dims) throws IOException {
    Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(x, dims));
    float[] wanted = model.run(inputs, ScalarKernels.INSTANCE, LIMIT).get("y").floats();
    for (Kernels kernels : List.of(ScalarKernels.INSTANCE, KernelLookup.named("simd"))) {
      CompiledModel compiled = model.compile(kernels, LIMIT);
      assertNull(compiled.obstacle());
      assertArrayEquals(wanted, compiled.run(inputs).get("y").floats());
    }
  }

  @Test
  void aProductIsOneOperationAndHasTheBitsOfARun() throws IOException {
    Random random = new Random(1);
    for (Weights w :
        List.of(
            new Weights(3, 40, 33, 64, new long[] {0}, 33),
            new Weights(3, 384, 20, 127, new long[] {-3}, 1),
            new Weights(2, 33, 3, 255, new long[] {128, 1, 255}, 3),
            new Weights(3, 1, 1, 1, new long[] {0}, 1))) {
      for (boolean bias : new boolean[] {true, false}) {
        SmallGraph graph = graph(w.k);
        product(graph, random, w, "y", bias);
        OnnxModel model = graph.model();
        List<Op> ops = ops(model);
        assertEquals(1, ops.size(), () -> ops.toString());
        assertEquals(1, ((Op.QuantizedProduct) ops.get(0)).b().parts().length);
        for (int m : new int[] {1, 2, 7, 65}) {
          assertAsARun(model, gaussian(random, m * w.k), 1, m, w.k);
        }
        assertAsARun(model, new float[3 * w.k], 3, 1, w.k);
        assertAsARun(model, new float[0], 0, 5, w.k);
      }
    }
  }

  /** Sums that no float holds: they are cut, and added as integers. */
  @Test
  void theLargestSums() throws IOException {
    int k = 2100;
    long[] all = new long[k];
    Arrays.fill(all, 255);
    SmallGraph graph = graph(k);
    graph
        .bytes("w", 2, new int[] {k, 1}, all)
        .row("ws", 1)
        .node("Mul", "scale", "ws", "scales")
        .node("MatMulInteger", "q", "w", "zero", "sums")
        .node("Cast", "sums", "cast")
        .with("to", 1)
        .node("Mul", "cast", "scales", "y");
    OnnxModel model = graph.model();
    assertEquals(9, ((Op.QuantizedProduct) ops(model).get(0)).b().parts().length);
    float[] x = new float[2 * k];
    Arrays.fill(x, 255);
    x[7] = 254;
    assertAsARun(model, x, 1, 2, k);
    // Above 2^24, so that it is rounded, once.
    float[] wanted = {(float) ((k - 1) * 65025L + 254 * 255L), (float) (k * 65025L)};
    assertArrayEquals(
        wanted, model.compile().run(Map.of("x", OnnxTensor.of(x, 1, 2, k))).get("y").floats());
  }

  @Test
  void productsOfOneValueAreOne() throws IOException {
    Random random = new Random(2);
    SmallGraph graph = graph(24);
    product(graph, random, new Weights(3, 24, 8, 127, new long[] {0}, 8), "a", true);
    product(graph, random, new Weights(2, 24, 8, 255, new long[] {9}, 1), "b", true);
    product(graph, random, new Weights(3, 24, 8, 127, new long[] {0}, 1), "c", false);
    OnnxModel model = graph.node("Concat", "a", "b", "c", "y").with("axis", 2).model();
    assertEquals(
        List.of(2, 1),
        ops(model).stream()
            .filter(op -> op instanceof Op.QuantizedProduct)
            .map(op -> op.makes().size())
            .toList());
    assertAsARun(model, gaussian(random, 6 * 24), 2, 3, 24);
  }

  /** What else reads a value on the way still gets it. */
  @Test
  void valuesThatAreReadTwiceStay() throws IOException {
    Random random = new Random(3);
    for (String other : List.of("sums", "cast", "scales", "q")) {
      SmallGraph graph = graph(6);
      product(graph, random, new Weights(3, 6, 6, 127, new long[] {0}, 1), "a", false);
      String value = other.equals("q") ? "q" : "a" + other;
      graph.node("Cast", value, "f").with("to", 1);
      OnnxModel model = graph.node("Add", "a", "f", "y").model();
      assertEquals(
          other.equals("q") ? 1 : 0,
          ops(model).stream().filter(op -> op instanceof Op.QuantizedProduct).count());
      assertAsARun(model, gaussian(random, 4 * 6), 2, 2, 6);
    }
  }

  @Test
  void anEncoderIsAsFewOperationsAsOneOfFloats() throws IOException {
    OnnxModel model = Encoder.quantized(24, 40);
    List<Op> ops = ops(model);
    assertEquals(ops(Encoder.model(24, 40)).size(), ops.size());
    assertEquals(8, ops.stream().filter(op -> op instanceof Op.QuantizedProduct).count());
    assertEquals(2, ops.stream().filter(op -> op instanceof Op.Lookup).count());
    assertEquals(2, ops.stream().filter(op -> op instanceof Op.Attention).count());
    assertEquals(0, ops.stream().filter(op -> op instanceof Op.Function).count());
    // The weights are there once, as packed; the tables as they were.
    assertTrue(
        Fusion.of(model.graph(), KernelLookup.named("simd")).constants().values().stream()
            .noneMatch(tensor -> tensor.rank() == 2 && tensor.shape()[0] == 24));
  }

  @Test
  void theBitsAreThoseOfTheScalarKernelsAndOfThreads() throws IOException {
    OnnxModel model = Encoder.quantized(24, 40);
    CompiledModel simd = model.compile();
    CompiledModel scalar = model.compile(ScalarKernels.INSTANCE, LIMIT);
    try (Threads threads = new Threads(2)) {
      CompiledModel two = model.compile(threads.kernels(KernelLookup.named("simd")), LIMIT);
      for (int[] size : new int[][] {{1, 1}, {1, 7}, {3, 16}, {2, 40}}) {
        long[] words = new Random(4).longs((long) size[0] * size[1], 0, Encoder.WORDS).toArray();
        long[] mask = new long[words.length];
        Arrays.fill(mask, 0, Math.max(1, words.length - 2), 1);
        Map<String, OnnxTensor> inputs = Encoder.inputs(words, mask, size[0], size[1]);
        float[] wanted = scalar.run(inputs).get("y").floats();
        assertArrayEquals(wanted, simd.run(inputs).get("y").floats());
        assertArrayEquals(wanted, two.run(inputs).get("y").floats());
      }
    }
  }

  @Test
  void whatHasNoScaleIsRefused() throws IOException {
    SmallGraph graph = graph(2);
    product(graph, new Random(5), new Weights(3, 2, 2, 127, new long[] {0}, 1), "y", true);
    CompiledModel compiled = graph.model().compile();
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      OnnxTensor x = OnnxTensor.of(new float[] {1, odd}, 1, 1, 2);
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> compiled.run(Map.of("x", x)));
      assertTrue(e.getMessage().contains("have no scale"), e.getMessage());
    }
    OnnxTensor wide = OnnxTensor.of(new float[3], 1, 1, 3);
    assertThrows(IllegalArgumentException.class, () -> compiled.run(Map.of("x", wide)));
  }

  @Test
  void aTableOfIntegers() throws IOException {
    SmallGraph graph =
        SmallGraph.of(13, 7, -1)
            .bytes("table", 3, new int[] {3, 2}, 1, -2, 3, 127, -128, 5)
            .floats("scale", new int[0], 0.5f)
            .bytes("zero", 3, new int[0], 1)
            .node("Gather", "table", "x", "rows")
            .node("DequantizeLinear", "rows", "scale", "zero", "y");
    OnnxModel model = graph.model();
    assertEquals(1, ops(model).size());
    CompiledModel compiled = model.compile();
    OnnxTensor x = OnnxTensor.of(new long[] {2, 0, -2}, 3);
    float[] wanted = {-64.5f, 2, 0, -1.5f, 1, 63};
    assertArrayEquals(wanted, compiled.run(Map.of("x", x)).get("y").floats());
    assertArrayEquals(wanted, model.run(Map.of("x", x)).get("y").floats());
    OnnxTensor far = OnnxTensor.of(new long[] {3}, 1);
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> compiled.run(Map.of("x", far)));
    assertTrue(e.getMessage().contains("index 3 of 3"), e.getMessage());
  }

  /** As quantize_static writes a product in the format QDQ. */
  private static SmallGraph steps(Random random, int type, long zero, int columns) {
    int k = 20;
    int n = 7;
    long least = type == 3 ? -128 : 0;
    float[] scales = new float[columns];
    for (int j = 0; j < columns; j++) {
      scales[j] = 0.001f + 0.01f * random.nextFloat();
    }
    int[] dims = columns == 1 ? new int[0] : new int[] {columns};
    long[] zeros = random.longs(columns, least, least + 256).toArray();
    return new SmallGraph(13, -1, -1, k)
        .floats("xs", new int[0], 0.03f)
        .bytes("xz", type, new int[0], zero)
        .bytes("q", type, new int[] {k, n}, random.longs(k * n, least, least + 256).toArray())
        .floats("ws", dims, scales)
        .bytes("wz", type, dims, zeros)
        .node("QuantizeLinear", "x", "xs", "xz", "xq")
        .node("DequantizeLinear", "xq", "xs", "xz", "xf")
        .node("DequantizeLinear", "q", "ws", "wz", "wf")
        .with("axis", 1)
        .node("MatMul", "xf", "wf", "y");
  }

  @Test
  void quantizedByConstantScalesIsTwoOperationsAndHasTheBitsOfARun() throws IOException {
    Random random = new Random(2);
    for (int columns : new int[] {1, 7}) {
      for (int type : new int[] {2, 3}) {
        for (long zero : new long[] {type == 3 ? -128 : 0, 17, type == 3 ? 127 : 255}) {
          OnnxModel model = steps(random, type, zero, columns).model();
          List<Op> ops = ops(model);
          assertEquals(2, ops.size(), ops::toString);
          assertTrue(ops.get(0) instanceof Op.Steps && ops.get(1) instanceof Op.Product);
          float[] x = gaussian(random, 3 * 5 * 20);
          // Ends, ties, both zeros, and what is beyond.
          float[] odd = {0.015f, 0.045f, -0.015f, -0f, 1e30f, -1e30f, 1e-30f, 7.65f, -3.84f};
          System.arraycopy(odd, 0, x, 0, odd.length);
          x[9] = Float.POSITIVE_INFINITY;
          x[10] = Float.NEGATIVE_INFINITY;
          assertAsARun(model, x, 3, 5, 20);
        }
      }
    }
  }

  @Test
  void whatIsNoNumberIsRefusedAsByARun() throws IOException {
    OnnxModel model = steps(new Random(3), 2, 9, 1).model();
    float[] x = new float[20];
    x[13] = Float.NaN;
    Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(x, 1, 1, 20));
    assertThrows(ModelFormatException.class, () -> model.run(inputs));
    CompiledModel compiled = model.compile();
    String message =
        assertThrows(ModelFormatException.class, () -> compiled.run(inputs)).getMessage();
    assertTrue(message.startsWith("node 0 (QuantizeLinear, opset 13): NaN"), message);
  }
}
