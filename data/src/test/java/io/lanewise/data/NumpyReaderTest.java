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
import io.lanewise.dataset.RowSource.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyReaderTest {
  private static final Path RESOURCES = Path.of("src/test/resources/io/lanewise/data/numpy");

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
  }

  private Path npz(String... names) throws IOException {
    Path file = folder.resolve("named.npz");
    Npz.Writer writer = Npz.writer();
    for (String name : names) {
      if (name.matches("(?i).*(y|label|target|arr_1).*")) {
        writer.add(name, new long[] {2}, new int[] {0, 1});
      } else {
        writer.add(name, new long[] {2, 2}, new float[] {1, 2, 3, 4});
      }
    }
    writer.save(file);
    return file;
  }

  /** As NumPy's users name them; what else is in the file is left alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x y",
        "y X",
        "x labels",
        "X_train y_train",
        "x_train y_train target_names",
        "data target feature_names",
        "train_images train_labels",
        "Features Labels",
        "arr_0 arr_1",
        "X_val y_val"
      })
  void arraysAreKnownByTheirNames(String names) throws IOException {
    Path file = npz(names.split(" "));
    Encoded read = NumpyReader.npz(file).read();
    assertArrayEquals(new float[] {1, 2, 3, 4}, read.dataset().features());
    assertArrayEquals(new int[] {0, 1}, read.dataset().labels());
    assertEquals(0, NumpyReader.npz(file).featuresOnly().stream().nOut());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo bary",
        "x_train y_train x_test y_test",
        "x X y",
        "x data y",
        "arr_0 arr_1 arr_2",
        "arr_0 arr_2",
        "x",
        "x_train y_test"
      })
  void namesThatLeaveItOpenAreAskedFor(String names) throws IOException {
    Path file = npz(names.split(" "));
    assertBad(
        "it is open which array has the features and which the labels", NumpyReader.npz(file));
    for (String name : names.split(" ")) {
      assertBad(
          name + " " + (name.matches(".*(y|arr_1).*") ? "I32 [2]" : "F32 [2, 2]"),
          NumpyReader.npz(file));
    }
    assertBad("no array \"z\": it has ", NumpyReader.npz(file).arrays("z", null));
  }

  @Test
  void arraysAreNamed() throws IOException {
    Path file = npz("foo", "bary", "x_train", "y_train", "x_test", "y_test");
    for (String[] names : new String[][] {{"foo", "bary"}, {"x_test", null}, {null, "y_train"}}) {
      Encoded read = NumpyReader.npz(file).arrays(names[0], names[1]).read();
      assertArrayEquals(new int[] {0, 1}, read.dataset().labels());
    }
    assertBad("such as --x foo --y NAME", NumpyReader.npz(file).arrays("foo", null));
    assertEquals(2, NumpyReader.npz(file).arrays("foo", null).featuresOnly().stream().nIn());
    // Of two arrays of numbers neither is the labels, whatever comes first.
    Path two = folder.resolve("two.npz");
    Npz.writer()
        .add("arr_0", new long[] {2, 1}, new int[] {1, 2})
        .add("arr_1", new long[] {2, 1}, new int[] {0, 1})
        .save(two);
    assertBad("it is open which", NumpyReader.npz(two));
    Path turned = folder.resolve("turned.npz");
    Npz.writer()
        .add("arr_0", new long[] {2}, new int[] {0, 1})
        .add("arr_1", new long[] {2, 1}, new int[] {7, 8})
        .save(turned);
    assertArrayEquals(new float[] {7, 8}, NumpyReader.npz(turned).read().dataset().features());
  }

  /** Written by NumPy, (300, 2, 3) in Fortran order, big-endian. */
  @Test
  void fortranOrderIsReadByRows() throws IOException {
    float[] wanted = new float[1800];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = i;
    }
    Encoded read = NumpyReader.npz(RESOURCES.resolve("fortran.npz")).read();
    assertArrayEquals(wanted, read.dataset().features());
    assertEquals(List.of("no", "yes"), read.encoding().classes());
    for (NumpyReader reader :
        List.of(
            NumpyReader.npy(RESOURCES.resolve("fortran.npy"), null),
            NumpyReader.npz(RESOURCES.resolve("fortran.npz")).featuresOnly())) {
      RowSource source = reader.stream();
      Rows rows = new Rows(source, 300);
      for (int row : new int[] {0, 1, 299, 300}) {
        try (RowSource.Reader open = source.open(row)) {
          int some = open.read(rows, 0, 7);
          assertEquals(300 - row, some + open.read(rows, some, 300 - some));
        }
        assertArrayEquals(
            Arrays.copyOfRange(wanted, 6 * row, 1800),
            Arrays.copyOf(rows.features(), 1800 - 6 * row));
      }
    }
  }

  /** So wide that a block has two rows. */
  @Test
  void fortranOrderIsReadBlockByBlock() throws IOException {
    int width = 1 << 17;
    byte[] columns = new byte[5 * width];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = (byte) (i % 5 + i / 5 % 31 * 4);
    }
    Path file = folder.resolve("wide.npy");
    String header = "{'descr': '|i1', 'fortran_order': True, 'shape': (5, " + width + "), }";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
    out.write(header.getBytes(ISO_8859_1));
    out.write(columns);
    Files.write(file, out.toByteArray());
    RowSource source = NumpyReader.npy(file, null).stream();
    Rows rows = new Rows(source, 3);
    try (RowSource.Reader open = source.open(0)) {
      for (int at : new int[] {0, 1, 4}) {
        int m = open.read(rows, 0, at == 1 ? 3 : 1);
        for (int e = 0; e < m * width; e++) {
          assertEquals(at + e / width + e % width % 31 * 4, rows.features()[e]);
        }
      }
    }
  }

  @Test
  void compressedArraysAreRefusedWithTheWayOut() throws IOException {
    Path x = x(new long[] {2, 2}, 1, 2, 3, 4);
    Path gz = folder.resolve("x.npy.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(Files.readAllBytes(x));
    }
    assertEquals(DataFormat.NPY, DataFormat.of(gz));
    assertBad("unpack it, gunzip " + gz, NumpyReader.npy(gz, y(0, 1)));
    assertBad("unpack it, gunzip " + gz, NumpyReader.npy(x, gz));
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
    Path hot = folder.resolve("hot.npy");
    Npy.save(hot, new long[] {2, 2}, new int[] {0, 1, 1, 0});
    assertBad("of one-hot rows take y.argmax(axis=1)", NumpyReader.npy(x, hot));
    assertBad("got shape [2]: x.reshape(-1, 1)", NumpyReader.npy(y(0, 1), y(0, 1)));
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
