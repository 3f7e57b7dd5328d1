package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of libsvm (svmlight), also compressed by gzip: a row a line, its label or target,
 * then the features that are not 0 as index:value, the indices ascending, from 1 or from 0.
 *
 * <pre>
 * +1 1:0.5 4:-2 # a comment
 * -1 qid:7 2:1e-3
 * </pre>
 *
 * <p>{@code qid:} is left out, as are comments and empty lines. Features are dense here: a row has
 * as many as the largest index of the file, or as many as are asked for.
 *
 * <p>The format has indices from 1, scikit-learn writes them from 0. They begin at 0 if one of them
 * is 0, or scikit-learn's comment says so, else at 1; the {@link Encoding} keeps that, and other
 * files are read as the training file was, also if they have no index 0.
 */
public final class LibsvmReader {
  /** Whether the indices begin at 0. */
  public enum ZeroBased {
    /** As the training file's do; of the training file, if one is 0 or its comment says so. */
    AUTO,
    /** They do. */
    YES,
    /** They begin at 1. */
    NO
  }

  // Dense rows; also what one stray index may cost.
  private static final int MAX_FEATURES = 1 << 22;
  private static final int MAX_RATIO = 100;
  private static final long SLACK = 1 << 18;

  private int features;
  private boolean targets;
  private ZeroBased zeroBased = ZeroBased.AUTO;
  private @Nullable Charset charset;

  /** Makes one for class labels, the features counted from the file. */
  public LibsvmReader() {}

  /**
   * Sets the features a row, 1 to 2^22: a larger index is an error. Default: 0, which takes it from
   * the file.
   */
  public LibsvmReader features(int features) {
    if (features < 0 || features > MAX_FEATURES) {
      throw new IllegalArgumentException(
          "features must be in 0.." + MAX_FEATURES + ", got " + features);
    }
    this.features = features;
    return this;
  }

  /**
   * Sets whether the first number of a line is a number to be predicted. Default: false; it is a
   * class.
   */
  public LibsvmReader targets(boolean targets) {
    this.targets = targets;
    return this;
  }

  /** Sets whether the indices of the file begin at 0. Default: AUTO. */
  public LibsvmReader zeroBased(ZeroBased zeroBased) {
    this.zeroBased = Objects.requireNonNull(zeroBased, "zeroBased");
    return this;
  }

  /**
   * Sets what the bytes of the file are, such as windows-1252. Bytes that are no character of it
   * are an error. Default: null, what a byte order mark says, else UTF-8.
   */
  public LibsvmReader charset(@Nullable Charset charset) {
    this.charset = charset;
    return this;
  }

  /**
   * Reads all rows into memory. Where the number of features is taken from the file, the dense rows
   * may be 100 times as large as it, and 256 KiB: one stray index would ask for a gigabyte.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public Encoded read(Path file) throws IOException {
    Source source = stream(file);
    long bytes = Float.BYTES * source.rowCount() * source.nIn();
    if (features == 0 && bytes > MAX_RATIO * source.size + SLACK) {
      throw new DataException(
          file
              + ": "
              + source.rowCount()
              + " rows of "
              + source.nIn()
              + " features are "
              + bytes
              + " bytes, more than "
              + MAX_RATIO
              + " times the file: stream it, or say the number of features");
    }
    return new Encoded(Dataset.read(source), source.encoding());
  }

  /**
   * Goes over the file once to learn how wide it is and which classes it has, and returns its rows,
   * which stay in it. Classes are the distinct labels, ascending, as {@link CsvReader} has them.
   */
  public Source stream(Path file) throws IOException {
    return new Source(file, this, null, false);
  }

  /**
   * Returns the rows of a file with the features and classes of another.
   *
   * @throws DataException if the content is not that, or its indices begin elsewhere
   * @throws IOException if the file cannot be read
   */
  public Source stream(Path file, Encoding encoding) throws IOException {
    return new Source(file, this, Objects.requireNonNull(encoding, "encoding"), false);
  }

  /**
   * Returns the features of a file as those of another; the first number of a line may be any.
   *
   * @throws DataException if the content is not that, or its indices begin elsewhere
   * @throws IOException if the file cannot be read
   */
  public Source streamFeatures(Path file, Encoding encoding) throws IOException {
    return new Source(file, this, Objects.requireNonNull(encoding, "encoding"), true);
  }

  /** What is read. */
  @Override
  public String toString() {
    return (targets ? "targets" : "labels")
        + ", features "
        + (features == 0 ? "counted" : features);
  }

  /** The rows of a file, of which each 256th has its place kept. */
  public static final class Source implements RowSource {
    private final Path file;
    private final long size;
    private final TextFormat format;
    private final boolean seekable;
    private final LineIndex index = new LineIndex();
    private final Encoding encoding;
    private final boolean featuresOnly;
    private final Labels labels;
    private final int first;
    private long rows;

    private Source(Path file, LibsvmReader reader, @Nullable Encoding known, boolean featuresOnly)
        throws IOException {
      this.file = file;
      this.featuresOnly = featuresOnly;
      size = Files.size(file);
      format = TextFormat.of(file, reader.charset);
      seekable = format.seekable() && !Input.isCompressed(file);
      Place place = place(file);
      Labels learnt = new Labels();
      LibsvmIndices indices =
          new LibsvmIndices(
              reader.zeroBased, format.start(), known == null ? -1 : known.firstIndex());
      try (Lines lines = lines(place, format.begin(), 0)) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          index.add(rows++, lines.offset(), place.line());
          LibsvmLine parsed = new LibsvmLine(place, line);
          if (known == null && !reader.targets) {
            learnt.take(place, 0, parsed.label());
          }
          while (parsed.next()) {
            indices.take(place, parsed);
          }
        }
      } catch (IOException e) {
        throw Input.translate(file, e);
      }
      CsvReader.requireRows(place, rows);
      first = indices.first(place);
      if (indices.largest() < 0 && known == null && reader.features == 0) {
        throw place.error("no row has a feature: say how many there are, --features");
      }
      int most = reader.features == 0 ? MAX_FEATURES : reader.features;
      indices.require(place, first, known == null ? most : known.nIn(), known != null);
      encoding = known != null ? known : encoding(reader, place, learnt, indices.largest());
      labels = new Labels(encoding.classes(), encoding.nOut());
    }

    private Encoding encoding(LibsvmReader reader, Place place, Labels learnt, int largest)
        throws DataException {
      int nIn = reader.features == 0 ? largest + 1 - first : reader.features;
      if (reader.targets) {
        return Encoding.ofTargets(nIn, 1).withFirstIndex(first);
      }
      learnt.finish(place, false);
      return Encoding.ofLabels(nIn, learnt.names(), learnt.count()).withFirstIndex(first);
    }

    private static Place place(Path file) {
      return new Place(file.toString(), "line", "field");
    }

    private Lines lines(Place place, long offset, long linesBefore) throws IOException {
      return new Lines(format.open(file, offset), format, place, offset, linesBefore);
    }

    /** The file, its rows and their encoding. */
    @Override
    public String toString() {
      return file + ": " + rows + " rows, " + encoding;
    }

    /** Returns what the rows are. */
    public Encoding encoding() {
      return encoding;
    }

    /** Returns whether a reader can begin anywhere at no cost: not in a compressed file. */
    public boolean seekable() {
      return seekable;
    }

    @Override
    public long rowCount() {
      return rows;
    }

    @Override
    public int nIn() {
      return encoding.nIn();
    }

    @Override
    public int nOut() {
      return featuresOnly ? 0 : encoding.nOut();
    }

    @Override
    public boolean hasLabels() {
      return !featuresOnly && encoding.hasLabels();
    }

    @Override
    public boolean hasWeights() {
      return false;
    }

    @Override
    public RowSource.Reader open(long row) throws IOException {
      Objects.checkIndex(row, rows + 1);
      if (Files.size(file) != size) {
        throw new DataException(file + ": changed while it was in use");
      }
      return new Reader(row);
    }

    private final class Reader implements RowSource.Reader {
      private final Place place = place(file);
      private final Lines lines;

      Reader(long row) throws IOException {
        long step = !seekable || row == rows ? 0 : row / LineIndex.STEP * LineIndex.STEP;
        lines =
            lines(
                place,
                seekable ? index.offset(step) : format.begin(),
                seekable ? index.line(step) - 1 : 0);
        try {
          for (long skipped = step; skipped < row; skipped++) {
            lines.next();
          }
        } catch (IOException e) {
          lines.close();
          throw Input.translate(file, e);
        }
      }

      @Override
      public int read(Rows into, int at, int max) throws IOException {
        Objects.checkFromIndexSize(at, max, into.capacity());
        try {
          for (int i = 0; i < max; i++) {
            String line = lines.next();
            if (line == null) {
              return i;
            }
            take(new LibsvmLine(place, line), into, at + i);
          }
          return max;
        } catch (IOException e) {
          throw Input.translate(file, e);
        }
      }

      private void take(LibsvmLine line, Rows into, int i) throws DataException {
        int nIn = encoding.nIn();
        if (hasLabels()) {
          into.labels()[i] = labels.take(place, 0, line.label());
        } else if (!featuresOnly) {
          into.targets()[i] = Numbers.parse(line.label());
        }
        Arrays.fill(into.features(), i * nIn, (i + 1) * nIn, 0);
        while (line.next()) {
          int feature = line.index() - first;
          if (feature < 0 || feature >= nIn) {
            throw new DataException(file + ": changed while it was in use");
          }
          if (!encoding.fits(line.value())) {
            throw line.error(line.value() + Encoding.BEYOND);
          }
          into.features()[i * nIn + feature] = line.value();
        }
      }

      @Override
      public void close() throws IOException {
        lines.close();
      }
    }
  }
}
