package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.model.ModelFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads arrays of NumPy as rows: features of shape (rows, ...), and labels of shape (rows) or
 * targets of shape (rows) or (rows, nOut), from two .npy files or from the arrays {@code x} and
 * {@code y} of one .npz file. The types are those of {@link Npy}. The classes are the distinct
 * labels, whole numbers or texts, as {@link CsvReader} has them.
 */
public final class NumpyReader {
  private static final int CHUNK = 4096;

  private final Path features;
  private final @Nullable Path labels;
  private boolean targets;
  private boolean featuresOnly;
  private int classes;
  private @Nullable Encoding encoding;

  private NumpyReader(Path features, @Nullable Path labels) {
    this.features = Objects.requireNonNull(features, "features");
    this.labels = labels;
  }

  /**
   * Reads two .npy files.
   *
   * @param labels the labels or targets; null where only features are read
   */
  public static NumpyReader npy(Path features, @Nullable Path labels) {
    return new NumpyReader(features, labels);
  }

  /** Reads the arrays {@code x} and {@code y} of a .npz file; without y only features. */
  public static NumpyReader npz(Path file) {
    return new NumpyReader(file, file);
  }

  /** Sets whether y has numbers to be predicted. Default: false; it has classes. */
  public NumpyReader targets(boolean targets) {
    this.targets = targets;
    return this;
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

  /** Sets the encoding of other rows: labels are its classes, by name. Default: null, none. */
  public NumpyReader encoding(@Nullable Encoding encoding) {
    this.encoding = encoding;
    return this;
  }

  /**
   * Learns how many features the rows have, and the classes.
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
    return source.hasLabels()
        ? Encoding.ofLabels(source.nIn(), source.labels().names(), source.nOut())
        : Encoding.ofTargets(source.nIn(), source.nOut());
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
   * Returns the rows, which stay in the files; a .npz file must not be compressed to begin anywhere
   * at no cost.
   *
   * @throws DataException if the content is not that, or an array is in Fortran order
   * @throws IOException if a file cannot be read
   */
  public RowSource stream() throws IOException {
    return source();
  }

  private NumpySource source() throws IOException {
    try (Pair arrays = open()) {
      long rows = rows(arrays.x(), "x");
      long nIn = arrays.x().count() / Math.max(1, rows);
      if (rows < 1 || nIn < 1 || nIn > Encoding.MAX || arrays.x().shape().length < 2) {
        throw error(
            "features must be rows of 1.."
                + Encoding.MAX
                + " numbers, got shape "
                + Arrays.toString(arrays.x().shape()));
      }
      Npy y = arrays.y();
      if (y == null) {
        return new NumpySource(this, rows, (int) nIn, 0, null);
      }
      long width = y.count() / Math.max(1, rows);
      boolean fits = rows(y, "y") == rows && y.shape().length <= 2 && width >= 1;
      if (!fits || width > Encoding.MAX || !targets && width != 1) {
        throw error(
            (targets ? "targets" : "labels")
                + " of shape "
                + Arrays.toString(y.shape())
                + " do not fit "
                + rows
                + " rows");
      }
      Labels known = targets ? null : classes(y, rows);
      int nOut = targets ? (int) width : known.count();
      return new NumpySource(this, rows, (int) nIn, nOut, known);
    } catch (ModelFormatException e) {
      throw new DataException(e.getMessage());
    }
  }

  private static long rows(Npy array, String name) throws DataException {
    if (array.fortranOrder() && array.shape().length > 1) {
      throw new DataException(
          name + ": in Fortran order, whose rows are all over the file: use np.ascontiguousarray");
    }
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
    if (!features.equals(labels)) {
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
      if (!file.names().contains("x")) {
        throw error("no array x: it has " + Place.list(List.copyOf(file.names())));
      }
      Npy y = !featuresOnly && file.names().contains("y") ? file.array("y") : null;
      return new Pair(file, file.array("x"), y);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The files. */
  @Override
  public String toString() {
    return features.equals(labels) || labels == null ? "" + features : features + ", " + labels;
  }
}
