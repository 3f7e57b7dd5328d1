package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @param classes at least 2; 0 for as many as the largest label asks for
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static Dataset read(Path images, Path labels, int classes) throws IOException {
    Matrix features = readFeatures(images);
    byte[] read = readLabels(images, features.rows(), labels, classes);
    int[] values = new int[read.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = read[i] & 0xff;
    }
    return Dataset.ofLabels(features.array(), features.columns(), values, count(read, classes));
  }

  /**
   * Returns the rows of images that stay in the file, which is not compressed, and their labels.
   *
   * @param labels their labels; null for features alone
   * @param classes at least 2; 0 for as many as the largest label asks for
   * @throws DataException if the content is not that
   * @throws IOException if a file cannot be read
   */
  public static RowSource stream(Path images, @Nullable Path labels, int classes)
      throws IOException {
    if (Input.isCompressed(images)) {
      throw new DataException(images + ": compressed by gzip: unpack it to stream it");
    }
    try (InputStream in = Input.open(images)) {
      int[] sizes = readHeader(images, in, false);
      requireRows(images, sizes);
      int headerBytes = 4 + 4 * sizes.length;
      int nIn = count(sizes) / sizes[0];
      byte[] read = labels == null ? null : readLabels(images, sizes[0], labels, classes);
      int nOut = labels == null ? 0 : count(read, classes);
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

  private static int count(byte[] labels, int classes) {
    int largest = 1;
    for (byte label : labels) {
      largest = Math.max(largest, label & 0xff);
    }
    return classes != 0 ? classes : largest + 1;
  }

  private static byte[] readLabels(Path images, int rows, Path labels, int classes)
      throws IOException {
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
    for (int i = 0; i < values.length; i++) {
      int label = values[i] & 0xff;
      if (classes != 0 && label >= classes) {
        throw new DataException(
            labels
                + ": row "
                + (i + 1)
                + ": label "
                + label
                + " is out of range, wanted 0.."
                + (classes - 1));
      }
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
