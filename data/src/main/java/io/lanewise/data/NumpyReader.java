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
 * {@code y} of one .npz file. The types are those of {@link Npy}; labels are whole numbers from 0.
 */
public final class NumpyReader {
  private static final int CHUNK = 4096;

  private final Path features;
  private final @Nullable Path labels;
  private boolean targets;
  private boolean featuresOnly;
  private int classes;

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

  /**
   * Reads all rows into memory.
   *
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public Encoded read() throws IOException {
    RowSource source = stream();
    if (source.nOut() == 0) {
      throw new DataException(features + ": no labels or targets, y");
    }
    Encoding encoding =
        source.hasLabels()
            ? Encoding.ofLabels(source.nIn(), List.of(), source.nOut())
            : Encoding.ofTargets(source.nIn(), source.nOut());
    return new Encoded(Dataset.read(source), encoding);
  }

  /**
   * Returns the rows, which stay in the files; a .npz file must not be compressed to begin anywhere
   * at no cost.
   *
   * @throws DataException if the content is not that, or an array is in Fortran order
   * @throws IOException if a file cannot be read
   */
  public RowSource stream() throws IOException {
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
        return new NumpySource(this, rows, (int) nIn, 0, false);
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
      int nOut = targets ? (int) width : count(y, rows);
      return new NumpySource(this, rows, (int) nIn, nOut, !targets);
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

  /** How many classes the labels ask for. */
  private int count(Npy y, long rows) throws IOException {
    float[] chunk = new float[(int) Math.min(CHUNK, rows)];
    int largest = 1;
    for (long row = 0; row < rows; row += chunk.length) {
      int m = (int) Math.min(chunk.length, rows - row);
      y.rows(row, m, chunk, 0);
      for (int i = 0; i < m; i++) {
        largest = Math.max(largest, label(chunk[i], row + i, classes == 0 ? 1 << 24 : classes));
      }
    }
    if (classes == 0 && largest >= Math.max(2, rows)) {
      throw error("label " + largest + ": " + rows + " rows cannot have so many classes");
    }
    return classes == 0 ? largest + 1 : classes;
  }

  int label(float value, long row, int count) throws DataException {
    if (!(value >= 0 && value < count && value == Math.rint(value))) {
      throw new DataException(
          labels + ": row " + (row + 1) + ": label " + value + ", wanted 0.." + (count - 1));
    }
    return (int) value;
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
