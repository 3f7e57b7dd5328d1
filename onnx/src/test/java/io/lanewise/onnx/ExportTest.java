package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.math.RandomStream;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written, run by ONNX Runtime, and read again. */
final class ExportTest {
  private static final int ROWS = 64;

  @TempDir Path folder;

  static Stream<String> architectures() {
    Stream<String> activations = Arrays.stream(Activation.values()).map(f -> "12 24:" + f + " 5");
    Stream<String> others =
        Stream.of(
            "7 3",
            "12 24:leaky-relu(-0.3) 8:elu(2.5) 5:leaky-relu(0.2)",
            "64 128:relu 10:softmax",
            "30 16:selu alphadropout:0.1 1:sigmoid",
            "20 32 batchnorm relu dropout:0.3 16 batchnorm:0.2:0.001 gelu 4:softmax",
            "20 32 layernorm silu dropout:0.5 3",
            "9 normalization 16:tanh layernorm:0.01 2",
            "16 [ 16:relu 16 ] relu [ [ 8:tanh 16 ] batchnorm ] 3:softmax",
            "8 [ 8 ] dropout:0.5",
            "8 relu 8 softmax dropout:0.1",
            "6 [ [ 6:gelu-tanh ] ] [ layernorm ] 6");
    return Stream.concat(activations, others);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void onnxRuntimeGivesTheSameOutputs(String architecture) throws Exception {
    Network network = random(architecture, 1);
    Path file = folder.resolve("model.onnx");
    OnnxModel.export(network, file);
    float[] x = inputs(network, 2);
    float[] ours = network.predict(x, ROWS);
    float[] theirs = onnxRuntime(file, x, network);
    assertClose(network, ours, theirs);
    OnnxModel model = OnnxModel.load(file);
    float[] run =
        model.run(Map.of("input", OnnxTensor.of(x, ROWS, network.nIn()))).get("output").floats();
    assertClose(network, ours, run);
  }

  /**
   * Both compute in floats, in another order. A sum of k products of numbers near 1 / sqrt k is
   * wrong by sqrt k / 2^24 in the middle, each way; with k up to 64 a few units of 2^-23 of the
   * outputs' size. The size is at least 1: the terms have it, even where their sum is small.
   */
  private static void assertClose(Network network, float[] wanted, float[] got) {
    int n = network.nOut();
    for (int i = 0; i < ROWS; i++) {
      double size = 1;
      for (int j = 0; j < n; j++) {
        size = Math.max(size, Math.abs(wanted[i * n + j]));
      }
      for (int j = 0; j < n; j++) {
        double difference = Math.abs((double) wanted[i * n + j] - got[i * n + j]);
        assertTrue(
            difference <= 1e-6 * size,
            () -> "wanted " + Arrays.toString(wanted) + ", got " + Arrays.toString(got));
      }
      assertEquals(argMax(wanted, i * n, n), argMax(got, i * n, n));
    }
  }

  private static int argMax(float[] y, int off, int n) {
    int best = 0;
    for (int j = 1; j < n; j++) {
      best = y[off + j] > y[off + best] ? j : best;
    }
    return best;
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void whatIsReadAgainHasTheSameBits(String architecture) throws IOException {
    Network network = random(architecture, 3);
    Path file = folder.resolve("model.onnx");
    OnnxModel.export(new Model(network, Map.of("task", "a test")), file);
    Model read = OnnxModel.load(file).toModel();
    assertEquals(Map.of("task", "a test"), read.metadata());
    assertEquals(network.loss(), read.network().loss());
    assertEquals(network.reduction(), read.network().reduction());
    assertEquals(withoutDropout(architecture), Architecture.format(read.network()));
    assertArrayEquals(bits(network.parameters()), bits(read.network().parameters()));
    assertArrayEquals(bits(network.state()), bits(read.network().state()));
    float[] x = inputs(network, 4);
    assertArrayEquals(bits(network.predict(x, ROWS)), bits(read.network().predict(x, ROWS)));
  }

  /** Dropout is not written, nor the momentum of batch normalization. */
  private static String withoutDropout(String architecture) {
    return architecture
        .replaceAll(" (alpha)?dropout:[0-9.]+", "")
        .replace("batchnorm:0.2:", "batchnorm:0.1:")
        .replace("8 relu 8 softmax", "8 relu 8:softmax")
        .replace(":identity", "");
  }

  @Test
  void theKernelsDoNotMatter() throws Exception {
    Network network = random("20 32 batchnorm gelu [ 32:silu ] layernorm 4:softmax", 5);
    Path file = folder.resolve("model.onnx");
    OnnxModel.export(network, file);
    OnnxModel model = OnnxModel.load(file);
    Map<String, OnnxTensor> x = Map.of("input", OnnxTensor.of(inputs(network, 6), ROWS, 20));
    float[][] y = new float[2][];
    for (int i = 0; i < 2; i++) {
      String name = i == 0 ? "scalar" : "simd";
      y[i] =
          model
              .run(x, KernelLookup.named(name), OnnxModel.DEFAULT_RUN_LIMIT)
              .get("output")
              .floats();
    }
    assertArrayEquals(bits(y[0]), bits(y[1]));
  }

  @Test
  void theLossIsKept() throws IOException {
    Network network =
        Network.builder(3)
            .dense(2)
            .loss(Loss.CROSS_ENTROPY)
            .reduction(Reduction.MEAN_OVER_ELEMENTS)
            .build();
    Path file = folder.resolve("model.onnx");
    OnnxModel.export(network, file);
    Network read = OnnxModel.load(file).toNetwork();
    assertEquals(Loss.CROSS_ENTROPY, read.loss());
    assertEquals(Reduction.MEAN_OVER_ELEMENTS, read.reduction());
  }

  @Test
  void namesOfOursAreRefused() {
    Model model = new Model(Network.builder(1).dense(1).build(), Map.of("lanewise.x", ""));
    Path file = folder.resolve("model.onnx");
    assertThrows(IllegalArgumentException.class, () -> OnnxModel.export(model, file));
    assertTrue(Files.notExists(file));
  }

  /** A network whose norms and state are not what they start from. */
  static Network random(String architecture, long seed) {
    Network network = Architecture.parse(architecture).seed(seed).build();
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.DATA);
    network
        .tensors()
        .forEach(
            tensor -> {
              for (int i = 0; tensor.rows() == 1 && i < tensor.count(); i++) {
                network.parameters()[tensor.off() + i] += (float) (0.3 * random.nextGaussian());
              }
            });
    network
        .stateTensors()
        .forEach(
            tensor -> {
              boolean positive = tensor.name().endsWith("var") || tensor.name().endsWith("scale");
              for (int i = 0; i < tensor.count(); i++) {
                double x = random.nextGaussian();
                network.state()[tensor.off() + i] = (float) (positive ? 0.5 + Math.abs(x) : x);
              }
            });
    return network;
  }

  static float[] inputs(Network network, long seed) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.DATA);
    float[] x = new float[ROWS * network.nIn()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(x[i]);
    }
    return bits;
  }

  static float[] onnxRuntime(Path file, float[] x, Network network) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    float[] y = new float[ROWS * network.nOut()];
    try (OrtSession session = environment.createSession(file.toString());
        ai.onnxruntime.OnnxTensor input =
            ai.onnxruntime.OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(x), new long[] {ROWS, network.nIn()});
        OrtSession.Result result = session.run(Map.of("input", input))) {
      ((ai.onnxruntime.OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer().get(y);
    }
    return y;
  }
}
