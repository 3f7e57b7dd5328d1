package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import io.lanewise.model.NamedTensors;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Forward, backward and running statistics as PyTorch 1.13 has them in double, by its names: the
 * program that wrote them is beside the file. In double the two differ by rounding alone; in float
 * by the rounding of some hundred operations, which 1e-5 of the largest element bounds amply.
 */
class TorchLayersTest {
  private static final double DOUBLE = 1e-11;
  private static final double FLOAT = 1e-5;

  /** One network of the file: its lines by what they begin with. */
  private record Golden(String layers, Map<String, double[]> values) {
    double[] get(String name) {
      double[] found = values.get(name);
      assertNotNull(found, name);
      return found;
    }

    float[] floats(String name) {
      double[] from = get(name);
      float[] to = new float[from.length];
      for (int i = 0; i < to.length; i++) {
        to[i] = (float) from[i];
      }
      return to;
    }

    int[] labels() {
      return Arrays.stream(get("labels")).mapToInt(v -> (int) v).toArray();
    }

    /** With the parameters and the state that the file says. */
    Network network() {
      Network network = Architecture.parse(layers).zeros().build();
      for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
        double[] wanted = get("value " + tensor.name());
        assertEquals(wanted.length, tensor.count(), tensor.name());
        for (int e = 0; e < wanted.length; e++) {
          tensor.array()[index(tensor, e)] = (float) wanted[e];
        }
      }
      return network;
    }

    @Override
    public String toString() {
      return layers;
    }
  }

  /** Where element e of the file's order is. */
  private static int index(NamedTensors.Slot tensor, int e) {
    long[] shape = tensor.shape();
    int columns = (int) shape[shape.length - 1];
    return tensor.off() + e / columns * tensor.rowStride() + e % columns * tensor.columnStride();
  }

  static Stream<Golden> networks() throws IOException {
    String text;
    try (InputStream in = TorchLayersTest.class.getResourceAsStream("torch-layers.txt")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return Arrays.stream(text.split("end\n")).map(TorchLayersTest::golden);
  }

  private static Golden golden(String lines) {
    String layers = null;
    Map<String, double[]> values = new HashMap<>();
    for (String line : lines.split("\n")) {
      List<String> words = Arrays.asList(line.split(" "));
      if (words.get(0).equals("layers")) {
        layers = line.substring("layers ".length());
        continue;
      }
      boolean named = List.of("value", "gradient", "running").contains(words.get(0));
      String name = named ? words.get(0) + " " + words.get(1) : words.get(0);
      values.put(
          name,
          words.subList(named ? 2 : 1, words.size()).stream()
              .mapToDouble(Double::parseDouble)
              .toArray());
    }
    return new Golden(layers, values);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theDoubleReferenceIsPyTorchs(Golden golden) {
    Network network = golden.network();
    Reference reference = Reference.of(network);
    int m = golden.labels().length;
    reference.batch(golden.floats("x"), m, golden.labels());
    assertEquals(golden.get("loss")[0], reference.gradient(), DOUBLE);
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      if (tensor.tensor().kind() != Tensor.Kind.STATE) {
        double[] wanted = golden.get("gradient " + tensor.name());
        for (int e = 0; e < wanted.length; e++) {
          assertEquals(wanted[e], reference.gradients()[index(tensor, e)], DOUBLE, tensor.name());
        }
      }
    }
    assertClose(golden.get("gradient input"), reference.inputGradient(), "input");
  }

  private static void assertClose(double[] wanted, double[] got, String what) {
    for (int e = 0; e < wanted.length; e++) {
      assertEquals(wanted[e], got[e], DOUBLE, what);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theKernelsArePyTorchsInFloat(Golden golden) {
    Network network = golden.network();
    int m = golden.labels().length;
    int nIn = network.nIn();
    float[] x = golden.floats("x");
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, m);
    double loss = workspace.gradient(m, x, 0, nIn, golden.labels(), 0);
    assertEquals(golden.get("loss")[0], loss, FLOAT);
    float[] dx = new float[m * nIn];
    workspace.inputGradient(m, dx, 0, nIn);
    assertClose(golden.get("gradient input"), dx);
    // Before the update: a gradient leaves the state alone.
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      boolean fixed = tensor.tensor().kind() == Tensor.Kind.STATE;
      float[] array = fixed ? network.state() : workspace.gradients();
      String name = (fixed ? "value " : "gradient ") + tensor.name();
      assertClose(golden.get(name), inOrder(tensor, array));
    }
    workspace.updateStatistics();
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      if (tensor.tensor().kind() == Tensor.Kind.STATE) {
        double[] wanted = golden.get("running " + tensor.name());
        assertClose(wanted, inOrder(tensor, network.state()));
      }
    }
    float[] y = network.predict(x, m, ScalarKernels.INSTANCE);
    assertClose(golden.get("output"), y);
    assertClose(golden.get("output"), network.folded().predict(x, m, ScalarKernels.INSTANCE));
  }

  private static float[] inOrder(NamedTensors.Slot tensor, float[] array) {
    float[] values = new float[tensor.count()];
    for (int e = 0; e < values.length; e++) {
      values[e] = array[index(tensor, e)];
    }
    return values;
  }

  private static void assertClose(double[] wanted, float[] got) {
    double max = Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
    for (int e = 0; e < wanted.length; e++) {
      assertEquals(wanted[e], got[e], FLOAT * Math.max(max, 1e-2));
    }
  }
}
