package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that others wrote: {@code src/test/python/make_models.py} made them. */
final class RealFilesTest {
  static final List<String> FILES =
      List.of(
          "torch-norms",
          "torch-layernorm-14",
          "torch-activations",
          "torch-residual",
          "sklearn-iris",
          "sklearn-cancer");

  /** Rows of numbers with their shape. */
  private record Rows(int[] dims, float[] values) {
    static Rows parse(String line) {
      String[] parts = line.split(": ");
      int[] dims = Arrays.stream(parts[0].split(" ")).mapToInt(Integer::parseInt).toArray();
      String[] texts = parts[1].split(" ");
      float[] values = new float[texts.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(texts[i]);
      }
      return new Rows(dims, values);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = RealFilesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "torch-norms, y, 8 16 batchnorm relu 12 layernorm tanh 5:softmax",
    "torch-layernorm-14, y, 4 6 layernorm 2",
    "torch-activations, y, 6 8:gelu 8:silu 8:elu 8:selu 8:softplus 8:leaky-relu 3",
    "torch-residual, y, 12 10:relu [ 10:sigmoid 10 ] 2",
    "sklearn-iris, output_probability, 4 normalization 8:relu 3:softmax",
    "sklearn-cancer, output_probability, 30 normalization 8:relu 1:sigmoid",
  })
  void runsAndFolds(String name, String output, String architecture) throws IOException {
    OnnxModel model = OnnxModel.parse(resource(name + ".onnx"));
    String[] lines = new String(resource(name + ".txt"), StandardCharsets.UTF_8).split("\n");
    Rows x = Rows.parse(lines[0]);
    Rows y = Rows.parse(lines[1]);
    String input = model.inputs().get(0).name();
    Map<String, OnnxTensor> outputs = model.run(Map.of(input, OnnxTensor.of(x.values, x.dims)));
    assertArrayEquals(y.dims, outputs.get(output).dims());
    assertClose(y.values, outputs.get(output).floats());

    Network network = model.toNetwork();
    assertEquals(architecture, Architecture.format(network));
    int m = y.dims[0];
    float[] predicted = network.predict(x.values, m);
    if (name.equals("sklearn-cancer")) {
      // The network has the second of the two probabilities.
      float[] second = new float[m];
      for (int i = 0; i < m; i++) {
        second[i] = y.values[2 * i + 1];
      }
      assertClose(second, predicted);
    } else {
      assertClose(y.values, predicted);
    }
  }

  /** What is expected was computed in double; 2e-6 as for the standard's own tests. */
  private static void assertClose(float[] wanted, float[] got) {
    assertEquals(wanted.length, got.length);
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(wanted[i], got[i], 2e-6 * Math.max(1, Math.abs(wanted[i])));
    }
  }

  @Test
  void scikitLearnsLabelsAreNames() throws IOException {
    OnnxModel model = OnnxModel.parse(resource("sklearn-iris.onnx"));
    String[] lines = new String(resource("sklearn-iris.txt"), StandardCharsets.UTF_8).split("\n");
    Rows x = Rows.parse(lines[0]);
    String[] labels =
        model.run(Map.of("X", OnnxTensor.of(x.values, x.dims))).get("output_label").strings();
    assertEquals(
        List.of("setosa", "versicolor", "virginica"), Arrays.stream(labels).distinct().toList());
  }
}
