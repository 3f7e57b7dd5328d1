package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights beside the file: read where they are right, and from nowhere else. */
final class ExternalFilesTest {
  @TempDir Path root;

  private Path folder;

  /** Four bytes that are none of it, then 2 and 3. */
  @BeforeEach
  void write() throws IOException {
    folder = Files.createDirectories(root.resolve("models/weights")).getParent();
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(Float.NaN).putFloat(2).putFloat(3);
    for (String name : new String[] {"models/m.onnx.data", "models/weights/w", "secret"}) {
      Files.write(root.resolve(name), bytes.array());
    }
    Files.createSymbolicLink(folder.resolve("link"), root.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("out"), root);
  }

  private static ProtoWriter entry(String key, String value) {
    return new ProtoWriter().text(1, key).text(2, value);
  }

  private Path model(String... entries) throws IOException {
    ProtoWriter w = new ProtoWriter().number(1, 2).number(1, 1).number(2, 1).text(8, "w");
    for (int i = 0; i < entries.length; i += 2) {
      w.message(13, entry(entries[i], entries[i + 1]));
    }
    ProtoWriter graph = new ProtoWriter().message(5, w.number(14, 1));
    graph.message(1, Bombs.node("MatMul", "x", "w", "y"));
    Path file = folder.resolve("m.onnx");
    Files.write(file, Bombs.model(graph));
    return file;
  }

  @Test
  void weightsBesideTheFile() throws IOException {
    String[][] models = {
      {"location", "m.onnx.data", "offset", "4", "length", "8"},
      {"location", "m.onnx.data", "offset", "4"},
      {"location", "./weights/w", "offset", "4", "length", "8", "checksum", "?"},
    };
    for (String[] model : models) {
      float[] y = OnnxModel.load(model(model)).toNetwork().predict(new float[] {10, 100}, 1);
      assertArrayEquals(new float[] {320}, y);
    }
  }

  @Test
  void nothingElseIsRead() throws IOException {
    assertRefused("in the folder of the model", "location", "../secret");
    assertRefused("in the folder of the model", "location", "weights/../../secret");
    assertRefused("a file in the folder", "location", root.resolve("secret").toString());
    assertRefused("a file in the folder", "location", "C:secret");
    assertRefused("a file in the folder", "location", "..\\secret");
    assertRefused("a file in the folder", "location", "");
    assertRefused("no name of a file", "location", "a\0b");
    assertRefused("it is a link", "location", "link");
    assertRefused("it is a link", "location", "out/secret");
    assertRefused("no such file", "location", "weights");
    assertRefused("no such file", "location", "none");
    assertRefused("or in which", "offset", "4");
    assertRefused("or in which");
  }

  @Test
  void placesThatAreNotThere() throws IOException {
    String name = "m.onnx.data";
    assertRefused("the file has 12", "location", name, "offset", "5");
    assertRefused("the file has 12", "location", name, "offset", "-1");
    assertRefused("the file has 12", "location", name, "offset", "" + Long.MAX_VALUE);
    assertRefused("does not fit 12 bytes", "location", name, "length", "12");
    assertRefused("does not fit -8 bytes", "location", name, "length", "-8");
    assertRefused("is no number", "location", name, "offset", "0x4");
    byte[] bytes = Files.readAllBytes(model("location", name, "offset", "4"));
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.parse(bytes)).getMessage();
    assertTrue(message.contains("load the model by its path"), message);
  }

  private void assertRefused(String wanted, String... entries) throws IOException {
    Path file = model(entries);
    String message =
        assertThrows(ModelFormatException.class, () -> OnnxModel.load(file)).getMessage();
    assertTrue(message.startsWith(file + ": tensor \"w\": "), message);
    assertTrue(message.contains(wanted), message);
  }
}
