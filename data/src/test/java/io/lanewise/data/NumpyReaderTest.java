package io.lanewise.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyReaderTest {
  @TempDir private Path folder;

  private Path x(long[] shape, float... values) throws IOException {
    Npy.save(folder.resolve("x.npy"), shape, values);
    return folder.resolve("x.npy");
  }

  private Path y(int... values) throws IOException {
    Npy.save(folder.resolve("y.npy"), new long[] {values.length}, values);
    return folder.resolve("y.npy");
  }

  @Test
  void labelsAndTargetsAreReadBesideFeatures() throws IOException {
    Path x = x(new long[] {3, 1, 2}, 1, 2, 3, 4, 5, 6);
    Encoded labels = NumpyReader.npy(x, y(2, 0, 1)).read();
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, labels.dataset().features());
    assertArrayEquals(new int[] {2, 0, 1}, labels.dataset().labels());
    assertEquals(3, labels.encoding().nOut());
    assertEquals(5, NumpyReader.npy(x, y(2, 0, 1)).classCount(5).read().dataset().nOut());
    Encoded targets = NumpyReader.npy(x, y(-7, 0, 9)).targets(true).read();
    assertArrayEquals(new float[] {-7, 0, 9}, targets.dataset().targets());
    Path two = folder.resolve("two.npy");
    Npy.save(two, new long[] {3, 2}, new double[] {1, 2, 3, 4, 5, .1});
    Dataset pairs = NumpyReader.npy(x, two).targets(true).read().dataset();
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, .1f}, pairs.targets());
  }

  @Test
  void bothAreReadFromOneZipFile() throws IOException {
    Path file = folder.resolve("t.npz");
    Npz.writer()
        .add("x", new long[] {2, 2}, new float[] {1, 2, 3, 4})
        .add("y", new long[] {2}, new long[] {1, 0})
        .save(file);
    Encoded read = NumpyReader.npz(file).read();
    assertArrayEquals(new float[] {1, 2, 3, 4}, read.dataset().features());
    assertArrayEquals(new int[] {1, 0}, read.dataset().labels());
    assertEquals(DataFormat.NPZ, DataFormat.of(file));
    Path other = folder.resolve("other.npz");
    Npz.writer().add("z", new long[] {1}, new float[] {1}).save(other);
    assertBad("no array x: it has z", NumpyReader.npz(other));
  }

  @Test
  void aStreamBeginsAnywhere() throws IOException {
    float[] values = new float[2 * 600];
    int[] labels = new int[600];
    for (int i = 0; i < 600; i++) {
      values[2 * i] = i;
      labels[i] = i % 2;
    }
    RowSource source = NumpyReader.npy(x(new long[] {600, 2}, values), y(labels)).stream();
    Rows rows = new Rows(source, 600);
    for (int row : new int[] {0, 1, 599, 600}) {
      try (RowSource.Reader reader = source.open(row)) {
        int half = reader.read(rows, 0, 300);
        assertEquals(600 - row, half + reader.read(rows, half, 600 - half));
      }
      assertArrayEquals(
          Arrays.copyOfRange(values, 2 * row, 1200),
          Arrays.copyOf(rows.features(), 1200 - 2 * row));
      assertArrayEquals(
          Arrays.copyOfRange(labels, row, 600), Arrays.copyOf(rows.labels(), 600 - row));
    }
    RowSource features = NumpyReader.npy(folder.resolve("x.npy"), null).stream();
    assertEquals(0, features.nOut());
  }

  private void assertBad(String part, NumpyReader reader) {
    String message = assertThrows(DataException.class, reader::read).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void whatDoesNotFitIsSaid() throws IOException {
    Path x = x(new long[] {2, 2}, 1, 2, 3, 4);
    assertBad("labels of shape [3] do not fit 2 rows", NumpyReader.npy(x, y(0, 1, 0)));
    assertBad(
        "row 2: label \"5\" is none of the classes 0..1",
        NumpyReader.npy(x, y(0, 5)).classCount(2));
    assertBad("all labels are \"5\"", NumpyReader.npy(x, y(5, 5)));
    Path half = folder.resolve("half.npy");
    Npy.save(half, new long[] {2}, new float[] {0, 0.5f});
    assertBad("row 2: label \"0.5\" is not a whole number", NumpyReader.npy(x, half));
    assertBad("got shape [4]", NumpyReader.npy(x(new long[] {4}, 1, 2, 3, 4), y(0, 1, 0, 1)));
    assertBad("got shape [0, 2]", NumpyReader.npy(x(new long[] {0, 2}), y()));
    Path nan = x(new long[] {2, 2}, 1, 2, 3, Float.NaN);
    assertBad("x, row 2, column 2: NaN", NumpyReader.npy(nan, y(0, 1)));
    assertBad("no labels", NumpyReader.npy(nan, null));
    byte[] bytes = Files.readAllBytes(x(new long[] {2, 2}, 1, 2, 3, 4));
    String text = new String(bytes, ISO_8859_1).replace("False", "True ");
    Path fortran = Files.write(folder.resolve("f.npy"), text.getBytes(ISO_8859_1));
    assertBad("Fortran order", NumpyReader.npy(fortran, y(0, 1)));
  }

  @Test
  void everyTruncationIsADataException() throws IOException {
    Path x = x(new long[] {2, 2}, 1, 2, 3, 4);
    Path y = y(0, 1);
    byte[] whole = Files.readAllBytes(x);
    byte[] labels = Files.readAllBytes(y);
    Path cut = folder.resolve("cut.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(DataException.class, NumpyReader.npy(cut, y)::read);
    }
    for (int length = 0; length < labels.length; length++) {
      Files.write(cut, Arrays.copyOf(labels, length));
      assertThrows(DataException.class, NumpyReader.npy(x, cut)::read);
    }
    Path zip = folder.resolve("t.npz");
    Npz.writer()
        .add("x", new long[] {2, 2}, new float[] {1, 2, 3, 4})
        .add("y", new long[] {2}, new long[] {1, 0})
        .save(zip);
    whole = Files.readAllBytes(zip);
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(DataException.class, NumpyReader.npz(cut)::read);
    }
  }
}
