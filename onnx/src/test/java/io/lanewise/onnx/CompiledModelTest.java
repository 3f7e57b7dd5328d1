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
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class CompiledModelTest {
  private static final long LIMIT = OnnxModel.DEFAULT_RUN_LIMIT;
  private static final int WIDTH = Encoder.WIDTH;

  /** A text of so many words, padded to so many tokens. */
  private record Text(long[] words, int tokens) {
    static Text of(int length, int tokens) {
      Random random = new Random(length);
      return new Text(random.longs(length, 0, Encoder.WORDS).toArray(), tokens);
    }
  }

  private static Map<String, OnnxTensor> batch(int tokens, Text... texts) {
    long[] words = new long[texts.length * tokens];
    long[] mask = new long[words.length];
    for (int i = 0; i < texts.length; i++) {
      System.arraycopy(texts[i].words, 0, words, i * tokens, texts[i].words.length);
      Arrays.fill(mask, i * tokens, i * tokens + texts[i].words.length, 1);
    }
    return Encoder.inputs(words, mask, texts.length, tokens);
  }

  private static float[] rows(OnnxTensor y, int text, int length) {
    int tokens = y.dims()[1];
    int from = text * tokens * WIDTH;
    return Arrays.copyOfRange(y.floats(), from, from + length * WIDTH);
  }

  @Test
  void anEncoderIsAFewOperations() throws IOException {
    CompiledModel compiled = Encoder.model().compile();
    assertNull(compiled.obstacle());
    Fusion.Fused fused = Fusion.of(Encoder.model().graph(), KernelLookup.named("simd"));
    List<Op> products = fused.ops().stream().filter(op -> op instanceof Op.Product).toList();
    // Queries, keys and values are one, the first of the inner ones has GELU.
    assertEquals(2 * 4, products.size());
    assertEquals(
        List.of(3, 1, 1, 1, 3, 1, 1, 1), products.stream().map(op -> op.makes().size()).toList());
    assertEquals(5, fused.ops().stream().filter(op -> op instanceof Op.RowNorm).count());
    assertEquals(2, fused.ops().stream().filter(op -> op instanceof Op.Attention).count());
    assertEquals(0, fused.ops().stream().filter(op -> op instanceof Op.Function).count());
    // The weights are there once: as packed.
    assertTrue(
        fused.constants().values().stream()
            .noneMatch(tensor -> tensor.rank() == 2 && tensor.shape()[0] == WIDTH));
  }

  @Test
  void itIsTheSameAsARun() throws IOException {
    OnnxModel model = Encoder.model();
    CompiledModel compiled = model.compile();
    for (int[] size : new int[][] {{1, 1}, {1, 7}, {3, 16}, {2, 40}, {1, 7}, {5, 2}}) {
      Text[] texts = new Text[size[0]];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = Text.of(Math.max(1, size[1] - i), size[1]);
      }
      Map<String, OnnxTensor> inputs = batch(size[1], texts);
      OnnxTensor wanted = model.run(inputs).get("y");
      OnnxTensor got = compiled.run(inputs).get("y");
      assertArrayEquals(wanted.dims(), got.dims());
      assertArrayEquals(wanted.floats(), got.floats(), 2e-5f);
    }
  }

  @Test
  void aTextHasTheSameBitsInAnyBatchAndPadding() throws IOException {
    CompiledModel compiled = Encoder.model().compile();
    CompiledModel scalar = Encoder.model().compile(ScalarKernels.INSTANCE, LIMIT);
    for (int length : new int[] {1, 2, 5, 16, 17, 33}) {
      Text text = Text.of(length, length);
      float[] alone = compiled.run(batch(length, text)).get("y").floats();
      assertArrayEquals(alone, scalar.run(batch(length, text)).get("y").floats());
      for (int tokens : new int[] {length, 34, 40}) {
        Map<String, OnnxTensor> three = batch(tokens, Text.of(3, 0), text, Text.of(tokens, 0));
        if (tokens >= 3) {
          assertArrayEquals(alone, rows(compiled.run(three).get("y"), 1, length));
        }
      }
    }
  }

  @Test
  void threadsShareIt() throws Exception {
    CompiledModel compiled = Encoder.model().compile();
    List<float[]> wanted = new ArrayList<>();
    for (int length = 1; length <= 24; length++) {
      wanted.add(compiled.run(batch(length, Text.of(length, length))).get("y").floats());
    }
    CompiledModel fresh = Encoder.model().compile();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int first = t;
        Callable<Void> work =
            () -> {
              for (int i = 0; i < 96; i++) {
                int length = 1 + (first * 5 + i) % 24;
                float[] got = fresh.run(batch(length, Text.of(length, length))).get("y").floats();
                assertArrayEquals(wanted.get(length - 1), got);
              }
              return null;
            };
        all.add(pool.submit(work));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    }
  }

  @Test
  void threadsOfTheKernelsChangeNoBit() throws IOException {
    Map<String, OnnxTensor> inputs = batch(40, Text.of(40, 40), Text.of(31, 40));
    float[] wanted = Encoder.model().compile().run(inputs).get("y").floats();
    try (Threads threads = new Threads(3)) {
      Kernels kernels = threads.kernels(KernelLookup.named("simd"));
      assertArrayEquals(
          wanted, Encoder.model().compile(kernels, LIMIT).run(inputs).get("y").floats());
    }
  }

  @Test
  void whatHasNoShapeBeforeTheRunRunsNodeByNode() throws IOException {
    OnnxModel model =
        new SmallGraph(13, -1, 4)
            .input("shape", 7, 2)
            .node("Relu", "x", "r")
            .node("Reshape", "r", "shape", "y")
            .model();
    CompiledModel compiled = model.compile();
    assertEquals(
        "node 1 (Reshape, opset 13): its input 1 depends on the numbers of the inputs",
        compiled.obstacle());
    Map<String, OnnxTensor> inputs =
        Map.of(
            "x",
            OnnxTensor.of(new float[] {-1, 2, 3, 4}, 1, 4),
            "shape",
            OnnxTensor.of(new long[] {2, 2}, 2));
    assertArrayEquals(new float[] {0, 2, 3, 4}, compiled.run(inputs).get("y").floats());
  }

  @Test
  void whatHasNoInstructionIsCalled() throws IOException {
    OnnxModel model =
        new SmallGraph(13, -1, 3, 2)
            .ints("axes", 1)
            .node("Transpose", "x", "t")
            .with("perm", new long[] {0, 2, 1})
            .node("ReduceSum", "t", "axes", "s")
            .with("keepdims", 0)
            .node("LogSoftmax", "s", "c")
            .node("Exp", "c", "e")
            .node("Concat", "e", "s", "y")
            .with("axis", 1)
            .model();
    CompiledModel compiled = model.compile();
    assertNull(compiled.obstacle());
    for (int batch : new int[] {1, 4, 2, 0}) {
      float[] x = new float[batch * 6];
      for (int i = 0; i < x.length; i++) {
        x[i] = i * 0.1f;
      }
      Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(x, batch, 3, 2));
      OnnxTensor wanted = model.run(inputs).get("y");
      OnnxTensor got = compiled.run(inputs).get("y");
      assertArrayEquals(wanted.dims(), got.dims());
      assertArrayEquals(wanted.floats(), got.floats());
    }
  }

  @Test
  void resultsGoWhereTheyAreWanted() throws IOException {
    OnnxModel model =
        new SmallGraph(13, -1, 2).node("Exp", "x", "e").output("e").node("Neg", "e", "y").model();
    CompiledModel compiled = model.compile();
    Map<String, OnnxTensor> inputs = Map.of("x", OnnxTensor.of(new float[] {0, 1}, 1, 2));
    OnnxTensor y = OnnxTensor.of(new float[2], 1, 2);
    compiled.run(inputs, Map.of("y", y));
    assertEquals(-1, y.floats()[0]);
    assertEquals(
        "results: \"y\" will be FLOAT (1, 2), got FLOAT (2)",
        message(() -> compiled.run(inputs, Map.of("y", OnnxTensor.of(new float[2], 2)))));
    assertTrue(
        message(() -> compiled.run(inputs, Map.of("z", y))).startsWith("results: wanted some of"));
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static String message(Attempt attempt) {
    return assertThrows(IllegalArgumentException.class, attempt::run).getMessage();
  }

  @Test
  void inputsAreChecked() throws IOException {
    CompiledModel compiled = Encoder.model().compile();
    OnnxTensor ids = OnnxTensor.of(new long[6], 2, 3);
    assertEquals("inputs: \"mask\" is missing", message(() -> compiled.run(Map.of("x", ids))));
    assertEquals(
        "inputs: wanted x: INT64 (?, ?), got INT64 (6)",
        message(() -> compiled.run(Map.of("x", OnnxTensor.of(new long[6], 6), "mask", ids))));
    Map<String, OnnxTensor> more = new HashMap<>(Map.of("x", ids, "mask", ids, "more", ids));
    assertTrue(message(() -> compiled.run(more)).startsWith("inputs: wanted ["));
  }

  private static String refused(CompiledModel model, Map<String, OnnxTensor> inputs) {
    return assertThrows(ModelFormatException.class, () -> model.run(inputs)).getMessage();
  }

  @Test
  void hostileInputsAreRefusedByTheNode() throws IOException {
    CompiledModel compiled = Encoder.model().compile();
    long[] mask = new long[4];
    long[] words = {0, 1, Encoder.WORDS, 2};
    assertTrue(
        refused(compiled, Encoder.inputs(words, mask, 1, 4))
            .endsWith("(Gather, opset 11): index 50 of 50"));
    words[2] = Long.MIN_VALUE;
    assertTrue(
        refused(compiled, Encoder.inputs(words, mask, 1, 4))
            .endsWith("(Gather, opset 11): index " + Long.MIN_VALUE + " of 50"));
    // More tokens than there are places: the sum does not broadcast.
    long[] many = new long[Encoder.LONGEST + 1];
    assertTrue(refused(compiled, Encoder.inputs(many, many, 1, many.length)).contains("broadcast"));
    long[] after = {0, 1, 2, 3};
    assertEquals(4 * WIDTH, compiled.run(Encoder.inputs(after, mask, 1, 4)).get("y").count());
  }

  @Test
  void aRunStaysWithinItsLimit() throws IOException {
    CompiledModel compiled = Encoder.model().compile(KernelLookup.named("simd"), 100_000);
    Text text = Text.of(4, 4);
    assertEquals(4 * WIDTH, compiled.run(batch(4, text)).get("y").count());
    Text[] texts = new Text[64];
    Arrays.fill(texts, text);
    assertTrue(
        refused(compiled, batch(40, texts)).contains("the run needs more memory than its limit"));
    OnnxModel bomb =
        new SmallGraph(13, 1)
            .ints("shape", 1 << 16, 1 << 16)
            .node("Expand", "x", "shape", "y")
            .model();
    Map<String, OnnxTensor> one = Map.of("x", OnnxTensor.of(new float[1], 1));
    assertTrue(refused(bomb.compile(), one).contains("too many elements"));
    OnnxModel large =
        new SmallGraph(13, 1)
            .ints("shape", 1 << 15, 1 << 14)
            .node("Expand", "x", "shape", "e")
            .node("Exp", "e", "y")
            .model();
    assertTrue(
        refused(large.compile(KernelLookup.named("simd"), 1 << 20), one)
            .contains("the run needs more memory than its limit"));
  }

  /** As PyTorch exports its own attention: scales before the product, and a guard against NaN. */
  private static OnnxModel guarded() throws IOException {
    SmallGraph graph = new SmallGraph(13, -1, -1, 12).input("mask", 1, -1, 1, -1, -1);
    graph.ints("heads", 0, 0, 3, 4).ints("rows", 0, 0, 12);
    graph.floats("half", new int[0], 0.5f).floats("zero", new int[0], 0);
    graph.node("Reshape", "x", "heads", "h");
    graph.node("Transpose", "h", "q").with("perm", new long[] {0, 2, 1, 3});
    graph.node("Transpose", "h", "k").with("perm", new long[] {0, 2, 3, 1});
    graph.node("Mul", "q", "half", "qs").node("Mul", "k", "half", "ks");
    graph.node("MatMul", "qs", "ks", "s").node("Add", "s", "mask", "m");
    graph.node("Softmax", "m", "p").with("axis", -1);
    graph.node("IsNaN", "p", "n").node("Where", "n", "zero", "p", "w");
    graph.node("MatMul", "w", "q", "c");
    graph.node("Transpose", "c", "t").with("perm", new long[] {0, 2, 1, 3});
    return graph.node("Reshape", "t", "rows", "y").model();
  }

  @Test
  void weightsThatAreNaNAreZeroWhereTheGraphSaysSo() throws IOException {
    OnnxModel model = guarded();
    Fusion.Fused fused = Fusion.of(model.graph(), KernelLookup.named("simd"));
    assertEquals(1, fused.ops().stream().filter(op -> op instanceof Op.Attention).count());
    Random random = new Random(5);
    int tokens = 5;
    float[] x = new float[2 * tokens * 12];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] mask = new float[2 * tokens * tokens];
    // A query that sees nothing, one that sees a part, and a text that sees nothing.
    Arrays.fill(mask, tokens, 2 * tokens, Float.NEGATIVE_INFINITY);
    mask[2 * tokens] = Float.NEGATIVE_INFINITY;
    Arrays.fill(mask, tokens * tokens, 2 * tokens * tokens, Float.NEGATIVE_INFINITY);
    for (float odd : new float[] {0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      x[3 * 12 + 5] = odd;
      Map<String, OnnxTensor> inputs =
          Map.of(
              "x",
              OnnxTensor.of(x.clone(), 2, tokens, 12),
              "mask",
              OnnxTensor.of(mask, 2, 1, tokens, tokens));
      float[] wanted = model.run(inputs).get("y").floats();
      assertArrayEquals(wanted, model.compile().run(inputs).get("y").floats(), 1e-6f);
      assertEquals(0, wanted[x.length - 1]);
    }
  }

  @Test
  void exportsOfPyTorchAreTheSameAsARun() throws IOException {
    for (String name : new String[] {"encoder-11.onnx", "encoder-20.onnx"}) {
      OnnxModel model;
      try (InputStream in = CompiledModelTest.class.getResourceAsStream(name)) {
        model = OnnxModel.parse(in.readAllBytes());
      }
      CompiledModel compiled = model.compile();
      assertNull(compiled.obstacle());
      for (int[] size : new int[][] {{1, 5}, {3, 17}}) {
        long[] words = new long[size[0] * size[1]];
        long[] mask = new long[words.length];
        for (int i = 0; i < words.length; i++) {
          words[i] = i * 7 % 40;
          mask[i] = i % size[1] < size[1] - i / size[1] ? 1 : 0;
        }
        Map<String, OnnxTensor> inputs = new HashMap<>();
        inputs.put("input_ids", OnnxTensor.of(words, size));
        inputs.put("attention_mask", OnnxTensor.of(mask, size));
        inputs.put("token_type_ids", OnnxTensor.of(new long[words.length], size));
        float[] wanted = model.run(inputs).get("last_hidden_state").floats();
        float[] got = compiled.run(inputs).get("last_hidden_state").floats();
        assertArrayEquals(wanted, got, 2e-5f);
      }
    }
  }
}
