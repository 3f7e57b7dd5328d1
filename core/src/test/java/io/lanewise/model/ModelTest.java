package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTest {
  @TempDir Path folder;

  private static Network small() {
    return Network.builder(2).dense(3, Activation.RELU).dense(2, Activation.SOFTMAX).build();
  }

  /** The layout by hand: [out, in] little-endian, numbered as the modules of a Sequential. */
  @Test
  void theFileIsWhatPyTorchWouldCallIt() throws IOException {
    Network network = small();
    for (int p = 0; p < network.parameters().length; p++) {
      network.parameters()[p] = p;
    }
    Path file = folder.resolve("model.safetensors");
    Model.save(network, file);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    assertEquals(0, length % 8);
    String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    assertTrue(
        header.contains("\"0.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}"),
        header);
    assertTrue(header.contains("\"2.bias\":{\"dtype\":\"F32\",\"shape\":[2],"), header);
    assertTrue(header.contains("\"lanewise.layers\":\"2 3:relu 2:softmax\""), header);
    bytes.position(8 + length);
    float[] values = new float[17];
    bytes.asFloatBuffer().get(values);
    // W of the first layer is 0 1 2 / 3 4 5, of the second 9 10 / 11 12 / 13 14.
    assertArrayEquals(
        new float[] {0, 3, 1, 4, 2, 5, 6, 7, 8, 9, 11, 13, 10, 12, 14, 15, 16}, values);
  }

  @Test
  void truncationAtEveryByteIsOneClearLine() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> Model.load(file), "at " + length);
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      assertEquals(-1, e.getMessage().indexOf('\n'), e.getMessage());
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThrows(ModelFormatException.class, () -> Model.load(file));
  }

  /** The checksum sees all but the place where it stands itself, and what means the same. */
  @Test
  void aFlippedBitIsFound() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    int name = new String(whole, StandardCharsets.ISO_8859_1).indexOf("lanewise.crc32c");
    // Every third, which has each bit of a byte in turn; all where it may be long.
    int stride = Boolean.getBoolean("lanewise.long") ? 1 : 3;
    for (int bit = 0; bit < 8 * whole.length; bit += stride) {
      byte[] mutant = whole.clone();
      mutant[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, mutant);
      if (bit / 8 >= name && bit / 8 < name + 15) {
        continue;
      }
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> Model.load(file), "bit " + bit);
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|has no \"lanewise.layers\"",
        "{\"__metadata__\":{\"lanewise.layers\":\"\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"2\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 relu\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"1 1:nonsense\"}}|nonsense",
        "{\"__metadata__\":{\"lanewise.layers\":\"1 1:relu\"}}|is none of cross-entropy",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 2147483647:relu\"}}|too many parameters",
        "{\"__metadata__\":{\"lanewise.layers\":\"2147483647 2147483647:relu\"}}|too many parameters",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 -3:relu\"}}|whole number",
      })
  void hostileMetadataAreOneClearLine(String header, String message) throws IOException {
    Path file = folder.resolve("hostile");
    String tensor = "\"x\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}";
    String all =
        header.substring(0, header.length() - 1) + (header.equals("{}") ? "" : ",") + tensor;
    byte[] text = all.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).array());
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Model.load(file));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void tensorsThatAreNotTheNetworksAreRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model.save(small(), file);
    String whole = Files.readString(file, StandardCharsets.ISO_8859_1);
    String[][] swaps = {
      {"[3,2]", "[2,3]", "must be floats"},
      {"2.bias", "3.bias", "no tensor"},
      {"\"F32\"", "\"I32\"", "must be floats"},
    };
    for (String[] swap : swaps) {
      // Without the checksum, which would be the first to see it.
      String from = whole.replace("crc32c", "other!");
      Files.writeString(file, from.replace(swap[0], swap[1]), StandardCharsets.ISO_8859_1);
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> Model.load(file), swap[0]);
      assertTrue(e.getMessage().contains(swap[2]), e.getMessage());
    }
  }

  /** All kinds of layers, with a checksum. */
  @Test
  void theSecondGoldenFileLoads() throws IOException {
    Path file = Path.of("src/test/resources/io/lanewise/model/golden-2.safetensors");
    Model model = Model.load(file);
    Network network = model.network();
    assertEquals(
        "3 normalization 4 batchnorm relu [ 4:gelu dropout:0.25 4 ] layernorm:0.001 2:softmax",
        Architecture.format(network));
    assertEquals(Map.of("note", "\u00e4\n\ud83d\ude00"), model.metadata());
    for (int p = 0; p < network.parameters().length; p++) {
      assertEquals((p - 20) / 8f, network.parameters()[p]);
    }
    for (int s = 0; s < network.state().length; s++) {
      assertEquals((s + 1) / 4f, network.state()[s]);
    }
  }

  /** What an earlier version wrote loads for ever. */
  @Test
  void goldenFilesLoad() throws IOException {
    Path file = Path.of("src/test/resources/io/lanewise/model/golden-1.safetensors");
    Model model = Model.load(file);
    assertEquals(Map.of("task", "none", "note", "\u00e4\n\ud83d\ude00"), model.metadata());
    Network network =
        Network.builder(3)
            .dense(4, Activation.RELU)
            .dense(5, Activation.IDENTITY)
            .dense(3, Activation.GELU_TANH)
            .dense(2, Activation.SOFTMAX)
            .reduction(Reduction.MEAN_OVER_ELEMENTS)
            .build();
    assertEquals(network.layers(), model.network().layers());
    assertEquals(network.reduction(), model.network().reduction());
    float[] parameters = network.parameters();
    for (int p = 3; p < parameters.length; p++) {
      parameters[p] = (p - 20) / 8f;
    }
    parameters[0] = Float.NaN;
    parameters[1] = -0f;
    parameters[2] = Float.MIN_VALUE;
    assertArrayEquals(parameters, model.network().parameters());
  }

  @Test
  void aNameThatIsTakenIsRefused() {
    Model model = new Model(small(), Map.of("lanewise.layers", "mine"));
    Path file = folder.resolve("model");
    assertThrows(IllegalArgumentException.class, () -> model.save(file));
    assertTrue(Files.notExists(file));
  }

  @Test
  void theIdentityIsNoModule() throws IOException {
    Network network =
        Network.builder(2).dense(2, Activation.IDENTITY).dense(2, Activation.TANH).build();
    Path file = folder.resolve("model");
    Model.save(network, file);
    assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1).contains("\"1.weight\""));
    Layer last = Model.load(file).network().outputLayer();
    assertEquals(Activation.TANH, last.activation());
  }
}
