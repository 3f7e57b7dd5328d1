package io.lanewise.data;

import io.lanewise.data.Encoding.Encoded;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads IDX files of unsigned bytes, as MNIST and Fashion-MNIST come, also compressed by gzip: two
 * zero bytes, the type 8, the number of dimensions, their sizes (big-endian ints), the bytes.
 */
public final class IdxReader {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_DIMENSIONS = 8;

  private IdxReader() {}

  private record Content(int[] sizes, byte[] bytes) {}

  /**
   * Returns whether the file begins as an IDX file of unsigned bytes does.
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
    Matrix features = readFeatures(images);
    Labels known = known(images, labels, classes);
    int[] values = readLabels(images, features.rows(), labels, known);
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

  /** Reads images, and labels that are classes of an encoding, by name. */
  public static Dataset read(Path images, Path labels, Encoding encoding) throws IOException {
    Matrix features = readFeatures(images);
    Labels known = new Labels(encoding.classes(), encoding.nOut());
    int[] values = readLabels(images, features.rows(), labels, known);
    return Dataset.ofLabels(features.array(), features.columns(), values, known.count());
  }

  /** Learns how many features the images have, and the classes of their labels. */
  public static Encoding learn(Path images, Path labels) throws IOException {
    try (InputStream in = Input.open(images)) {
      int[] sizes = readHeader(images, in, Input.isCompressed(images));
      requireRows(images, sizes);
      Labels learnt = new Labels();
      Place place = new Place(labels.toString(), "row", "");
      for (byte label : labelBytes(images, sizes[0], labels)) {
        place.line(place.line() + 1);
        learnt.take(place, 0, Integer.toString(label & 0xff));
      }
      learnt.finish(place, false);
      return Encoding.ofLabels(count(sizes) / sizes[0], learnt.names(), learnt.count());
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
    return stream(images, labels, labels == null ? null : known(images, labels, classes));
  }

  /** Returns the rows of images, and labels that are classes of an encoding, by name. */
  public static RowSource stream(Path images, Path labels, Encoding encoding) throws IOException {
    return stream(images, labels, new Labels(encoding.classes(), encoding.nOut()));
  }

  private static RowSource stream(Path images, @Nullable Path labels, @Nullable Labels known)
      throws IOException {
    if (Input.isCompressed(images)) {
      throw new DataException(images + ": compressed by gzip: unpack it to stream it");
    }
    try (InputStream in = Input.open(images)) {
      int[] sizes = readHeader(images, in, false);
      requireRows(images, sizes);
      int headerBytes = 4 + 4 * sizes.length;
      int nIn = count(sizes) / sizes[0];
      int[] read = labels == null ? null : readLabels(images, sizes[0], labels, known);
      int nOut = labels == null ? 0 : known.count();
      return new IdxSource(images, headerBytes, sizes[0], nIn, read, nOut);
    }
  }

  /**
   * Returns the images alone, which stay in the file if it is not compressed.
   *
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public static RowSource streamFeatures(Path images) throws IOException {
    if (!Input.isCompressed(images)) {
      return stream(images, null, 0);
    }
    Content content = read(images);
    requireRows(images, content.sizes());
    int rows = content.sizes()[0];
    return new IdxSource(images, content.bytes(), rows, content.bytes().length / rows);
  }

  private static int[] readLabels(Path images, int rows, Path labels, Labels known)
      throws IOException {
    byte[] bytes = labelBytes(images, rows, labels);
    Place place = new Place(labels.toString(), "row", "");
    int[] values = new int[bytes.length];
    for (int i = 0; i < values.length; i++) {
      place.line(i + 1);
      values[i] = known.take(place, 0, Integer.toString(bytes[i] & 0xff));
    }
    return values;
  }

  private static byte[] labelBytes(Path images, int rows, Path labels) throws IOException {
    Content content = read(labels);
    if (content.sizes().length != 1) {
      throw new DataException(
          labels + ": labels have 1 dimension, this file has " + content.sizes().length);
    }
    byte[] values = content.bytes();
    if (values.length != rows) {
      throw new DataException(
          labels + ": " + values.length + " labels for the " + rows + " rows of " + images);
    }
    return values;
  }

  /**
   * Reads images alone, (rows, nIn).
   *
   * @param images rows of 2 or more dimensions; values become 0..1
   * @throws DataException if the content is not that
   * @throws IOException if the file cannot be read
   */
  public static Matrix readFeatures(Path images) throws IOException {
    Content content = read(images);
    int[] sizes = content.sizes();
    requireRows(images, sizes);
    int rows = sizes[0];
    int nIn = content.bytes().length / rows;
    float[] values = new float[content.bytes().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (content.bytes()[i] & 0xff) / 255f;
    }
    return new Matrix(values, rows, nIn);
  }

  private static void requireRows(Path images, int[] sizes) throws DataException {
    if (sizes.length < 2) {
      throw new DataException(images + ": features have 2 or more dimensions, this file has 1");
    }
  }

  private static int count(int[] sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    return count;
  }

  /** Reads the sizes, whose product is an int; the file has as many bytes if that is known. */
  private static int[] readHeader(Path file, InputStream in, boolean compressed)
      throws IOException {
    int dimensions = readMagic(file, in);
    int[] sizes = new int[dimensions];
    ByteBuffer header = ByteBuffer.wrap(in.readNBytes(4 * dimensions));
    if (header.capacity() < 4 * dimensions) {
      throw new DataException(file + ": truncated in its header");
    }
    long count = 1;
    for (int d = 0; d < dimensions; d++) {
      sizes[d] = header.getInt();
      if (sizes[d] < 1) {
        throw new DataException(file + ": dimension " + (d + 1) + " has size " + sizes[d]);
      }
      count = count > Integer.MAX_VALUE ? count : count * sizes[d];
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw new DataException(file + ": more than 2^31 values");
    }
    long rest = Files.size(file) - 4 - 4L * dimensions;
    if (!compressed && rest != count) {
      throw sizeMismatch(file, count, rest + "");
    }
    return sizes;
  }

  private static Content read(Path file) throws IOException {
    boolean compressed = Input.isCompressed(file);
    try (InputStream in = Input.open(file)) {
      int[] sizes = readHeader(file, in, compressed);
      int count = count(sizes);
      // Allocates as it reads: a header that lies costs no more than the file has.
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw sizeMismatch(file, count, bytes.length + "");
      }
      if (in.read() >= 0) {
        throw sizeMismatch(file, count, "more");
      }
      return new Content(sizes, bytes);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  private static int readMagic(Path file, InputStream in) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw new DataException(file + ": not an IDX file");
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw new DataException(
          file
              + String.format(
                  Locale.ROOT, ": IDX of type 0x%02x, wanted 0x08, unsigned bytes", magic[2]));
    }
    if (magic[3] < 1 || magic[3] > MAX_DIMENSIONS) {
      throw new DataException(
          file + ": " + (magic[3] & 0xff) + " dimensions, wanted 1.." + MAX_DIMENSIONS);
    }
    return magic[3];
  }

  private static DataException sizeMismatch(Path file, long wanted, String got) {
    return new DataException(file + ": its header says " + wanted + " values, the file has " + got);
  }
}
