package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Dense;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
  private static final int NETWORKS = Boolean.getBoolean("lanewise.full") ? 10_000 : 300;

  @TempDir Path folder;

  private static Network small() {
    return Network.builder(2).dense(3, Activation.RELU).dense(2, Activation.SOFTMAX).build();
  }

  @Test
  void randomNetworksComeBackWithTheSameBits() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Activation[] activations = Activation.values();
    Loss[] losses = Loss.values();
    Reduction[] reductions = Reduction.values();
    Path file = folder.resolve("model.safetensors");
    for (int i = 0; i < NETWORKS; i++) {
      Network.Builder builder = Network.builder(1 + random.nextInt(20));
      int depth = 1 + random.nextInt(4);
      for (int l = 0; l < depth; l++) {
        builder.dense(2 + random.nextInt(20), activations[random.nextInt(activations.length)]);
      }
      Network network =
          builder
              .loss(losses[random.nextInt(losses.length)])
              .reduction(reductions[random.nextInt(reductions.length)])
              .build();
      float[] parameters = network.parameters();
      for (int p = 0; p < parameters.length; p++) {
        parameters[p] = Float.intBitsToFloat(random.nextInt());
      }
      Map<String, String> metadata = Map.of("note \"" + i, "\u00e4\n\\ \ud83d\ude00" + i);
      ModelFile.save(new Model(network, metadata), file);
      Model loaded = ModelFile.load(file);
      assertEquals(metadata, loaded.metadata());
      assertEquals(network.layers(), loaded.network().layers());
      assertEquals(network.loss(), loaded.network().loss());
      assertEquals(network.reduction(), loaded.network().reduction());
      for (int p = 0; p < parameters.length; p++) {
        assertEquals(
            Float.floatToRawIntBits(parameters[p]),
            Float.floatToRawIntBits(loaded.network().parameters()[p]));
      }
    }
  }

  /** The layout by hand: [out, in] little-endian, numbered as the modules of a Sequential. */
  @Test
  void theFileIsWhatPyTorchWouldCallIt() throws IOException {
    Network network = small();
    for (int p = 0; p < network.parameters().length; p++) {
      network.parameters()[p] = p;
    }
    Path file = folder.resolve("model.safetensors");
    ModelFile.save(network, file);
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
    ModelFile.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> ModelFile.load(file), "at " + length);
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      assertEquals(-1, e.getMessage().indexOf('\n'), e.getMessage());
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThrows(ModelFormatException.class, () -> ModelFile.load(file));
  }

  @Test
  void aFlippedBitIsFoundOrChangesOnlyAValue() throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.save(small(), file);
    byte[] whole = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] mutant = whole.clone();
      mutant[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, mutant);
      try {
        ModelFile.load(file);
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|'{'",
        "{\"a\"|the end",
        "{}}|nothing more",
        "{\"a\":1,\"a\":2}|a name that was not there before",
        "{\"a\":[[[[[[[1]]]]]]]}|less nesting",
        "{\"a\":-1}|whole number",
        "{\"a\":01}|whole number",
        "{\"a\":99999999999999999999}|18 digits",
        "{\"a\":\"\\x\"}|an escape",
        "{\"a\":\"\\u12g4\"}|hexadecimal",
        "{\"a\":1}|has no \"lanewise.layers\"",
        "{\"__metadata__\":{\"lanewise.layers\":7}}|is no text",
        "{\"__metadata__\":{\"lanewise.layers\":\"\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"2\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 relu\"}}|metadata",
        "{\"__metadata__\":{\"lanewise.layers\":\"1 1:nonsense\"}}|nonsense",
        "{\"__metadata__\":{\"lanewise.layers\":\"1 1:relu\"}}|is none of cross-entropy",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 2147483647:relu\"}}|more parameters",
        "{\"__metadata__\":{\"lanewise.layers\":\"2147483647 2147483647:relu\"}}|more parameters",
        "{\"__metadata__\":{\"lanewise.layers\":\"2 -3:relu\"}}|more parameters",
      })
  void aHostileHeaderIsOneClearLine(String header, String message) throws IOException {
    Path file = folder.resolve("hostile");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).array());
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.load(file));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void aHugeHeaderLengthIsNotAllocated() throws IOException {
    Path file = folder.resolve("hostile");
    for (long length : new long[] {-1, Long.MAX_VALUE, 1L << 40, 100_000_000, 1000, 1, 0}) {
      ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(length).array());
      assertThrows(ModelFormatException.class, () -> ModelFile.load(file));
    }
  }

  @Test
  void tensorsThatAreNotTheNetworksAreRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    ModelFile.save(small(), file);
    String whole = Files.readString(file, StandardCharsets.ISO_8859_1);
    String[][] swaps = {
      {"F32", "F16"}, {"[3,2]", "[2,3]"}, {"[0,24]", "[4,28]"}, {"2.bias", "3.bias"}
    };
    for (String[] swap : swaps) {
      Files.writeString(
          file,
          whole.replaceFirst(java.util.regex.Pattern.quote(swap[0]), swap[1]),
          StandardCharsets.ISO_8859_1);
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> ModelFile.load(file), swap[0]);
      assertTrue(e.getMessage().contains("must be"), e.getMessage());
    }
  }

  @Test
  void aNameThatIsTakenIsRefused() {
    Model model = new Model(small(), Map.of("lanewise.layers", "mine"));
    Path file = folder.resolve("model");
    assertThrows(IllegalArgumentException.class, () -> ModelFile.save(model, file));
    assertTrue(Files.notExists(file));
  }

  @Test
  void theIdentityIsNoModule() throws IOException {
    Network network =
        Network.builder(2).dense(2, Activation.IDENTITY).dense(2, Activation.TANH).build();
    Path file = folder.resolve("model");
    ModelFile.save(network, file);
    assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1).contains("\"1.weight\""));
    Dense last = ModelFile.load(file).network().outputLayer();
    assertEquals(Activation.TANH, last.activation());
  }
}
