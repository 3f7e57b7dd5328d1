package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  private Path file(String header, int dataBytes) throws IOException {
    Path file = folder.resolve("file");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).array());
    return file;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("file");
    float[] matrix = {1, 2, 3, 4, 5, 6};
    Safetensors.writer()
        .metadata("note", "\u00e4\n\"\\ \ud83d\ude00 ")
        .add("m", new long[] {2, 3}, matrix)
        .add("transposed", new long[] {3, 2}, matrix, 0, 1, 3)
        .add("scalar", new long[0], new long[] {Long.MIN_VALUE})
        .add("empty", new long[] {0, 5}, new double[0])
        .add("bytes", new long[] {2}, new byte[] {1, -1})
        .add("d", new long[] {1}, new double[] {Math.PI})
        .checksum()
        .save(file);
    try (Safetensors read = Safetensors.open(file)) {
      read.verify();
      assertEquals("\u00e4\n\"\\ \ud83d\ude00 ", read.metadata().get("note"));
      assertEquals(
          List.of("m", "transposed", "scalar", "empty", "bytes", "d"),
          read.entries().stream().map(Safetensors.Entry::name).toList());
      assertArrayEquals(matrix, read.floats("m"));
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, read.floats("transposed"));
      float[] back = new float[8];
      read.read("transposed", back, 1, 1, 3);
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 0}, back);
      assertArrayEquals(new long[] {Long.MIN_VALUE}, read.longs("scalar"));
      assertEquals(0, read.floats("empty").length);
      assertArrayEquals(new float[] {1, 255}, read.floats("bytes"));
      assertArrayEquals(new double[] {Math.PI}, read.doubles("d"));
      assertArrayEquals(new float[] {(float) Math.PI}, read.floats("d"));
      assertTrue(read.entry("m").hasShape(2, 3));
      assertFalse(read.contains("n"));
      assertThrows(ModelFormatException.class, () -> read.entry("n"));
      assertThrows(ModelFormatException.class, () -> read.longs("d"));
      assertThrows(IllegalArgumentException.class, () -> read.read("m", back, 3, 3, 1));
    }
  }

  /** Half and single have the bits that IEEE gives them; double is rounded, ties to even. */
  @Test
  void everyTypeIsConverted() throws IOException {
    String header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
            + "\"b\":{\"data_offsets\":[8,12],\"shape\":[2],\"dtype\":\"BF16\"},"
            + "\"u\":{\"dtype\":\"U64\",\"shape\":[2],\"data_offsets\":[12,28]},"
            + "\"d\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[28,52]}}   ";
    Path file = file(header, 52);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.limit() - 52);
    bytes.putShort((short) 0x3c00).putShort((short) 1).putShort((short) 0xfc00);
    bytes.putShort((short) 0x8000).putShort((short) 0x3f80).putShort((short) 0xc049);
    bytes.putLong(-1).putLong((1L << 63) + (1L << 39) + 1);
    bytes.putDouble(1 + 0x1p-24).putDouble(1 + 0x3p-24).putDouble(1e300);
    Files.write(file, bytes.array());
    try (Safetensors read = Safetensors.open(file)) {
      float[] wanted = {1, 0x1p-24f, Float.NEGATIVE_INFINITY, -0f};
      assertArrayEquals(wanted, read.floats("h"));
      assertArrayEquals(new float[] {1, -3.140625f}, read.floats("b"));
      // Half way and a little more.
      assertArrayEquals(new float[] {0x1p64f, 0x1.000002p63f}, read.floats("u"));
      assertThrows(ModelFormatException.class, () -> read.longs("u"));
      Exception e = assertThrows(ModelFormatException.class, () -> read.floats("d"));
      String message = "tensor \"d\": element 2: 1.0E300 is beyond the range of float";
      assertEquals(file + ": " + message, e.getMessage());
      assertArrayEquals(new double[] {1 + 0x1p-24, 1 + 0x3p-24, 1e300}, read.doubles("d"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|does not begin with '{'",
        "7{}|does not begin with '{'",
        "{\"a\"|':'",
        "{\"a|got the end",
        "{}}|nothing more",
        "{\"a\":1}|'{'",
        "{\"a\":{}}|'\"'",
        "{\"a\":[[[[[[[1]]]]]]]}|'{'",
        "{\"__metadata__\":7}|'{'",
        "{\"__metadata__\":nil}|'u'",
        "{\"__metadata__\":null,\"__metadata__\":null}|twice",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,4]}}|needs 2 bytes",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}}"
            + "|needs 4611686018427387903 bytes",
        "{\"a\":{\"dtype\":\"F6_E2M3\",\"shape\":[8],\"data_offsets\":[0,4]}}|needs 6 bytes",
        "{\"__metadata__\":{\"a\":7}}|'\"'",
        "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}|twice",
        "{\"__metadata__\":{},\"__metadata__\":{}}|twice",
        "{\"__metadata__\":{\"a\":\"\\x\"}}|an escape",
        "{\"__metadata__\":{\"a\":\"\\ud83d\"}}|surrogate",
        "{\"__metadata__\":{\"a\":\"\\ud83d\\ud83d\"}}|surrogate",
        "{\"__metadata__\":{\"a\":\"\\u12g4\"}}|hexadecimal",
        "{\"__metadata__\":{\"a\":\"\\u12|got the end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}|twice",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}|twice",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[],\"data_offsets\":[0,4]}}|not known",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":1}}|not known",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}|a hole",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0]}}|two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4,8]}}|more than 2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,0]}}|needs 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|whole number",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]}}|whole number",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|']'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,4]}}|2^63",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967297],\"data_offsets\":[0,4]}}"
            + "|overflows",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}"
            + "|overflows",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387903,0],\"data_offsets\":[0,4]}}"
            + "|needs 0 bytes",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],"
            + "\"data_offsets\":[0,9223372036854775807]}}|truncated",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|overlaps",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}|the file has 4",
      })
  void aHostileHeaderIsOneClearLine(String header, String message) throws IOException {
    Path file = file(header, 4);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Safetensors.open(file));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertTrue(message == null || e.getMessage().contains(message), e.getMessage());
  }

  /** What is not read does not keep what is beside it from being read. */
  @Test
  void typesThatAreNotReadAreThereByName() throws IOException {
    String entry = "\"%s\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[%d,%d]},";
    StringBuilder header = new StringBuilder("{\"__metadata__\": null ,");
    int at = 0;
    for (String type : new String[] {"F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "F6_E3M2", "C64"}) {
      int end =
          at + (type.equals("F4") ? 4 : type.startsWith("F6") ? 6 : type.equals("C64") ? 64 : 8);
      header.append(entry.formatted(type, type, 8, at, end));
      at = end;
    }
    header.append(entry.formatted("w", "F32", 1, at, at + 4)).setLength(header.length() - 1);
    try (Safetensors read = Safetensors.open(file(header + "}", at + 4))) {
      assertEquals(Map.of(), read.metadata());
      assertEquals(7, read.entries().size());
      assertEquals(1, read.floats("w").length);
      for (Safetensors.Entry each : read.entries()) {
        if (!each.name().equals("w")) {
          assertEquals(8, each.count());
          assertEquals(each.name() + " [8]", each.toString());
          Exception e = assertThrows(ModelFormatException.class, () -> read.floats(each.name()));
          assertTrue(e.getMessage().contains(each + " is not read"), e.getMessage());
          float[] to = new float[8];
          assertThrows(ModelFormatException.class, () -> read.read(each.name(), to, 0, 1, 1));
        }
      }
    }
  }

  /** Every way to write a character. */
  @Test
  void escapesAreWhatJsonSays() throws IOException {
    String value = "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20ac\\ud83d\\ude00\u00e4\u20ac";
    Path file = file("{\"__metadata__\":{\"a\":\"" + value + "\"}}", 0);
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(
          "\"\\/\b\f\n\r\tA\u00e4\u20ac\ud83d\ude00\u00e4\u20ac", read.metadata().get("a"));
    }
  }

  @Test
  void limitsAreKept() throws IOException {
    String rank = "1,".repeat(64) + "1";
    Path deep = file("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + rank + "]}}", 1);
    assertThrows(ModelFormatException.class, () -> Safetensors.open(deep));
    StringBuilder metadata = new StringBuilder("{\"__metadata__\":{");
    for (int i = 0; i < 9000; i++) {
      metadata.append(i == 0 ? "" : ",").append("\"").append(i).append("\":\"\"");
    }
    Path many = file(metadata + "}}", 0);
    assertThrows(ModelFormatException.class, () -> Safetensors.open(many));
  }

  @Test
  void longTextsThatAreNotAsciiAreReadBack() throws IOException {
    String text = "\u20ac".repeat(500_000);
    Path file = folder.resolve("long");
    Safetensors.writer().metadata("a", text).save(file);
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(text, read.metadata().get("a"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 100_000_001, 100_000_000, 1000, 1, 0})
  void aHugeHeaderLengthIsNotAllocated(long length) throws IOException {
    Path file = folder.resolve("hostile");
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(length).array());
    assertThrows(ModelFormatException.class, () -> Safetensors.open(file));
  }

  @Test
  void theChecksumDoesNotDependOnTheOrderOfTheTensors() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    float[] a = {1};
    float[] b = {2, 3};
    long[] shape = {2};
    Safetensors.writer().add("a", new long[0], a).add("b", shape, b).checksum().save(one);
    Safetensors.writer().add("b", shape, b).add("a", new long[0], a).checksum().save(two);
    try (Safetensors first = Safetensors.open(one);
        Safetensors second = Safetensors.open(two)) {
      assertEquals(first.metadata(), second.metadata());
      first.verify();
      second.verify();
    }
    byte[] bytes = Files.readAllBytes(one);
    bytes[bytes.length - 1]++;
    Files.write(one, bytes);
    try (Safetensors damaged = Safetensors.open(one)) {
      ModelFormatException e = assertThrows(ModelFormatException.class, damaged::verify);
      assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    }
  }

  @Test
  void theWriterChecks() {
    SafetensorsWriter writer = Safetensors.writer();
    float[] one = {1};
    long[] scalar = {};
    writer.add("a", scalar, one).metadata("m", "x");
    assertThrows(IllegalArgumentException.class, () -> writer.add("a", scalar, one));
    assertThrows(IllegalArgumentException.class, () -> writer.add("b", new long[] {2}, one));
    assertThrows(IllegalArgumentException.class, () -> writer.add("b", new long[] {-1}, one));
    assertThrows(IllegalArgumentException.class, () -> writer.add("__metadata__", scalar, one));
    assertThrows(IllegalArgumentException.class, () -> writer.metadata("m", "y"));
    assertThrows(IllegalArgumentException.class, () -> writer.metadata("n", "\ud83d"));
    assertThrows(IllegalArgumentException.class, () -> writer.add("\udc00", scalar, one));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add("c", new long[] {1, 1}, one, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add("c", new long[] {1, 1, 1}, one, 0, 1, 1));
  }

  @Test
  void truncationAtEveryByte() throws IOException {
    Path file = folder.resolve("file");
    Safetensors.writer().metadata("a", "b").add("x", new long[] {3}, new float[3]).save(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(ModelFormatException.class, () -> Safetensors.open(file), "at " + length);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThrows(ModelFormatException.class, () -> Safetensors.open(file));
  }
}
