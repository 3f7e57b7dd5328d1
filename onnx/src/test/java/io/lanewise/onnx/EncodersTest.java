package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Encoders of text beside ONNX Runtime: 200 texts of random tokens, padded to the longest of their
 * batch. The small ones are those of {@code make_encoders.py}; the large ones, which people use,
 * are test artifacts of the profile "encoders", and without it are not tried.
 */
final class EncodersTest {
  private static final int TEXTS = Integer.getInteger("lanewise.encoders.texts", 200);

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
   * little different: as much as ONNX Runtime is from itself with and without its optimizations. Of
   * a long text some value always does.
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
    int same = 0;
    try (Beside beside = new Beside(model(name))) {
      Random random = new Random(27);
      for (int text = 0; text < TEXTS; text++) {
        boolean brief = text < TEXTS / 2;
        Batch batch = Batch.of(random, 1, text, brief ? 8 : mostTokens, vocabulary);
        double[] ours = batch.pooled(beside.ours(batch), 0);
        double cosine = cosine(ours, batch.pooled(beside.theirs(batch), 0));
        least = Math.min(least, cosine);
        same += brief && cosine >= 0.99999 ? 1 : 0;
      }
    }
    String found =
        String.format(
            Locale.ROOT,
            "%s: of %d short texts %d the same, least cosine of all %.4f",
            name,
            TEXTS / 2,
            same,
            least);
    System.out.println(found);
    assertTrue(same >= TEXTS / 8 && least > 0.98, found);
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
      model = OnnxModel.parse(file);
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        // Its other threads would wait for work in a loop.
        options.setIntraOpNumThreads(1);
        session = environment.createSession(file, options);
      }
    }

    float[] ours(Batch batch) throws IOException {
      int[] dims = {batch.texts, batch.tokens};
      OnnxTensor ids = OnnxTensor.of(batch.ids, dims);
      OnnxTensor mask = OnnxTensor.of(batch.mask, dims);
      OnnxTensor types = OnnxTensor.of(new long[batch.ids.length], dims);
      Map<String, OnnxTensor> inputs =
          Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types);
      OnnxTensor hidden = model.run(inputs).get("last_hidden_state");
      assertEquals(batch.texts, hidden.dims()[0]);
      assertEquals(batch.tokens, hidden.dims()[1]);
      return hidden.floats();
    }

    float[] theirs(Batch batch) throws OrtException {
      Map<String, ai.onnxruntime.OnnxTensor> inputs = new LinkedHashMap<>();
      inputs.put("input_ids", tensor(batch, batch.ids));
      inputs.put("attention_mask", tensor(batch, batch.mask));
      inputs.put("token_type_ids", tensor(batch, new long[batch.ids.length]));
      try (OrtSession.Result result = session.run(inputs)) {
        ai.onnxruntime.OnnxTensor hidden = (ai.onnxruntime.OnnxTensor) result.get(0);
        float[] values = new float[(int) hidden.getInfo().getNumElements()];
        hidden.getFloatBuffer().get(values);
        return values;
      } finally {
        inputs.values().forEach(ai.onnxruntime.OnnxTensor::close);
      }
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
