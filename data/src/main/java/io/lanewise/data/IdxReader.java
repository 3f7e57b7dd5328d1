package io.lanewise.data;

import io.lanewise.data.Encoding.Bytes;
import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Matrix;
import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads IDX files, as MNIST and Fashion-MNIST come, also compressed by gzip: two zero bytes, the
 * type, the number of dimensions, their sizes, the values, all big-endian. Types are unsigned bytes
 * (8), which become 0..1 as features, and signed bytes, shorts, ints, floats and doubles (9, 11 to
 * 14), which are taken as they are.
 */
public final class IdxReader {
  private IdxReader() {}

  /**
   * Returns what a file has, such as "U8 60000 x 28 x 28, 0 to 255".
   *
   * @throws DataException if it is no IDX file, or damaged
   * @throws IOException if it cannot be read
   */
  public static String describe(Path file) throws IOException {
    IdxFile content = IdxFile.read(file);
    DType type = content.header().type();
    ByteBuffer from = ByteBuffer.wrap(content.bytes());
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < content.header().count(); e++) {
      min = Math.min(min, type.toDouble(from, e));
      max = Math.max(max, type.toDouble(from, e));
    }
    return type
        + " "
        + Arrays.toString(content.sizes()).replace(", ", " x ").replaceAll("[\\[\\]]", "")
        + String.format(Locale.ROOT, ", %.6g to %.6g", min, max);
  }

  /**
   * Returns whether the file begins as an IDX file does.
   *
   * @throws IOException if it cannot be read
   */
  public static boolean looksLikeIdx(Path file) throws IOException {
    try (InputStream in = Input.open(file)) {
      byte[] magic = in.readNBytes(4);
      return magic.length == 4 && magic[0] == 0 && magic[1] == 0;
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  /**
   * Reads images and their labels.
   *
   * @param images rows of 2 or more dimensions, such as (60000, 28, 28); values become 0..1
   * @param labels as many, one dimension
   * @param classes at least 2; 0 for those of the file, which must then be 0, 1, ...
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static Dataset read(Path images, Path labels, int classes) throws IOException {
    return read(images, labels, known(images, labels, classes), null);
  }

  private static Dataset read(Path images, Path labels, Labels known, @Nullable Encoding encoding)
      throws IOException {
    Matrix features = readFeatures(images, encoding);
    int[] values = takeLabels(images, features.rows(), labels, known);
    return Dataset.ofLabels(features.array(), features.columns(), values, known.count());
  }

  /**
   * Reads images and their labels, whose classes are the distinct ones, ascending; the encoding has
   * their names.
   *
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static Encoded read(Path images, Path labels) throws IOException {
    Encoding encoding = learn(images, labels);
    return new Encoded(read(images, labels, encoding), encoding);
  }

  /**
   * Reads images, and labels that are classes of an encoding, by name.
   *
   * @param encoding says too what becomes of unsigned bytes
   * @throws DataException if the content is not that; or if there are unsigned bytes of which the
   *     encoding does not say it, or other numbers beyond 0..1 where bytes became that
   */
  public static Dataset read(Path images, Path labels, Encoding encoding) throws IOException {
    return read(images, labels, new Labels(encoding.classes(), encoding.nOut()), encoding);
  }

  /** Learns how many features the images have, of what kind, and the classes of their labels. */
  public static Encoding learn(Path images, Path labels) throws IOException {
    IdxFile.Header header = header(images);
    Labels learnt = new Labels();
    takeLabels(images, header.sizes()[0], labels, learnt);
    learnt.finish(new Place(labels.toString(), "row", ""), false);
    return Encoding.ofLabels(header.nIn(), learnt.names(), learnt.count()).withBytes(bytes(header));
  }

  /** Learns how many features the images have, and how many numbers are to be predicted. */
  public static Encoding learnTargets(Path images, Path targets) throws IOException {
    IdxFile.Header header = header(images);
    int nOut = beside(images, header.sizes()[0], targets).header().nIn();
    return Encoding.ofTargets(header.nIn(), nOut).withBytes(bytes(header));
  }

  private static @Nullable Bytes bytes(IdxFile.Header header) {
    return header.type() == DType.U8 ? Bytes.UNIT : null;
  }

  private static IdxFile.Header header(Path images) throws IOException {
    try (InputStream in = Input.open(images)) {
      IdxFile.Header header = IdxFile.readHeader(images, in, Input.isCompressed(images));
      requireRows(images, header.sizes());
      return header;
    } catch (IOException e) {
      throw Input.translate(images, e);
    }
  }

  /** The classes that were said, or 0, 1, ... as the file has them. */
  private static Labels known(Path images, Path labels, int classes) throws IOException {
    if (classes != 0) {
      return new Labels(List.of(), classes);
    }
    Encoding learnt = learn(images, labels);
    if (!learnt.classes().isEmpty()) {
      throw new DataException(
          labels
              + ": the labels are "
              + Place.list(learnt.classes())
              + ", not 0, 1, ...: read(images, labels) keeps their names");
    }
    return new Labels(List.of(), learnt.nOut());
  }

  /**
   * Returns the rows of images that stay in the file, which is not compressed, and their labels.
   *
   * @param labels their labels; null for features alone
   * @param classes at least 2; 0 for those of the file, which must then be 0, 1, ...
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static RowSource stream(Path images, @Nullable Path labels, int classes)
      throws IOException {
    Labels known = labels == null ? null : known(images, labels, classes);
    return stream(images, labels, known, null);
  }

  /**
   * Returns the rows of images, and labels that are classes of an encoding, by name; see {@link
   * #read(Path, Path, Encoding)}.
   */
  public static RowSource stream(Path images, Path labels, Encoding encoding) throws IOException {
    return stream(images, labels, new Labels(encoding.classes(), encoding.nOut()), encoding);
  }

  private static RowSource stream(
      Path images, @Nullable Path labels, @Nullable Labels known, @Nullable Encoding encoding)
      throws IOException {
    requireUncompressed(images);
    int rows = header(images).sizes()[0];
    return labels == null
        ? images(images, encoding, null, null, 0)
        : images(images, encoding, takeLabels(images, rows, labels, known), null, known.count());
  }

  /**
   * Returns the rows of images that stay in the file, which is not compressed, and numbers to be
   * predicted, which do not; see {@link #readTargets(Path, Path, Encoding)}.
   */
  public static RowSource streamTargets(Path images, Path targets, Encoding encoding)
      throws IOException {
    requireUncompressed(images);
    IdxFile content = beside(images, header(images).sizes()[0], targets);
    return images(images, encoding, null, numbers(targets, content), content.header().nIn());
  }

  private static void requireUncompressed(Path images) throws IOException {
    if (Input.isCompressed(images)) {
      throw new DataException(
          images + ": compressed by gzip: unpack it to stream it, gunzip " + images);
    }
  }

  /**
   * Returns the images alone, which stay in the file if it is not compressed.
   *
   * @param encoding says what becomes of unsigned bytes; see {@link #read(Path, Path, Encoding)}
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public static RowSource streamFeatures(Path images, Encoding encoding) throws IOException {
    return images(images, encoding, null, null, 0);
  }

  /** The same without an encoding: unsigned bytes become 0..1. */
  public static RowSource streamFeatures(Path images) throws IOException {
    return images(images, null, null, null, 0);
  }

  private static RowSource images(
      Path images, @Nullable Encoding encoding, int[] labels, float[] targets, int nOut)
      throws IOException {
    byte[] unpacked = Input.isCompressed(images) ? IdxFile.read(images).bytes() : null;
    IdxFile.Header header = header(images);
    int[] sizes = header.sizes();
    int headerBytes = 4 + 4 * sizes.length;
    IdxFeatures features = IdxFeatures.of(images, header.type(), encoding);
    return new IdxSource(
        features, headerBytes, sizes[0], header.nIn(), labels, targets, nOut, unpacked);
  }

  private static int[] takeLabels(Path images, int rows, Path labels, Labels classes)
      throws IOException {
    IdxFile content = beside(images, rows, labels);
    if (content.sizes().length != 1) {
      throw new DataException(
          labels + ": labels have 1 dimension, this file has " + content.sizes().length);
    }
    ByteBuffer from = ByteBuffer.wrap(content.bytes());
    Place place = new Place(labels.toString(), "row", "");
    int[] values = new int[rows];
    // What bytes were last time, which all but a few are again.
    int[] codes = new int[content.header().type().bytes() == 1 ? 256 : 0];
    Arrays.fill(codes, -1);
    for (int i = 0; i < rows; i++) {
      int code = codes.length > 0 ? codes[from.get(i) & 0xff] : -1;
      if (code < 0) {
        place.line(i + 1);
        code = classes.take(place, 0, content.text(from, i));
        if (codes.length > 0) {
          codes[from.get(i) & 0xff] = code;
        }
      } else {
        classes.again(code);
      }
      values[i] = code;
    }
    return values;
  }

  private static IdxFile beside(Path images, int rows, Path labels) throws IOException {
    IdxFile content = IdxFile.read(labels);
    if (content.sizes()[0] != rows) {
      throw new DataException(
          labels + ": " + content.sizes()[0] + " labels for the " + rows + " rows of " + images);
    }
    return content;
  }

  /**
   * Reads images and numbers to be predicted, as they are.
   *
   * @param targets as many rows, of one or more dimensions
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static Dataset readTargets(Path images, Path targets) throws IOException {
    return readTargets(images, targets, null);
  }

  /** The same; the encoding says what becomes of unsigned bytes that are features. */
  public static Dataset readTargets(Path images, Path targets, @Nullable Encoding encoding)
      throws IOException {
    Matrix features = readFeatures(images, encoding);
    IdxFile content = beside(images, features.rows(), targets);
    int nOut = content.header().nIn();
    return Dataset.ofTargets(features.array(), features.columns(), numbers(targets, content), nOut);
  }

  private static float[] numbers(Path file, IdxFile content) throws DataException {
    float[] values = new float[content.header().count()];
    new IdxFeatures(file, content.header().type(), false, null)
        .convert(ByteBuffer.wrap(content.bytes()), values.length, values, 0, 0);
    return values;
  }

  /**
   * Reads images alone, (rows, nIn).
   *
   * @param images rows of 2 or more dimensions; unsigned bytes become 0..1
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public static Matrix readFeatures(Path images) throws IOException {
    return readFeatures(images, null);
  }

  private static Matrix readFeatures(Path images, @Nullable Encoding encoding) throws IOException {
    IdxFile content = IdxFile.read(images);
    int[] sizes = content.sizes();
    requireRows(images, sizes);
    IdxFile.Header header = content.header();
    float[] values = new float[header.count()];
    IdxFeatures.of(images, header.type(), encoding)
        .convert(ByteBuffer.wrap(content.bytes()), values.length, values, 0, 0);
    return new Matrix(values, sizes[0], header.nIn());
  }

  private static void requireRows(Path images, int[] sizes) throws DataException {
    if (sizes.length < 2) {
      throw new DataException(images + ": features have 2 or more dimensions, this file has 1");
    }
  }
}
