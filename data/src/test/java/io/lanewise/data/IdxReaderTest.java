package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxReaderTest {
  @TempDir private Path folder;

  private static byte[] idx(int type, int[] sizes, int... values) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    out.put((byte) 0).put((byte) 0).put((byte) type).put((byte) sizes.length);
    for (int size : sizes) {
      out.putInt(size);
    }
    for (int value : values) {
      out.put((byte) value);
    }
    return out.array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] images() {
    return idx(8, new int[] {3, 1, 2}, 0, 255, 51, 102, 153, 204);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsImagesAndLabelsScaledTo01(boolean compressed) throws IOException {
    byte[] labels = idx(8, new int[] {3}, 2, 0, 1);
    Path imageFile = file("images", compressed ? gzip(images()) : images());
    Path labelFile = file("labels", compressed ? gzip(labels) : labels);
    Dataset data = IdxReader.read(imageFile, labelFile, 0);
    assertArrayEquals(new float[] {0, 1, 0.2f, 0.4f, 0.6f, 0.8f}, data.features());
    assertArrayEquals(new int[] {2, 0, 1}, data.labels());
    assertEquals(2, data.nIn());
    assertEquals(3, data.nOut());
    assertTrue(IdxReader.looksLikeIdx(imageFile));
    assertFalse(IdxReader.looksLikeIdx(file("text", "1,2\n".getBytes())));
  }

  private void assertBad(byte[] bytes, String... parts) throws IOException {
    Path bad = file("bad", bytes);
    String message =
        assertThrows(DataException.class, () -> IdxReader.readFeatures(bad)).getMessage();
    assertTrue(message.startsWith(bad + ": "), message);
    assertFalse(message.contains("\n"), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    // The header alone is read to learn the classes: the same is said of it.
    Path labels = file("labels", idx(8, new int[] {3}, 0, 1, 1));
    assertThrows(DataException.class, () -> IdxReader.read(bad, labels));
  }

  @Test
  void badContentIsOneLineThatNamesTheFile() throws IOException {
    assertBad(new byte[0], "not an IDX file");
    assertBad("hello".getBytes(), "not an IDX file");
    assertBad(idx(0x0a, new int[] {1, 1}, 0, 0, 0, 0), "0x0a");
    assertBad(idx(0x0f, new int[] {1, 1}, 0, 0, 0, 0), "0x0f");
    assertBad(idx(0x07, new int[] {1, 1}, 0, 0, 0, 0), "0x07");
    assertBad(idx(0x0d, new int[] {1, 1}, 0, 0, 0), "1 values of 4 bytes, the file has 3 bytes");
    assertBad(idx(0x0e, new int[] {300_000_000, 1}), "more than 2^31 bytes");
    assertBad(idx(0x0d, new int[] {1, 1}, 0x7f, 0xc0, 0, 0), "value 1 is NaN");
    assertBad(idx(0x0e, new int[] {1, 1}, 0x7f, 0xe0, 0, 0, 0, 0, 0, 0), "beyond the range");
    assertBad(new byte[] {0, 0, 8, 0}, "0 dimensions");
    assertBad(new byte[] {0, 0, 8, (byte) 200}, "200 dimensions");
    assertBad(Arrays.copyOf(images(), 9), "truncated in its header");
    assertBad(idx(8, new int[] {0, 2}), "size 0");
    assertBad(idx(8, new int[] {-1, 2}, 1), "size -1");
    assertBad(idx(8, new int[] {1 << 30, 1 << 30, 1 << 30, 16}, 1), "2^31");
    assertBad(idx(8, new int[] {1, 1 << 27}), "134217728 values a row, more than 67108864");
    assertBad(idx(8, new int[] {2}, 1, 2), "2 or more dimensions");
  }

  /** Values of -2, 1, 3, in the bytes of each type, big-endian. */
  private static byte[] typed(int type, int... sizes) {
    int width = new int[] {1, 1, 0, 2, 4, 4, 8}[type - 8];
    byte[] head = idx(type, sizes);
    ByteBuffer out = ByteBuffer.allocate(head.length + 3 * width).put(head);
    for (int value : new int[] {-2, 1, 3}) {
      switch (type) {
        case 9 -> out.put((byte) value);
        case 11 -> out.putShort((short) value);
        case 12 -> out.putInt(value);
        case 13 -> out.putFloat(value);
        default -> out.putDouble(value);
      }
    }
    return out.array();
  }

  /** What is no unsigned byte is taken as it is, as features, classes and numbers. */
  @ParameterizedTest
  @ValueSource(ints = {9, 11, 12, 13, 14})
  void allTypesAreRead(int type) throws IOException {
    float[] wanted = {-2, 1, 3};
    for (boolean compressed : new boolean[] {false, true}) {
      byte[] images = typed(type, 3, 1, 1);
      byte[] labels = typed(type, 3);
      Path x = file("x" + compressed, compressed ? gzip(images) : images);
      Path y = file("y" + compressed, compressed ? gzip(labels) : labels);
      Encoding.Encoded read = IdxReader.read(x, y);
      assertArrayEquals(wanted, read.dataset().features());
      assertArrayEquals(new int[] {0, 1, 2}, read.dataset().labels());
      assertEquals(List.of("-2", "1", "3"), read.encoding().classes());
      assertArrayEquals(wanted, IdxReader.readTargets(x, y).targets());
      assertTrue(IdxReader.describe(x).endsWith(" 3 x 1 x 1, -2.00000 to 3.00000"));
      RowSource features = IdxReader.streamFeatures(x);
      Rows rows = new Rows(features, 2);
      try (RowSource.Reader reader = features.open(1)) {
        assertEquals(2, reader.read(rows, 0, 2));
      }
      assertArrayEquals(new float[] {1, 3}, rows.features());
      if (!compressed) {
        Dataset streamed = Dataset.read(IdxReader.stream(x, y, read.encoding()));
        assertArrayEquals(wanted, streamed.features());
        assertArrayEquals(new int[] {0, 1, 2}, streamed.labels());
      }
    }
    Path images = file("images", images());
    Path two = file("two", idx(8, new int[] {3, 2}, 0, 255, 1, 2, 3, 4));
    Dataset pairs = IdxReader.readTargets(images, two);
    assertArrayEquals(new float[] {0, 255, 1, 2, 3, 4}, pairs.targets());
    assertEquals(2, pairs.nOut());
  }

  @Test
  void everyTruncationAndExcessIsRefused() throws IOException {
    for (int length = 0; length < images().length; length++) {
      assertBad(Arrays.copyOf(images(), length));
      assertBad(gzip(Arrays.copyOf(images(), length)));
      byte[] cut = gzip(images());
      assertBad(Arrays.copyOf(cut, Math.min(length + 2, cut.length - 1)));
    }
    assertBad(Arrays.copyOf(images(), images().length + 1), "6 values, the file has 7");
    assertBad(gzip(Arrays.copyOf(images(), images().length + 1)), "the file has more");
  }

  @Test
  void aHeaderThatLiesCostsNoMemory() throws IOException {
    byte[] lie = idx(8, new int[] {2_000_000_000, 1}, 1, 2, 3);
    assertBad(lie, "2000000000 values, the file has 3");
    assertBad(gzip(lie), "2000000000 values, the file has 3");
  }

  @Test
  void labelsMustBeAsManyAndInRange() throws IOException {
    Path images = file("images", images());
    Path few = file("few", idx(8, new int[] {2}, 0, 1));
    Path high = file("high", idx(8, new int[] {3}, 0, 9, 1));
    Path square = file("square", idx(8, new int[] {3, 1}, 0, 1, 1));
    assertMessage(images, few, 0, "few: 2 labels for the 3 rows");
    assertMessage(images, high, 5, "high: row 2: label \"9\" is none of the classes 0..4");
    assertMessage(images, square, 0, "labels have 1 dimension");
    assertThrows(
        NoSuchFileException.class, () -> IdxReader.read(images, folder.resolve("none"), 0));
  }

  private static void assertMessage(Path images, Path labels, int classes, String part) {
    String message =
        assertThrows(DataException.class, () -> IdxReader.read(images, labels, classes))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void aStreamHasTheSameRowsFromAnyRowOn() throws IOException {
    Path imageFile = file("images", images());
    Path labelFile = file("labels", idx(8, new int[] {3}, 2, 0, 1));
    Dataset whole = IdxReader.read(imageFile, labelFile, 0);
    RowSource source = IdxReader.stream(imageFile, labelFile, 0);
    assertEquals(3, source.nOut());
    for (int row = 0; row <= 3; row++) {
      Rows rows = new Rows(source, 3);
      try (RowSource.Reader reader = source.open(row)) {
        assertEquals(3 - row, reader.read(rows, 0, 3));
      }
      assertArrayEquals(
          Arrays.copyOfRange(whole.features(), 2 * row, 6),
          Arrays.copyOf(rows.features(), 6 - 2 * row));
      assertArrayEquals(
          Arrays.copyOfRange(whole.labels(), row, 3), Arrays.copyOf(rows.labels(), 3 - row));
    }
    assertEquals(0, IdxReader.stream(imageFile, null, 0).nOut());
    Path compressed = file("gz", gzip(images()));
    assertThrows(DataException.class, () -> IdxReader.stream(compressed, labelFile, 0));
  }
}
