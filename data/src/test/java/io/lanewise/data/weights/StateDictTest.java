package io.lanewise.data.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files and what PyTorch computes with them were written by make_torch.py beside them. */
class StateDictTest {
  private static final Path RESOURCES = Path.of("../core/src/test/resources/io/lanewise/model");
  private static final String LAYERS = "5 7 batchnorm relu 6 layernorm relu 3:softmax";

  @TempDir Path folder;

  private static Model load(Path file, String layers) throws IOException {
    try (StateDict dict = StateDict.open(file)) {
      return dict.load(layers);
    }
  }

  private static Model load(Path file, Activation hidden, Activation output) throws IOException {
    try (StateDict dict = StateDict.open(file)) {
      return dict.load(hidden, output);
    }
  }

  private static float[] result(String name) throws IOException {
    try (Safetensors results = Safetensors.open(RESOURCES.resolve("torch-results.safetensors"))) {
      return results.floats(name);
    }
  }

  private static void assertPyTorchs(Network network, String type) throws IOException {
    float[] y = network.predict(result("x"), 4);
    // Float arithmetic on five and seven inputs, in another order: some ulps of 1.
    assertArrayEquals(result(type), y, 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "F64"})
  void whatPyTorchSavedComputesWhatPyTorchDoes(String type) throws IOException {
    Path file = RESOURCES.resolve("torch-" + type.toLowerCase(Locale.ROOT) + ".safetensors");
    Model model = load(file, Activation.RELU, Activation.SOFTMAX);
    assertEquals(LAYERS, Architecture.format(model.network()));
    assertEquals(Map.of("format", "pt", "task", "unknown"), model.metadata());
    assertPyTorchs(model.network(), type);
    Network same = load(file, LAYERS).network();
    assertArrayEquals(model.network().parameters(), same.parameters());
    // [7, 5] there, (5, 7) here: the bits of PyTorch's own conversion.
    float[] weight = result(type + ".weight");
    for (int o = 0; o < 7; o++) {
      for (int i = 0; i < 5; i++) {
        assertEquals(weight[o * 5 + i], same.parameters()[i * 7 + o]);
      }
    }
    float[] variance = result(type + ".var");
    for (int j = 0; j < 7; j++) {
      assertEquals(variance[j], same.state()[7 + j]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 7 batchnorm relu 6 layernorm relu|has 5 modules, the architecture has 4",
        "5 7 batchnorm 6 layernorm 3 3|has 5 modules, the architecture has 6",
        "5 7 relu 6 layernorm 3|has 5 modules, the architecture has 4",
        "5 7 layernorm 6 layernorm 3|does not fit layer 1, a LayerNorm",
        "5 8 batchnorm 6 layernorm 3|does not fit layer 0, a Dense of 5 to 8: it is of 5 to 7",
      })
  void anotherArchitectureIsRefused(String layers, String message) {
    Path file = RESOURCES.resolve("torch-f32.safetensors");
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(file, layers));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private Path save(SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve("file");
    writer.save(file);
    return file;
  }

  private static void assertRefused(Path file, String message) {
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> load(file, Activation.RELU, Activation.IDENTITY));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void modulesAreInTheOrderOfTheirNumbers() throws IOException {
    SafetensorsWriter writer = Safetensors.writer();
    for (int l = 10; l >= 0; l -= 2) {
      writer.add(
          "fc" + l + ".weight",
          new long[] {1 + l, l == 0 ? 2 : l - 1},
          new float[(1 + l) * (l == 0 ? 2 : l - 1)]);
    }
    Network network = load(save(writer), Activation.TANH, Activation.IDENTITY).network();
    assertEquals("2 1:tanh 3:tanh 5:tanh 7:tanh 9:tanh 11", Architecture.format(network));
  }

  @Test
  void whatIsNoNetworkIsRefused() throws IOException {
    assertRefused(save(Safetensors.writer()), "no tensors");
    float[] four = new float[4];
    long[] matrix = {2, 2};
    assertRefused(
        save(Safetensors.writer().add("a.scales", matrix, four)), "no layer that is known");
    assertRefused(save(Safetensors.writer().add("a.bias", new long[] {4}, four)), "has no weight");
    assertRefused(save(Safetensors.writer().add("weight", matrix, new long[4])), "of type I64");
    assertRefused(
        save(Safetensors.writer().add("weight", new long[] {1, 2, 2}, four)), "has the shape");
    assertRefused(
        save(Safetensors.writer().add("weight", new long[] {0, 2}, new float[0])), "has the shape");
    assertRefused(
        save(
            Safetensors.writer()
                .add("0.weight", matrix, four)
                .add("1.weight", new long[] {1, 4}, four)),
        "takes 4 values");
    assertRefused(
        save(
            Safetensors.writer()
                .add("0.weight", new long[] {2}, new float[2])
                .add("0.bias", new long[] {2}, new float[2])
                .add("0.running_mean", new long[] {2}, new float[2])),
        "has no running_var");
    assertRefused(
        save(
            Safetensors.writer()
                .add("0.weight", new long[] {2}, new float[2])
                .add("0.running_mean", new long[] {2}, new float[2])
                .add("1.weight", matrix, four)),
        "has no running_var");
  }

  /** Floats of 8 bits and integers beside the weights are left out, by name; as weights refused. */
  @Test
  void tensorsOfOtherTypesBesideTheWeights() throws IOException {
    String entry = "\"%s\":{\"dtype\":\"%s\",\"shape\":[1,1],\"data_offsets\":[%d,%d]},";
    String header =
        "{\"__metadata__\":null,"
            + entry.formatted("fc.weight", "F32", 0, 4)
            + entry.formatted("fc.weight_scale", "F8_E4M3", 4, 5)
            + entry.formatted("position_ids", "I64", 5, 13)
            + entry.formatted("q.weight", "F8_E5M2", 13, 14);
    byte[] text = (header.substring(0, header.length() - 1) + "}").getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 14).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).putFloat(2.5f);
    Path file = Files.write(folder.resolve("f8.safetensors"), bytes.array());
    Exception e = assertThrows(ModelFormatException.class, () -> load(file, "1 1"));
    assertEquals(
        file
            + ": tensor \"q.weight\" is of type F8_E5M2, wanted floats of 16 to 64 bits: make it"
            + " float32 where it comes from, or leave it out with --ignore q.weight",
        e.getMessage());
    try (StateDict dict = StateDict.open(file)) {
      Model model = dict.ignore("q.weight").load(Activation.RELU, Activation.IDENTITY);
      assertArrayEquals(new float[] {2.5f, 0}, model.network().parameters());
      assertEquals(
          List.of("left out, as they are of no layer: fc.weight_scale, position_ids"),
          dict.remarks());
    }
  }
}
