package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of libsvm (svmlight), also compressed by gzip: a row a line, its label or target,
 * then the features that are not 0 as index:value, the indices from 1 and ascending.
 *
 * <pre>
 * +1 1:0.5 4:-2 # a comment
 * -1 qid:7 2:1e-3
 * </pre>
 *
 * <p>{@code qid:} is left out, as are comments and empty lines. Features are dense here: a row has
 * as many as the largest index of the file, or as many as are asked for.
 */
public final class LibsvmReader {
  // Dense rows; also what one stray index may cost.
  private static final int MAX_FEATURES = 1 << 22;
  private static final int MAX_CLASSES = 1 << 16;
  private static final int MAX_RATIO = 100;
  private static final long SLACK = 1 << 18;

  private int features;
  private boolean targets;
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
   * which stay in it. Classes are the labels, ascending; their names are those numbers, but where
   * they are 0, 1, ... anyway.
   */
  public Source stream(Path file) throws IOException {
    return new Source(file, this, null);
  }

  /** Returns the rows of a file with the features and classes of another. */
  public Source stream(Path file, Encoding encoding) throws IOException {
    LibsvmReader reader = new LibsvmReader().features(encoding.nIn()).charset(charset);
    return new Source(file, reader.targets(!encoding.hasLabels()), encoding);
  }

  /** What is read. */
  @Override
  public String toString() {
    return (targets ? "targets" : "labels")
        + ", features "
        + (features == 0 ? "counted" : features);
  }

  /** Returns whether a line begins as one of such a file does. */
  static boolean looksLikeLibsvm(String line) {
    String[] tokens = line.strip().split("\\s+", 3);
    return tokens.length > 1
        && Float.isFinite(Numbers.parse(tokens[0]))
        && tokens[1].matches("([0-9]{1,9}|qid):[0-9.eE+-]{1,40}");
  }

  /** The rows of a file, of which each 256th has its place kept. */
  public static final class Source implements RowSource {
    private final Path file;
    private final long size;
    private final TextFormat format;
    private final boolean seekable;
    private final LineIndex index = new LineIndex();
    private final Encoding encoding;
    private final float[] labelValues;
    private long rows;

    private Source(Path file, LibsvmReader reader, Encoding known) throws IOException {
      this.file = file;
      size = Files.size(file);
      format = TextFormat.of(file, reader.charset);
      seekable = format.seekable() && !Input.isCompressed(file);
      Place place = new Place(file.toString());
      int largest = 0;
      TreeSet<Float> labels = new TreeSet<>();
      try (Lines lines = lines(place, format.begin(), 0)) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          index.add(rows++, lines.offset(), place.line());
          LibsvmLine parsed = new LibsvmLine(place, line);
          // -0 is the class 0.
          if (!reader.targets && labels.add(parsed.label() + 0f) && labels.size() > MAX_CLASSES) {
            throw parsed.error("more than " + MAX_CLASSES + " classes: is this a target?");
          }
          while (parsed.next()) {
            largest = Math.max(largest, parsed.index());
            requireIndex(parsed, reader.features == 0 ? MAX_FEATURES : reader.features);
          }
        }
      } catch (IOException e) {
        throw Input.translate(file, e);
      }
      CsvReader.requireRows(place, rows);
      int nIn = reader.features == 0 ? Math.max(1, largest) : reader.features;
      encoding = known != null ? known : learn(place, nIn, reader.targets, labels);
      labelValues = values(encoding);
    }

    private Lines lines(Place place, long offset, long linesBefore) throws IOException {
      return new Lines(format.open(file, offset), format, place, offset, linesBefore);
    }

    private static void requireIndex(LibsvmLine line, int most) throws DataException {
      if (line.index() > most) {
        throw line.error("index " + line.index() + " is larger than " + most);
      }
    }

    private static Encoding learn(Place place, int nIn, boolean targets, TreeSet<Float> labels)
        throws DataException {
      if (targets) {
        return Encoding.ofTargets(nIn, 1);
      }
      boolean indices =
          labels.first() >= 0
              && labels.last() < Math.max(2, labels.size())
              && labels.stream().allMatch(l -> l == Math.rint(l));
      if (indices) {
        return Encoding.ofLabels(nIn, List.of(), Math.max(2, (int) (float) labels.last() + 1));
      }
      if (labels.size() < 2) {
        throw place.error("all labels are " + name(labels.first()));
      }
      return Encoding.ofLabels(nIn, labels.stream().map(Source::name).toList(), labels.size());
    }

    private static String name(float label) {
      return label == Math.rint(label) && Math.abs(label) < 1e9
          ? Long.toString((long) label)
          : Float.toString(label);
    }

    /** The numbers of the classes, ascending; null if they are their indices. */
    private float[] values(Encoding encoding) throws DataException {
      if (!encoding.hasLabels() || encoding.classes().isEmpty()) {
        return null;
      }
      float[] values = new float[encoding.nOut()];
      for (int c = 0; c < values.length; c++) {
        values[c] = Numbers.parse(encoding.className(c));
        if (Float.isNaN(values[c]) || c > 0 && values[c] <= values[c - 1]) {
          throw new DataException(
              file + ": the classes " + Place.list(encoding.classes()) + " are not numbers");
        }
      }
      return values;
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
      return encoding.nOut();
    }

    @Override
    public boolean hasLabels() {
      return encoding.hasLabels();
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

    private int label(LibsvmLine line) throws DataException {
      float label = line.label();
      int c = labelValues == null ? (int) label : Arrays.binarySearch(labelValues, label + 0f);
      if (c < 0 || c >= encoding.nOut() || labelValues == null && c != label) {
        String wanted =
            labelValues == null ? "0.." + (encoding.nOut() - 1) : Place.list(encoding.classes());
        throw line.error("label " + name(label) + " is none of the classes " + wanted);
      }
      return c;
    }

    private final class Reader implements RowSource.Reader {
      private final Place place = new Place(file.toString());
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
          into.labels()[i] = label(line);
        } else {
          into.targets()[i] = line.label();
        }
        Arrays.fill(into.features(), i * nIn, (i + 1) * nIn, 0);
        while (line.next()) {
          requireIndex(line, nIn);
          into.features()[i * nIn + line.index() - 1] = line.value();
        }
      }

      @Override
      public void close() throws IOException {
        lines.close();
      }
    }
  }
}
