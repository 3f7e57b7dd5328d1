package io.lanewise.system.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of many parts as small as they can be, which the fuzzer's small files do not become: each
 * stands for objects of ours that are larger than it.
 */
class ManyPartsTest {
  @TempDir Path folder;

  /** Read or refused, it costs 4 times the file, a mebibyte, and so much for each of its parts. */
  private void assertCosts(byte[] bytes, int parts, int ofPart, FileFuzz.Reader reader)
      throws IOException {
    Path file = Files.write(folder.resolve("many"), bytes);
    String end = "read";
    long cost = 0;
    // The first time loads classes.
    for (int round = 0; round < 2; round++) {
      long before = Fuzz.METER.bytes();
      try {
        reader.read(file);
      } catch (ModelFormatException e) {
        end = e.getMessage();
        assertTrue(end.length() < 1000, end);
      }
      cost = Fuzz.METER.bytes() - before;
    }
    long allowed = 4L * bytes.length + (1 << 20) + (long) parts * ofPart;
    assertTrue(cost <= allowed, cost + " bytes of " + allowed + ", " + end);
  }

  private static byte[] safetensors(int tensors, String shape, int bytes) {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < tensors; i++) {
      header.append(i == 0 ? "" : ",").append('"').append(Integer.toString(i, 36));
      header
          .append("\":{\"dtype\":\"F32\",\"shape\":[")
          .append(shape)
          .append("],\"data_offsets\":[");
      header.append(i * bytes).append(',').append((i + 1) * bytes).append("]}");
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Long.BYTES + text.length + tensors * bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 1000, 5000, 16_384, 200_000})
  void tensors(int count) throws IOException {
    // 300 of them are within what any file may cost.
    int most = count == 300 ? 0 : Math.min(count, 16_384);
    assertCosts(safetensors(count, "0", 0), most, 500, FuzzReaders::readSafetensors);
    assertCosts(safetensors(count, "", 4), most, 500, FuzzReaders::readSafetensors);
    // From 256 bytes each on, as many as there are.
    assertCosts(safetensors(count, "64", 256), 0, 0, FuzzReaders::readSafetensors);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "batchnorm", "layernorm", "normalization", "relu", "[ 1 ]"})
  void layers(String layer) throws IOException {
    int count = 1000;
    Path file = folder.resolve("deep");
    Model.save(Architecture.parse("1" + (" " + layer).repeat(count) + " 1").build(), file);
    byte[] bytes = Files.readAllBytes(file);
    assertCosts(bytes, count, 4000, Model::load);
    assertCosts(bytes, count, 4000, FuzzReaders::readStateDict);
  }

  /** Layers that have no tensor are words of the metadata alone. */
  @ParameterizedTest
  @ValueSource(strings = {"elu", "gelu-tanh", "tanh relu", "dropout:0.5"})
  void layersWithoutTensors(String layer) throws IOException {
    for (int count : new int[] {2000, 4000, 16_000}) {
      String layers = "1 1" + (" " + layer).repeat(count);
      Path file = folder.resolve("words");
      Safetensors.writer()
          .metadata("lanewise.layers", layers)
          .metadata("lanewise.loss", "mean-squared-error")
          .metadata("lanewise.reduction", "mean-over-batch")
          .add("0.weight", new long[] {1, 1}, new float[1])
          .add("0.bias", new long[] {1}, new float[1])
          .save(file);
      assertCosts(Files.readAllBytes(file), 0, 0, Model::load);
    }
  }

  /** A text of 11 bytes a class beside its two parameters. */
  @Test
  void weightsOfClasses() throws IOException {
    int n = 100_000;
    float[] weights = new float[n];
    Arrays.fill(weights, 1 / 3f);
    Network network =
        Network.builder(1)
            .dense(n, Activation.SOFTMAX)
            .lossOptions(Loss.Options.DEFAULT.classWeights(weights))
            .build();
    Path saved = folder.resolve("weighted");
    Model.save(network, saved);
    assertCosts(
        Files.readAllBytes(saved),
        0,
        0,
        file -> assertEquals(n, Model.load(file).network().lossOptions().classWeights().length));
  }
}
