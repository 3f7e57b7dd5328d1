package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lanewise.kernel.KernelLookup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Encoders of text beside ONNX Runtime: 200 texts of random tokens, padded to the longest of their
 * batch. The small ones are those of {@code make_encoders.py}; the large ones, which people use,
 * are test artifacts of the profile "encoders", and without it are not tried.
 */
final class EncodersTest {
  private static final int TEXTS = Integer.getInteger("lanewise.encoders.texts", 200);

  /** Operators that leave nothing to rounding, given the same values. */
  private static final Set<String> EXACT =
      Set.of("DynamicQuantizeLinear", "MatMulInteger", "DequantizeLinear");

  /** A batch: ids and mask, (texts, tokens), row-major. */
  private record Batch(int texts, int tokens, long[] ids, long[] mask) {
    static Batch of(Random random, int texts, int first, int mostTokens, int vocabulary) {
      int[] lengths = new int[texts];
      int tokens = 0;
      for (int i = 0; i < texts; i++) {
        // The shortest and the longest are sure to be there.
        int at = first + i;
        lengths[i] = at == 0 ? 1 : at == 1 ? mostTokens : 1 + random.nextInt(mostTokens);
        tokens = Math.max(tokens, lengths[i]);
      }
      long[] ids = new long[texts * tokens];
      long[] mask = new long[texts * tokens];
      for (int i = 0; i < texts; i++) {
        for (int j = 0; j < lengths[i]; j++) {
          ids[i * tokens + j] = random.nextInt(vocabulary);
          mask[i * tokens + j] = 1;
        }
      }
      return new Batch(texts, tokens, ids, mask);
    }

    Map<String, OnnxTensor> inputs() {
      int[] dims = {texts, tokens};
      OnnxTensor types = OnnxTensor.of(new long[ids.length], dims);
      return Map.of(
          "input_ids",
          OnnxTensor.of(ids, dims),
          "attention_mask",
          OnnxTensor.of(mask, dims),
          "token_type_ids",
          types);
    }

    /** The sum of a text's tokens, whose direction is that of their mean. */
    double[] pooled(float[] hidden, int text) {
      int width = hidden.length / ids.length;
      double[] sum = new double[width];
      for (int j = 0; j < tokens; j++) {
        for (int c = 0; mask[text * tokens + j] == 1 && c < width; c++) {
          sum[c] += hidden[(text * tokens + j) * width + c];
        }
      }
      return sum;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double difference(double[] a, double[] b) {
    double[] d = new double[a.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = a[i] - b[i];
    }
    return Math.sqrt(dot(d, d) / dot(b, b));
  }

  private static double cosine(double[] a, double[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static byte[] model(String name) throws IOException {
    try (InputStream small = EncodersTest.class.getResourceAsStream(name + ".onnx");
        InputStream large = ClassLoader.getSystemResourceAsStream(name + ".onnx")) {
      assumeTrue(small != null || large != null, name + " is not there: -Pencoders");
      return (small == null ? large : small).readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "encoder-11, 64, 64",
    "encoder-20, 64, 64",
    "all-minilm-l6-v2, 256, 30522",
  })
  void theVectorsAreThoseOfOnnxRuntime(String name, int mostTokens, int vocabulary)
      throws IOException, OrtException {
    double difference = 0;
    double cosine = 1;
    try (Beside beside = new Beside(model(name))) {
      Random random = new Random(26);
      for (int first = 0; first < TEXTS; first += 4) {
        Batch batch = Batch.of(random, 4, first, mostTokens, vocabulary);
        float[] ours = beside.ours(batch);
        float[] theirs = beside.theirs(batch);
        for (int text = 0; text < batch.texts; text++) {
          double[] a = batch.pooled(ours, text);
          double[] b = batch.pooled(theirs, text);
          difference = Math.max(difference, difference(a, b));
          cosine = Math.min(cosine, cosine(a, b));
        }
      }
    }
    String found = String.format(Locale.ROOT, "%s: difference %.2g", name, difference);
    System.out.println(found + " of the vector's size");
    assertTrue(difference <= 1e-5 && cosine >= 0.99999, found);
  }

  /**
   * With 8 bits most vectors of short texts are the same too. In the others a value that was near
   * the middle of two of the 256 steps went to the other one, and all that comes after it is a
   * little different. Of a long text some value always does. How much that is depends on the model:
   * as much as ONNX Runtime is from itself without its optimizations, which round otherwise.
   */
  @ParameterizedTest
  @CsvSource({
    "encoder-q, 64, 64",
    "all-minilm-l6-v2-q, 256, 30522",
    "e5-small-v2-q, 256, 30522",
  })
  void theVectorsOfEightBits(String name, int mostTokens, int vocabulary)
      throws IOException, OrtException {
    double least = 1;
    double leastOfTheirs = 1;
    double sum = 0;
    double sumOfTheirs = 0;
    int same = 0;
    byte[] file = model(name);
    try (Beside beside = new Beside(file);
        Beside plain = new Beside(beside.model, file, OrtSession.SessionOptions.OptLevel.NO_OPT)) {
      CompiledModel compiled = beside.model.compile();
      assertNull(compiled.obstacle());
      Random random = new Random(27);
      for (int text = 0; text < TEXTS; text++) {
        boolean brief = text < TEXTS / 2;
        Batch batch = Batch.of(random, 1, text, brief ? 8 : mostTokens, vocabulary);
        double[] theirs = batch.pooled(beside.theirs(batch), 0);
        OnnxTensor hidden = compiled.run(batch.inputs()).get("last_hidden_state");
        double cosine = cosine(batch.pooled(hidden.floats(), 0), theirs);
        double ofTheirs = cosine(batch.pooled(plain.theirs(batch), 0), theirs);
        least = Math.min(least, cosine);
        leastOfTheirs = Math.min(leastOfTheirs, ofTheirs);
        sum += 1 - cosine;
        sumOfTheirs += 1 - ofTheirs;
        same += brief && cosine >= 0.99999 ? 1 : 0;
      }
    }
    String found =
        String.format(
            Locale.ROOT,
            "%s: of %d short texts %d the same; 1 - cosine of all in the mean %.1e, of ONNX Runtime"
                + " with itself %.1e; least cosine %.4f, with itself %.4f",
            name,
            TEXTS / 2,
            same,
            sum / TEXTS,
            sumOfTheirs / TEXTS,
            least,
            leastOfTheirs);
    System.out.println(found);
    assertTrue(same >= TEXTS / 8 && sum <= 2 * sumOfTheirs + TEXTS * 1e-5, found);
  }

  /**
   * Given the same values, a node of 8 bits makes the same integers as ONNX Runtime's, each of
   * them, and the node that scales them the same floats, each bit.
   */
  @ParameterizedTest
  @CsvSource({
    "encoder-q, 64, 64",
    "all-minilm-l6-v2-q, 256, 30522",
    "e5-small-v2-q, 256, 30522",
  })
  void eachNodeOfEightBitsGivesTheSame(String name, int tokens, int vocabulary)
      throws IOException, OrtException {
    byte[] file = model(name);
    Graph graph = GraphParser.parse(file);
    Batch batch = Batch.of(new Random(28), 2, 0, tokens, vocabulary);
    Map<String, OnnxTensor> values = new HashMap<>(graph.initializers());
    values.putAll(batch.inputs());
    byte[] tapped = withEveryOutput(file, graph);
    try (Beside beside =
        new Beside(OnnxModel.parse(file), tapped, OrtSession.SessionOptions.OptLevel.NO_OPT)) {
      values.putAll(beside.all(batch));
    }
    Map<String, Integer> compared = new TreeMap<>();
    for (Node node : graph.nodes()) {
      boolean exact = EXACT.contains(node.operator());
      if (!exact) {
        continue;
      }
      OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = node.hasInput(i) ? values.get(node.inputs()[i]) : null;
      }
      Budget budget = Budget.ofRun(OnnxModel.DEFAULT_RUN_LIMIT);
      Call call = new Call(node, inputs, KernelLookup.named("simd"), budget);
      Operators.of(node).run(call);
      for (int i = 0; i < node.outputs().length; i++) {
        OnnxTensor wanted = values.get(node.outputs()[i]);
        if (mayClip(node, inputs)) {
          int k = inputs[1].dims()[0];
          int n = inputs[1].dims()[1];
          long za = inputs[2].integer(0);
          long zb = inputs[3].integer(0);
          int m = inputs[0].count() / k;
          long[] sums = QuantizationTest.product(m, k, n, inputs[0], inputs[1], za, zb);
          wanted = OnnxTensor.of(OnnxTensor.Type.INT32, sums, wanted.dims());
        }
        assertEquals(wanted.toString(), call.outputs()[i].toString());
        assertArrayEquals(bits(wanted), bits(call.outputs()[i]), node.describe());
      }
      compared.merge(node.operator(), 1, Integer::sum);
    }
    System.out.println(name + ": nodes that give the same integers: " + compared);
    assertTrue(compared.keySet().containsAll(EXACT), compared::toString);
  }

  /**
   * Whether ONNX Runtime may clip sums of two products to 16 bits, as it does on processors that
   * have AVX2 without VNNI.
   */
  private static boolean mayClip(Node node, OnnxTensor[] inputs) {
    return node.operator().equals("MatMulInteger")
        && Arrays.stream(inputs[1].longs()).anyMatch(weight -> Math.abs(weight) > 64);
  }

  private static long[] bits(OnnxTensor x) {
    if (!(x.data() instanceof float[] floats)) {
      return x.longs();
    }
    long[] bits = new long[floats.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(floats[i]);
    }
    return bits;
  }

  /** The file with what its nodes of 8 bits read and make as outputs: a graph in parts is one. */
  private static byte[] withEveryOutput(byte[] file, Graph graph) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (EXACT.contains(node.operator())) {
        names.addAll(List.of(node.inputs()));
        names.addAll(List.of(node.outputs()));
      }
    }
    names.removeAll(graph.initializers().keySet());
    names.remove("");
    graph.outputs().forEach(output -> names.remove(output.name()));
    ProtoWriter more = new ProtoWriter();
    names.forEach(value -> more.message(12, new ProtoWriter().text(1, value)));
    byte[] end = Bombs.bytes(new ProtoWriter().message(7, more));
    byte[] all = Arrays.copyOf(file, file.length + end.length);
    System.arraycopy(end, 0, all, file.length, end.length);
    return all;
  }

  /** A text that the mask hides wholly has no attention to give: what comes out is the same. */
  @ParameterizedTest
  @CsvSource({"encoder-11", "encoder-20"})
  void aTextThatIsMaskedWholly(String name) throws IOException, OrtException {
    long[] ids = {1, 2, 3, 4, 5, 6};
    Batch batch = new Batch(2, 3, ids, new long[] {1, 1, 0, 0, 0, 0});
    try (Beside beside = new Beside(model(name))) {
      float[] ours = beside.ours(batch);
      float[] theirs = beside.theirs(batch);
      for (int i = 0; i < ours.length; i++) {
        assertEquals(theirs[i], ours[i], 2e-5);
      }
    }
  }

  /** One model here and there. */
  private static final class Beside implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final OnnxModel model;

    Beside(byte[] file) throws IOException, OrtException {
      this(OnnxModel.parse(file), file, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    Beside(OnnxModel model, byte[] file, OrtSession.SessionOptions.OptLevel level)
        throws OrtException {
      this.model = model;
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setOptimizationLevel(level);
        // Its other threads would wait for work in a loop.
        options.setIntraOpNumThreads(1);
        session = environment.createSession(file, options);
      }
    }

    float[] ours(Batch batch) throws IOException {
      OnnxTensor hidden = model.run(batch.inputs()).get("last_hidden_state");
      assertEquals(batch.texts, hidden.dims()[0]);
      assertEquals(batch.tokens, hidden.dims()[1]);
      return hidden.floats();
    }

    float[] theirs(Batch batch) throws OrtException {
      return all(batch).get("last_hidden_state").floats();
    }

    /** All outputs by name. */
    Map<String, OnnxTensor> all(Batch batch) throws OrtException {
      Map<String, ai.onnxruntime.OnnxTensor> inputs = new LinkedHashMap<>();
      inputs.put("input_ids", tensor(batch, batch.ids));
      inputs.put("attention_mask", tensor(batch, batch.mask));
      inputs.put("token_type_ids", tensor(batch, new long[batch.ids.length]));
      Map<String, OnnxTensor> outputs = new HashMap<>();
      try (OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), read((ai.onnxruntime.OnnxTensor) output.getValue()));
        }
        return outputs;
      } finally {
        inputs.values().forEach(ai.onnxruntime.OnnxTensor::close);
      }
    }

    private static OnnxTensor read(ai.onnxruntime.OnnxTensor x) {
      long[] shape = x.getInfo().getShape();
      int[] dims = Arrays.stream(shape).mapToInt(dim -> (int) dim).toArray();
      int n = (int) x.getInfo().getNumElements();
      OnnxTensor.Type type = OnnxTensor.Type.valueOf(x.getInfo().type.name());
      Object data = TensorParser.newArray(type, n);
      switch (data) {
        case float[] floats -> x.getFloatBuffer().get(floats);
        case byte[] bytes -> x.getByteBuffer().get(bytes);
        case int[] ints -> x.getIntBuffer().get(ints);
        case long[] longs -> x.getLongBuffer().get(longs);
        default -> throw new AssertionError(type);
      }
      return new OnnxTensor(type, dims, data);
    }

    private ai.onnxruntime.OnnxTensor tensor(Batch batch, long[] values) throws OrtException {
      long[] dims = {batch.texts, batch.tokens};
      return ai.onnxruntime.OnnxTensor.createTensor(environment, LongBuffer.wrap(values), dims);
    }

    @Override
    public void close() throws OrtException {
      session.close();
    }
  }
}
