package io.lanewise.data.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
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
import org.junit.jupiter.params.provider.CsvSource;

/** The .npy and .npz files of the test resources were written by NumPy: see make_files.py there. */
class NpyTest {
  private static final Path RESOURCES = Path.of("src/test/resources/io/lanewise/data/numpy");

  @TempDir Path folder;

  /** An array of 2 x 3 x 4 in every type, order and byte order that NumPy has. */
  @Test
  void whatNumPyWroteIsRead() throws IOException {
    try (Npz file = Npz.open(RESOURCES.resolve("types.npz"))) {
      assertEquals(42, file.names().size());
      for (String name : file.names()) {
        try (Npy array = file.array(name)) {
          assertArrayEquals(new long[] {2, 3, 4}, array.shape(), name);
          float[] floats = array.floats();
          double[] doubles = array.doubles();
          long[] longs = array.longs();
          int[] ints = array.ints();
          for (int i = 0; i < 24; i++) {
            int wanted = array.type() == DType.BOOL ? i % 2 : i + (name.contains("u") ? 0 : -12);
            assertEquals(wanted, floats[i], name);
            assertEquals(wanted, doubles[i], name);
            assertEquals(wanted, longs[i], name);
            assertEquals(wanted, ints[i], name);
          }
        }
      }
    }
  }

  // What is as near to the largest float as to twice its power of 2 is infinite.
  private static final double MAX = Float.MAX_VALUE + 0x1p102;

  /** The texts of np.array(["a", "zero", "\u00e9"]), as U and as S, in both orders of bytes. */
  @Test
  void textsAreRead() throws IOException {
    for (String order : new String[] {"<", ">"}) {
      ByteBuffer text = ByteBuffer.allocate(3 * 4 * 4);
      text.order(order.equals("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      for (String word : new String[] {"a", "zero", "\u00e9"}) {
        int begin = text.position();
        word.codePoints().forEach(text::putInt);
        text.position(begin + 16);
      }
      Path file = texts(order + "U4", text.array());
      try (Npy read = Npy.open(file)) {
        assertTrue(read.isText());
        assertArrayEquals(new String[] {"a", "zero", "\u00e9"}, read.strings());
        assertThrows(ModelFormatException.class, read::floats);
      }
    }
    byte[] bytes = {'a', 0, 'b', 'c', (byte) 0xc3, (byte) 0xa9};
    try (Npy read = Npy.open(texts("|S2", bytes))) {
      assertArrayEquals(new String[] {"a", "bc", "\u00e9"}, read.strings());
    }
    bytes[5] = 'x';
    try (Npy read = Npy.open(texts("|S2", bytes))) {
      assertThrows(ModelFormatException.class, read::strings);
    }
  }

  private Path texts(String descr, byte[] data) throws IOException {
    byte[] head = NpyHeader.write(descr, new long[] {3});
    byte[] whole = Arrays.copyOf(head, head.length + data.length);
    System.arraycopy(data, 0, whole, head.length, data.length);
    return Files.write(folder.resolve("texts.npy"), whole);
  }

  /** The values at the edges, as numpy.astype(float32) has them. */
  @Test
  void conversionsAreThoseOfNumPy() throws IOException {
    try (Npz file = Npz.open(RESOURCES.resolve("edges.npz"))) {
      int compared = 0;
      for (String name : file.names()) {
        if (!name.endsWith("_f4")) {
          try (Npy array = file.array(name);
              Npy wanted = file.array(name + "_f4")) {
            if (Arrays.stream(array.doubles()).anyMatch(v -> v > MAX && v <= Double.MAX_VALUE)) {
              String message = assertThrows(ModelFormatException.class, array::floats).getMessage();
              assertTrue(message.contains("element 10: 3.4028235677973366E38"), message);
            } else {
              assertArrayEquals(wanted.floats(), array.floats(), name);
            }
            compared++;
          }
        }
      }
      assertEquals(11, compared);
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("x.npy");
    Npy.save(file, new long[] {2, 2}, new float[] {1, Float.NaN, -0f, 4});
    try (Npy read = Npy.open(file)) {
      assertArrayEquals(new long[] {2, 2}, read.shape());
      assertArrayEquals(new float[] {1, Float.NaN, -0f, 4}, read.floats());
      assertThrows(ModelFormatException.class, read::longs);
    }
    Npy.save(file, new long[] {3}, new int[] {1, 2, Integer.MIN_VALUE});
    try (Npy read = Npy.open(file)) {
      assertArrayEquals(new int[] {1, 2, Integer.MIN_VALUE}, read.ints());
    }
    Npy.save(file, new long[] {}, new long[] {Long.MAX_VALUE});
    try (Npy read = Npy.open(file)) {
      assertArrayEquals(new long[] {Long.MAX_VALUE}, read.longs());
      assertThrows(ModelFormatException.class, read::ints);
      assertThrows(IllegalStateException.class, () -> read.rows(0, 1, new float[1], 0));
    }
    Npy.save(file, new long[] {0, 7}, new double[] {});
    try (Npy read = Npy.open(file)) {
      assertEquals(DType.F64, read.type());
      assertEquals(0, read.floats().length);
    }
    assertThrows(
        IllegalArgumentException.class, () -> Npy.save(file, new long[] {2}, new float[3]));
  }

  @Test
  void theHeaderIsThatOfNumPy() throws IOException {
    Path file = folder.resolve("x.npy");
    try (Npy read = Npy.open(RESOURCES.resolve("plain.npy"))) {
      Npy.save(file, read.shape(), read.floats());
    }
    assertArrayEquals(Files.readAllBytes(RESOURCES.resolve("plain.npy")), Files.readAllBytes(file));
  }

  @Test
  void rowsAreReadInAnyOrder() throws IOException {
    Path file = folder.resolve("x.npz");
    float[] values = new float[5 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    for (int compressed = 0; compressed < 2; compressed++) {
      Npz.Writer writer = Npz.writer().add("x", new long[] {5, 2, 3}, values);
      (compressed == 1 ? writer.compressed() : writer).save(file);
      try (Npz npz = Npz.open(file);
          Npy x = npz.array("x")) {
        float[] row = new float[13];
        int[][] requests = {{0, 1}, {1, 2}, {3, 2}, {2, 1}, {0, 2}, {4, 1}, {5, 0}};
        for (int[] request : requests) {
          x.rows(request[0], request[1], row, 1);
          float[] wanted =
              Arrays.copyOfRange(values, 6 * request[0], 6 * (request[0] + request[1]));
          assertArrayEquals(wanted, Arrays.copyOfRange(row, 1, 1 + wanted.length));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> x.rows(4, 2, row, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> x.rows(-1, 1, row, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> x.rows(0, 3, row, 0));
      }
    }
  }

  private Path hostile(String header, int dataBytes) throws IOException {
    Path file = folder.resolve("hostile.npy");
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 10);
    bytes[8] = (byte) text.length;
    bytes[9] = (byte) (text.length >> 8);
    bytes = Arrays.copyOf(bytes, 10 + text.length + dataBytes);
    System.arraycopy(text, 0, bytes, 10, text.length);
    Files.write(file, bytes);
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[];wanted {",
        "{;got the end",
        "{'descr': '<f4'};wanted 'descr'",
        "{'descr': '<f4', 'descr': '<f4'};twice",
        "{'x': 1};not known",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)};Python objects",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)};records",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)};'<c8'",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (1,)};'|f4'",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (1,)};'<U0'",
        "{'descr': '', 'fortran_order': False, 'shape': (1,)};type ''",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)};False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)};whole number",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 1};wanted (",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)};whole number",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)};18 digits",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296)};overflows",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (900000000000000000,9)};overflows",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (900000000000000000,)};truncated",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)};truncated",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)};needs 0 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}};nothing more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ((1,),)};whole number",
      })
  void aHostileHeaderIsOneClearLine(String header, String message) throws IOException {
    Path file = hostile(header, 4);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Npy.open(file));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void truncationAtEveryByte() throws IOException {
    Path file = folder.resolve("x");
    for (String name : new String[] {"plain.npy", "deflated.npz"}) {
      byte[] whole = Files.readAllBytes(RESOURCES.resolve(name));
      for (int length = 0; length < whole.length; length++) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertThrows(ModelFormatException.class, () -> readAll(file), name + " at " + length);
      }
    }
  }

  @Test
  void aFlippedBitInAZipIsFoundOrChangesNothing() throws IOException {
    byte[] whole = Files.readAllBytes(RESOURCES.resolve("deflated.npz"));
    Path file = folder.resolve("x.npz");
    float[] wanted = readAll(RESOURCES.resolve("deflated.npz"));
    // Every third, which has each bit of a byte in turn; all where it may be long.
    int stride = Boolean.getBoolean("lanewise.long") ? 1 : 3;
    for (int bit = 0; bit < 8 * whole.length; bit += stride) {
      byte[] mutant = whole.clone();
      mutant[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, mutant);
      try {
        assertArrayEquals(wanted, readAll(file), "bit " + bit);
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      }
    }
  }

  private static float[] readAll(Path file) throws IOException {
    if (Files.size(file) > 0 && Files.readAllBytes(file)[0] != 'P') {
      try (Npy array = Npy.open(file)) {
        return array.floats();
      }
    }
    try (Npz npz = Npz.open(file);
        Npy array = npz.array("x")) {
      return array.floats();
    }
  }

  @Test
  void aBombIsRefusedUnlessItIsAskedFor() throws IOException {
    Path file = folder.resolve("bomb.npz");
    long[] shape = {1 << 20};
    Npz.writer().compressed().add("x", shape, new float[1 << 20]).save(file);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Npz.open(file));
    assertTrue(e.getMessage().contains("more than 200 times"), e.getMessage());
    try (Npz npz = Npz.open(file, 2000);
        Npy array = npz.array("x")) {
      assertEquals(1 << 20, array.floats().length);
    }
  }

  /** The directory says another size than the entry has. */
  @Test
  void aSizeThatLiesIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(RESOURCES.resolve("deflated.npz"));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int directory = text.indexOf("PK\001\002");
    Path file = folder.resolve("x.npz");
    for (int change : new int[] {-4, 4, 1 << 20}) {
      byte[] mutant = whole.clone();
      int size = directory + 24;
      int value = (mutant[size] & 0xff) + ((mutant[size + 1] & 0xff) << 8) + change;
      for (int i = 0; i < 4; i++) {
        mutant[size + i] = (byte) (value >> 8 * i);
      }
      Files.write(file, mutant);
      assertThrows(ModelFormatException.class, () -> readAll(file));
    }
  }
}
