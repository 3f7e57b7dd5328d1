package io.lanewise.cli.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFile;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.onnx.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of many parts as small as they can be, which the fuzzer's small files do not become: each
 * stands for objects of ours that are larger than it.
 */
class ManyPartsTest {
  @TempDir Path folder;

  private interface Reader {
    void read(Path file) throws IOException;
  }

  /** Read or refused, it costs 4 times the file, a mebibyte, and so much for each of its parts. */
  private void assertCosts(byte[] bytes, int parts, int ofPart, Reader reader) throws IOException {
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
  @ValueSource(ints = {1000, 5000, 16_384, 200_000})
  void tensors(int count) throws IOException {
    Reader reader =
        path -> {
          try (Safetensors file = Safetensors.open(path)) {
            file.verify();
            for (Safetensors.Entry entry : file.entries()) {
              file.floats(entry.name());
            }
          }
        };
    int most = Math.min(count, 16_384);
    assertCosts(safetensors(count, "0", 0), most, 500, reader);
    assertCosts(safetensors(count, "", 4), most, 500, reader);
    // From 256 bytes each on, as many as there are.
    assertCosts(safetensors(count, "64", 256), 0, 0, reader);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "batchnorm", "layernorm", "normalization", "relu", "[ 1 ]"})
  void layers(String layer) throws IOException {
    int count = 1000;
    Path file = folder.resolve("deep");
    ModelFile.save(Architecture.parse("1" + (" " + layer).repeat(count) + " 1").build(), file);
    byte[] bytes = Files.readAllBytes(file);
    assertCosts(bytes, count, 4000, ModelFile::load);
    assertCosts(
        bytes, count, 4000, path -> ModelFile.load(path, Activation.RELU, Activation.SIGMOID));
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
      assertCosts(Files.readAllBytes(file), 0, 0, ModelFile::load);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nodes, 800",
    "nodes, 100000",
    "attributes, 8000",
    "attributes, 100000",
    "inputs, 1000",
    "inputs, 100000",
    "initializers, 2000",
    "initializers, 100000",
    "metadata, 5000",
    "metadata, 100000"
  })
  void partsOfAGraph(String what, int count) throws IOException {
    ByteArrayOutputStream graph = new ByteArrayOutputStream();
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    ByteArrayOutputStream node = node("x", "0");
    byte[] opset = {0x10, 17};
    byte[] floats = {0x0a, 4, 0x08, 1, 0x12, 0};
    for (int i = 0; i < count; i++) {
      String name = name(i);
      ByteArrayOutputStream part = new ByteArrayOutputStream();
      switch (what) {
        case "nodes" -> put(graph, 1, node(i == 0 ? "x" : name(i - 1), name));
        case "attributes" -> {
          put(part, 1, name);
          part.write(new byte[] {0x18, 1, (byte) 0xa0, 1, 2});
          put(node, 5, part);
        }
        case "inputs" -> {
          put(part, 1, "i" + name);
          put(part, 2, floats);
          put(graph, 11, part);
        }
        case "initializers" -> {
          part.write(new byte[] {0x08, 0, 0x10, 1});
          put(part, 8, "i" + name);
          put(graph, 5, part);
        }
        default -> {
          put(part, 1, name);
          put(model, 14, part);
        }
      }
    }
    if (!what.equals("nodes")) {
      put(graph, 1, node);
    }
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    put(input, 1, "x");
    put(input, 2, floats);
    put(graph, 11, input);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    put(output, 1, what.equals("nodes") ? name(count - 1) : "0");
    put(graph, 12, output);
    model.write(new byte[] {0x08, 8});
    put(model, 8, opset);
    put(model, 7, graph);
    assertCosts(
        model.toByteArray(),
        0,
        0,
        path -> {
          OnnxModel read = OnnxModel.parse(Files.readAllBytes(path));
          read.remarks();
          read.toModel();
        });
  }

  private static String name(int i) {
    return Integer.toString(i, 36);
  }

  private static ByteArrayOutputStream node(String input, String output) throws IOException {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    put(node, 1, input);
    put(node, 2, output);
    put(node, 4, "Relu");
    return node;
  }

  private static void put(ByteArrayOutputStream to, int field, String text) throws IOException {
    put(to, field, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void put(ByteArrayOutputStream to, int field, ByteArrayOutputStream message)
      throws IOException {
    put(to, field, message.toByteArray());
  }

  /** A field of bytes in protobuf. */
  private static void put(ByteArrayOutputStream to, int field, byte[] bytes) throws IOException {
    to.write(field << 3 | 2);
    int length = bytes.length;
    for (; length > 127; length >>>= 7) {
      to.write(length & 127 | 128);
    }
    to.write(length);
    to.write(bytes);
  }
}
