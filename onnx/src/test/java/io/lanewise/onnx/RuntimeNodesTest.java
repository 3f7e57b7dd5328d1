package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operators of ONNX Runtime's own, run and compiled, beside ONNX Runtime. */
final class RuntimeNodesTest {
  private static final int BATCH = 2;
  private static final int TOKENS = 5;
  private static final int WIDTH = 12;
  private static final int HEADS = 3;
  private static final int INT32 = 6;

  private final Random random = new Random(5);

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private SmallGraph graph(int opset) {
    SmallGraph graph = new SmallGraph(opset, -1, -1, WIDTH);
    graph.row("row", values(WIDTH)).row("gamma", values(WIDTH)).row("beta", values(WIDTH));
    graph.floats("w", new int[] {WIDTH, 3 * WIDTH}, values(3 * WIDTH * WIDTH));
    return graph.row("b", values(3 * WIDTH));
  }

  private Map<String, OnnxTensor> rows() {
    return Map.of("x", OnnxTensor.of(values(BATCH * TOKENS * WIDTH), BATCH, TOKENS, WIDTH));
  }

  private static Map<String, OnnxTensor> with(
      Map<String, OnnxTensor> inputs, String name, OnnxTensor tensor) {
    Map<String, OnnxTensor> all = new LinkedHashMap<>(inputs);
    all.put(name, tensor);
    return all;
  }

  static void compare(SmallGraph graph, Map<String, OnnxTensor> inputs) throws Exception {
    byte[] file = graph.bytes();
    OnnxModel model = OnnxModel.parse(file);
    float[] wanted = theirs(file, inputs);
    close(wanted, model.run(inputs).get("y").floats());
    CompiledModel compiled = model.compile();
    assertNull(compiled.obstacle());
    close(wanted, compiled.run(inputs).get("y").floats());
  }

  private static void close(float[] wanted, float[] got) {
    double size = 0;
    for (float value : wanted) {
      size = Math.max(size, Math.abs(value));
    }
    assertTrue(size > 0);
    assertArrayEquals(wanted, got, (float) (4e-6 * size));
  }

  private static float[] theirs(byte[] file, Map<String, OnnxTensor> inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, ai.onnxruntime.OnnxTensor> given = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxTensor> input : inputs.entrySet()) {
      OnnxTensor x = input.getValue();
      long[] dims = new long[x.rank()];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = x.dims()[i];
      }
      given.put(
          input.getKey(),
          x.type() == OnnxTensor.Type.FLOAT
              ? ai.onnxruntime.OnnxTensor.createTensor(
                  environment, FloatBuffer.wrap(x.floats()), dims)
              : ai.onnxruntime.OnnxTensor.createTensor(
                  environment, IntBuffer.wrap((int[]) x.data()), dims));
    }
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    // Not that weights are left over.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    try (options;
        OrtSession session = environment.createSession(file, options);
        OrtSession.Result result = session.run(given)) {
      FloatBuffer y = ((ai.onnxruntime.OnnxTensor) result.get("y").orElseThrow()).getFloatBuffer();
      float[] values = new float[y.remaining()];
      y.get(values);
      return values;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Gelu", "QuickGelu", "FastGelu"})
  void functions(String name) throws Exception {
    compare(graph(14).node("ms." + name, "x", "y"), rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"BiasGelu", "FastGelu"})
  void functionsOfSums(String name) throws Exception {
    compare(graph(14).node("ms." + name, "x", "row", "y"), rows());
  }

  @Test
  void quickGeluHasAnAlpha() throws Exception {
    compare(graph(14).node("ms.QuickGelu", "x", "y").with("alpha", 1f), rows());
    compare(graph(14).node("ms.QuickGelu", "x", "y").with("alpha", 0.5f), rows());
  }

  /** Reading would never end if a new name were looked for among taken ones. */
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void namesThatAreTaken() throws Exception {
    for (int i = 0; i < 20; i++) {
      compare(
          graph(14)
              .node("Neg", "x", "y/" + i)
              .node("ms.QuickGelu", "y/" + i, "y")
              .with("alpha", 1f),
          rows());
    }
  }

  @Test
  void productsOfTurnedMatrices() throws Exception {
    SmallGraph graph = graph(14).node("Transpose", "x", "t").with("perm", new long[] {0, 2, 1});
    graph.node("ms.FusedMatMul", "t", "t", "p").with("alpha", 0.5f).with("transB", 1L);
    graph.node("ms.FusedMatMul", "t", "p", "z").with("transA", 1L);
    compare(graph.node("ms.FusedMatMul", "z", "w", "y"), rows());
  }

  @Test
  void normalizations() throws Exception {
    compare(graph(14).node("ms.SkipLayerNormalization", "x", "x", "gamma", "y"), rows());
    compare(
        graph(14)
            .node("Neg", "x", "z")
            .node("Mul", "z", "row", "other")
            .node("ms.SkipLayerNormalization", "x", "other", "gamma", "beta", "row", "y")
            .with("epsilon", 0.1f),
        rows());
    compare(
        graph(14).node("LayerNormalization", "x", "gamma", "beta", "y").with("epsilon", 0.1f),
        rows());
    compare(
        graph(14).node("SimplifiedLayerNormalization", "x", "gamma", "y").with("epsilon", 0.1f),
        rows());
    compare(
        graph(14).node("ms.SkipSimplifiedLayerNormalization", "x", "x", "gamma", "row", "y"),
        rows());
  }

  /** The sum is an output too, as the residual of the next layer. */
  @Test
  void theSumBeforeANormalization() throws Exception {
    SmallGraph graph = graph(14).node("Mul", "x", "row", "z");
    graph.node("ms.SkipLayerNormalization", "z", "x", "gamma", "n");
    graph.output(3, "sum").node("Add", "n", "sum", "y");
    compare(graph, rows());
  }

  @Test
  void attentionUnderMasks() throws Exception {
    compare(attention(graph(14), "x", "w", "b"), rows());
    SmallGraph masked = graph(14).input("mask", INT32, -1, -1);
    int[] mask = {1, 1, 1, 0, 1, 1, 1, 0, 0, 0};
    compare(
        attention(masked, "x", "w", "b", "mask"),
        with(rows(), "mask", OnnxTensor.of(mask, BATCH, TOKENS)));
    SmallGraph counted = graph(14).input("count", INT32, -1);
    compare(
        attention(counted, "x", "w", "b", "count"),
        with(rows(), "count", OnnxTensor.of(new int[] {5, 2}, BATCH)));
    SmallGraph each = graph(14).input("each", INT32, -1, -1, -1);
    int[] triangle = new int[BATCH * TOKENS * TOKENS];
    for (int i = 0; i < triangle.length; i++) {
      triangle[i] = i % TOKENS <= i / TOKENS % TOKENS ? 1 : 0;
    }
    compare(
        attention(each, "x", "w", "b", "each"),
        with(rows(), "each", OnnxTensor.of(triangle, BATCH, TOKENS, TOKENS)));
  }

  /** Of models in FLOAT16: what the nodes need of constants is of that type too. */
  @Test
  void attentionOfShortFloats() throws Exception {
    float[] w = values(3 * WIDTH * WIDTH);
    float[] b = values(3 * WIDTH);
    OnnxTensor x = rows().get("x");
    OnnxTensor mask = OnnxTensor.of(new int[] {1, 1, 1, 0, 1, 1, 1, 0, 0, 0}, BATCH, TOKENS);
    SmallGraph wide = new SmallGraph(14, -1, -1, WIDTH).input("mask", INT32, -1, -1);
    wide.floats("w", new int[] {WIDTH, 3 * WIDTH}, w).row("b", b);
    SmallGraph half = new SmallGraph(14, -1, -1, WIDTH).input("mask", INT32, -1, -1);
    half.halves("w", new int[] {WIDTH, 3 * WIDTH}, w).halves("b", new int[] {3 * WIDTH}, b);
    half.node("Cast", "x", "h").with("to", 10L);
    half.node("ms.Attention", "h", "w", "b", "mask", "a").with("num_heads", (long) HEADS);
    half.with("mask_filter_value", -Float.MAX_VALUE).node("Cast", "a", "y").with("to", 1L);
    Map<String, OnnxTensor> inputs = Map.of("x", x, "mask", mask);
    OnnxModel model = attention(wide, "x", "w", "b", "mask").model();
    float[] wanted = model.run(inputs).get("y").floats();
    OnnxModel model16 = half.declared(1, -1, -1, WIDTH).model();
    assertArrayEquals(wanted, model16.run(inputs).get("y").floats(), 0.02f);
    // Compiled, nothing is rounded on the way, but the weights are.
    CompiledModel compiled = model16.compile();
    assertNull(compiled.obstacle());
    SmallGraph rounded = new SmallGraph(14, -1, -1, WIDTH).input("mask", INT32, -1, -1);
    rounded.floats("w", new int[] {WIDTH, 3 * WIDTH}, rounded(w)).row("b", rounded(b));
    CompiledModel same = attention(rounded, "x", "w", "b", "mask").model().compile();
    float[] exact = same.run(inputs).get("y").floats();
    assertArrayEquals(exact, compiled.run(inputs).get("y").floats(), 1e-6f);
  }

  private static float[] rounded(float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
    }
    return rounded;
  }

  @Test
  void attentionWithABiasOfTheScores() throws Exception {
    int count = HEADS * TOKENS * TOKENS;
    SmallGraph graph = graph(14).floats("s", new int[] {1, HEADS, TOKENS, TOKENS}, values(count));
    compare(attention(graph, "x", "w", "b", "", "", "s").with("scale", 0.3f), rows());
  }

  @Test
  void attentionOfValuesThatAreNarrower() throws Exception {
    SmallGraph graph = graph(14);
    graph.floats("v", new int[] {WIDTH, 2 * WIDTH + 6}, values(WIDTH * (2 * WIDTH + 6)));
    graph.row("vb", values(2 * WIDTH + 6));
    compare(
        attention(graph, "x", "v", "vb").with("qkv_hidden_sizes", new long[] {WIDTH, WIDTH, 6}),
        rows());
  }

  @Test
  void attentionOfThreeProducts() throws Exception {
    SmallGraph graph = graph(14);
    for (String name : new String[] {"q", "k", "v"}) {
      graph.floats("w" + name, new int[] {WIDTH, WIDTH}, values(WIDTH * WIDTH));
      graph.node("MatMul", "x", "w" + name, name);
    }
    graph.node("ms.MultiHeadAttention", "q", "k", "v", "b", "y").with("num_heads", HEADS);
    compare(graph, rows());
    SmallGraph plain = graph(14).node("ms.MultiHeadAttention", "x", "x", "x", "y");
    String message =
        assertThrows(ModelFormatException.class, () -> plain.with("num_heads", HEADS).model())
            .getMessage();
    assertTrue(message.contains("three products (batch, tokens, width)"), message);
  }

  private static SmallGraph attention(SmallGraph graph, String... inputs) {
    String[] names = Arrays.copyOf(inputs, inputs.length + 1);
    names[inputs.length] = "y";
    return graph.node("ms.Attention", names).with("num_heads", (long) HEADS);
  }

  @Test
  void embeddings() throws Exception {
    int words = 20;
    for (boolean masked : new boolean[] {false, true}) {
      SmallGraph graph = SmallGraph.of(14, INT32, -1, -1).input("types", INT32, -1, -1);
      graph.floats("words", new int[] {words, WIDTH}, values(words * WIDTH));
      graph.floats("places", new int[] {9, WIDTH}, values(9 * WIDTH));
      graph.floats("kinds", new int[] {2, WIDTH}, values(2 * WIDTH));
      graph.row("gamma", values(WIDTH)).row("beta", values(WIDTH));
      graph.floats("w", new int[] {WIDTH, 3 * WIDTH}, values(3 * WIDTH * WIDTH));
      graph.row("b", values(3 * WIDTH));
      String[] names = {"x", "types", "words", "places", "kinds", "gamma", "beta"};
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      inputs.put("x", OnnxTensor.of(new int[] {3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, BATCH, TOKENS));
      inputs.put("types", OnnxTensor.of(new int[] {0, 0, 1, 1, 1, 0, 0, 0, 1, 1}, BATCH, TOKENS));
      if (masked) {
        graph.input("mask", INT32, -1, -1);
        int[] mask = {1, 1, 1, 1, 0, 1, 1, 0, 0, 0};
        inputs.put("mask", OnnxTensor.of(mask, BATCH, TOKENS));
        names = Arrays.copyOf(names, 9);
        names[7] = "mask";
        names[8] = "e";
        graph.node("ms.EmbedLayerNormalization", names).output(1, "count");
        compare(attention(graph, "e", "w", "b", "count"), inputs);
      } else {
        names = Arrays.copyOf(names, 8);
        names[7] = "y";
        compare(graph.node("ms.EmbedLayerNormalization", names).output(1, "count"), inputs);
      }
    }
  }

  private SmallGraph quantized() {
    SmallGraph graph = graph(14);
    graph.floats("s", new int[0], 0.02f).bytes("z", 2, new int[0], 128);
    graph.floats("ys", new int[0], 0.05f).bytes("yz", 2, new int[0], 100);
    graph.bytes("bz", 3, new int[0], 0).bytes("m", 3, new int[] {WIDTH, WIDTH}, integers());
    return graph.node("QuantizeLinear", "x", "s", "z", "q");
  }

  private long[] integers() {
    return random.longs(WIDTH * WIDTH, -64, 65).toArray();
  }

  private static SmallGraph floats(SmallGraph graph) {
    return graph.node("DequantizeLinear", "r", "ys", "yz", "y");
  }

  /** Quantized steps of 0.05: what is half way may be rounded to either side. */
  @Test
  void quantizedElements() throws Exception {
    for (String name : new String[] {"QLinearAdd", "QLinearMul"}) {
      String[] names = {"q", "s", "z", "q", "s", "z", "ys", "yz", "r"};
      compare(floats(quantized().node("ms." + name, names)), rows());
    }
    String[] names = {"q", "s", "z", "ys", "yz", "r"};
    compare(floats(quantized().node("ms.QLinearSigmoid", names)), rows());
    SmallGraph softmax = quantized().node("ms.QLinearSoftmax", names).with("axis", -1L);
    compare(floats(softmax.with("opset", 14L)), rows());
  }

  @Test
  void quantizedProducts() throws Exception {
    compare(
        quantized().node("ms.MatMulIntegerToFloat", "q", "m", "s", "ys", "z", "bz", "row", "y"),
        rows());
    compare(quantized().node("ms.DynamicQuantizeMatMul", "x", "m", "ys", "bz", "row", "y"), rows());
    SmallGraph attention = quantized();
    attention.bytes("aw", 3, new int[] {WIDTH, 3 * WIDTH}, random.longs(432, -64, 65).toArray());
    attention.node("ms.QAttention", "q", "aw", "b", "s", "ys", "", "z", "bz", "y");
    compare(attention.with("num_heads", (long) HEADS), rows());
  }

  @Test
  void quantizedMatricesBeforeAnActivation() throws Exception {
    for (boolean again : new boolean[] {false, true}) {
      SmallGraph graph = quantized().ints("rows", -1, WIDTH).node("Reshape", "q", "rows", "a");
      String[] names = {"a", "s", "z", "m", "s", "bz", "", "ys", "yz", "r"};
      if (!again) {
        names = new String[] {"a", "s", "z", "m", "s", "bz", "y"};
      }
      graph.node("ms.QGemm", names).with("transB", 1L).with("alpha", 0.5f);
      compare(again ? floats(graph) : graph, rows());
    }
  }

  @Test
  void quantizedEmbeddings() throws Exception {
    SmallGraph graph = SmallGraph.of(14, INT32, -1, -1);
    graph.floats("s", new int[0], 0.02f).bytes("z", 2, new int[0], 128);
    String[] names = {"x", "", "t", "t", "", "g", "g", "", "s", "s", "s", "s", "s", "z", "z", "z"};
    names = Arrays.copyOf(names, 19);
    Arrays.fill(names, 16, 18, "z");
    names[18] = "y";
    graph.bytes("t", 2, new int[] {9, WIDTH}, random.longs(9 * WIDTH, 0, 256).toArray());
    graph.bytes("g", 2, new int[] {WIDTH}, random.longs(WIDTH, 0, 256).toArray());
    graph.node("ms.QEmbedLayerNormalization", names).output(1, "count");
    OnnxTensor words = OnnxTensor.of(new int[] {3, 1, 4, 1, 5, 8, 2, 6, 5, 3}, BATCH, TOKENS);
    compare(graph, Map.of("x", words));
  }

  @Test
  void inputsThatAreLeftOutAreRefused() {
    for (String name : new String[] {"QLinearSoftmax", "QEmbedLayerNormalization"}) {
      String[] names = {"x", "x", "x", "x", "x", "x", "x", "x", "y"};
      names = name.equals("QLinearSoftmax") ? new String[] {"x", "x", "y"} : names;
      SmallGraph graph = graph(14).node("ms." + name, names);
      String message = assertThrows(ModelFormatException.class, graph::model).getMessage();
      assertTrue(message.endsWith("is left out"), message);
    }
  }

  /** What is refused says which node it is, and what would do. */
  @Test
  void othersAreRefusedByName() throws IOException {
    SmallGraph graph = graph(14).node("ms.LongformerAttention", "x", "y");
    String message = assertThrows(ModelFormatException.class, graph::model).getMessage();
    assertEquals(
        "node 0 (com.microsoft.LongformerAttention, opset 14): the operator is one of ONNX"
            + " Runtime's own and not supported: export the model without its optimizer",
        message);
    SmallGraph past = graph(14).floats("past", new int[] {1}, 0f);
    message =
        assertThrows(
                ModelFormatException.class,
                () -> attention(past, "x", "w", "b", "", "past").model())
            .getMessage();
    assertTrue(message.contains("its input 4, a past, is not supported"), message);
  }
}
