package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads arrays of NumPy as rows: features of shape (rows, ...), and labels of shape (rows) or
 * targets of shape (rows) or (rows, nOut), from two .npy files or from two arrays of one .npz file.
 * The types are those of {@link Npy}, in C or Fortran order. The classes are the distinct labels,
 * whole numbers or texts, as {@link CsvReader} has them.
 */
public final class NumpyReader {
  private static final int CHUNK = 4096;

  private final Path features;
  private final @Nullable Path labels;
  private final boolean npz;
  private boolean targets;
  private boolean featuresOnly;
  private @Nullable String xName;
  private @Nullable String yName;
  private int classes;
  private @Nullable Encoding encoding;

  private NumpyReader(boolean npz, Path features, @Nullable Path labels) {
    this.npz = npz;
    this.features = Objects.requireNonNull(features, "features");
    this.labels = labels;
  }

  /**
   * Reads two .npy files.
   *
   * @param labels the labels or targets; null where only features are read
   */
  public static NumpyReader npy(Path features, @Nullable Path labels) {
    return new NumpyReader(false, features, labels);
  }

  /**
   * Reads two arrays of a .npz file, as far as their names say which: x and y, X and Y, data and
   * target, images and labels, also with train or test and the like; and arr_0 and arr_1 if one is
   * a vector and the other is not.
   */
  public static NumpyReader npz(Path file) {
    return new NumpyReader(true, file, file);
  }

  /** Sets whether y has numbers to be predicted. Default: false; it has classes. */
  public NumpyReader targets(boolean targets) {
    this.targets = targets;
    return this;
  }

  /**
   * Names the arrays of a .npz file. Default: null, what their names say.
   *
   * @param x the features
   * @param y the labels or targets
   */
  public NumpyReader arrays(@Nullable String x, @Nullable String y) {
    xName = x;
    yName = y;
    return this;
  }

  /**
   * Returns the arrays of a .npz file that are neither the features nor the labels; none of a .npy
   * file.
   *
   * @throws DataException if it is open which those are
   * @throws IOException if the file cannot be read
   */
  public List<String> ignored() throws IOException {
    if (!npz) {
      return List.of();
    }
    try (Npz file = Npz.open(features)) {
      return NpzNames.of(file, xName, yName, featuresOnly).others(file);
    } catch (ModelFormatException e) {
      throw new DataException(e.getMessage());
    }
  }

  /** Leaves out y. */
  public NumpyReader featuresOnly() {
    featuresOnly = true;
    return this;
  }

  /** Sets how many classes there are, at least 2. Default: 0, which takes it from the data. */
  public NumpyReader classCount(int classes) {
    if (classes < 0 || classes == 1) {
      throw new IllegalArgumentException("classes must be 0 or >= 2, got " + classes);
    }
    this.classes = classes;
    return this;
  }

  /**
   * Sets the encoding of other rows: labels are its classes, by name; features that are unsigned
   * bytes become what it {@link Encoding#bytes says}, without which they are an error, and where
   * that is 0..1, other numbers must lie there. Default: null, none.
   */
  public NumpyReader encoding(@Nullable Encoding encoding) {
    this.encoding = encoding;
    return this;
  }

  /**
   * Learns how many features the rows have, whether they are unsigned bytes, and the classes.
   *
   * @throws DataException if the content is not that, or there are no labels or targets
   * @throws IOException if a file cannot be read
   */
  public Encoding learn() throws IOException {
    return encoding(source());
  }

  private Encoding encoding(NumpySource source) throws DataException {
    if (source.nOut() == 0) {
      throw error("no labels or targets, y");
    }
    Encoding learnt =
        source.hasLabels()
            ? Encoding.ofLabels(source.nIn(), source.labels().names(), source.nOut())
            : Encoding.ofTargets(source.nIn(), source.nOut());
    return source.bytes() ? learnt.withBytes(Encoding.Bytes.PLAIN) : learnt;
  }

  /**
   * Reads all rows into memory.
   *
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public Encoded read() throws IOException {
    NumpySource source = source();
    Encoding learnt = encoding(source);
    return new Encoded(Dataset.read(source), learnt);
  }

  /**
   * Returns the rows, which stay in the files. A reader begins anywhere at no cost in .npy files;
   * in a .npz file it reads what is before, and all of an array in Fortran order.
   *
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public RowSource stream() throws IOException {
    return source();
  }

  /**
   * Returns whether the features are of more than two dimensions, as images are.
   *
   * @throws DataException if the content is no array
   * @throws IOException if a file cannot be read
   */
  public boolean hasImages() throws IOException {
    try (Pair arrays = open()) {
      return arrays.x().shape().length > 2;
    } catch (ModelFormatException e) {
      throw new DataException(e.getMessage());
    }
  }

  private NumpySource source() throws IOException {
    try (Pair arrays = open()) {
      long rows = rows(arrays.x());
      long nIn = arrays.x().count() / Math.max(1, rows);
      if (rows < 1 || nIn < 1 || nIn > Encoding.MAX || arrays.x().shape().length < 2) {
        throw error(
            "features must be rows of 1.."
                + Encoding.MAX
                + " numbers, got shape "
                + Arrays.toString(arrays.x().shape())
                + (arrays.x().shape().length == 1 ? ": x.reshape(-1, 1) makes rows of one" : ""));
      }
      boolean bytes = isBytes(arrays.x());
      if (bytes && encoding != null) {
        IdxFeatures.requireBytes(encoding, features);
      }
      Npy y = arrays.y();
      if (y == null) {
        return new NumpySource(this, rows, (int) nIn, 0, null, bytes, encoding);
      }
      long width = y.count() / Math.max(1, rows);
      boolean fits = rows(y) == rows && y.shape().length <= 2 && width >= 1;
      if (!fits || width > Encoding.MAX || !targets && width != 1) {
        throw error(
            (targets ? "targets" : "labels")
                + " of shape "
                + Arrays.toString(y.shape())
                + " do not fit "
                + rows
                + " rows"
                + (y.shape().length == 2 && y.shape()[0] == rows
                    ? ": of one-hot rows take y.argmax(axis=1); numbers to be predicted are"
                        + " --regression, in Java targets"
                    : ""));
      }
      Labels known = targets ? null : classes(y, rows);
      int nOut = targets ? (int) width : known.count();
      return new NumpySource(this, rows, (int) nIn, nOut, known, bytes, encoding);
    } catch (ModelFormatException e) {
      throw new DataException(e.getMessage());
    }
  }

  private static boolean isBytes(Npy array) {
    return array.type() == DType.U8 && !array.isText();
  }

  private static long rows(Npy array) {
    return array.shape().length == 0 ? 0 : array.shape()[0];
  }

  private DataException error(String what) {
    return new DataException(features + ": " + what);
  }

  /** The classes of the labels, or those that were said. */
  private Labels classes(Npy y, long rows) throws IOException {
    if (encoding != null) {
      return new Labels(encoding.classes(), encoding.nOut());
    }
    if (classes != 0) {
      return new Labels(List.of(), classes);
    }
    Labels learnt = new Labels();
    Place place = new Place(labels.toString(), "row", "");
    String[] chunk = new String[(int) Math.min(CHUNK, rows)];
    for (long row = 0; row < rows; row += chunk.length) {
      int m = (int) Math.min(chunk.length, rows - row);
      y.rows(row, m, chunk, 0);
      for (int i = 0; i < m; i++) {
        place.line(row + i + 1);
        learnt.take(place, 0, chunk[i]);
      }
    }
    learnt.finish(place, false);
    return new Labels(learnt.names(), learnt.count());
  }

  Path features() {
    return features;
  }

  Path labels() {
    return labels;
  }

  /** Both arrays, open; y is null if there is none. */
  record Pair(Npz file, Npy x, Npy y) implements Closeable {
    @Override
    public void close() throws IOException {
      try {
        x.close();
      } finally {
        try {
          if (y != null) {
            y.close();
          }
        } finally {
          if (file != null) {
            file.close();
          }
        }
      }
    }
  }

  Pair open() throws IOException {
    for (Path file : labels == null ? List.of(features) : List.of(features, labels)) {
      if (Input.isCompressed(file)) {
        throw new DataException(
            file + ": compressed by gzip, in which arrays are not read: unpack it, gunzip " + file);
      }
    }
    if (!npz) {
      Npy x = Npy.open(features);
      try {
        return new Pair(null, x, labels == null ? null : Npy.open(labels));
      } catch (IOException | RuntimeException e) {
        x.close();
        throw e;
      }
    }
    Npz file = Npz.open(features);
    try {
      NpzNames names = NpzNames.of(file, xName, yName, featuresOnly);
      Npy y = names.y() == null ? null : file.array(names.y());
      return new Pair(file, file.array(names.x()), y);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The files. */
  @Override
  public String toString() {
    return npz || labels == null ? "" + features : features + ", " + labels;
  }
}
