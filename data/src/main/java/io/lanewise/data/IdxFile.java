package io.lanewise.data;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An IDX file in memory, checked: the sizes of its header are those of its values.
 *
 * @param bytes the values, big-endian
 */
record IdxFile(Header header, byte[] bytes) {
  private static final int FIRST_TYPE = 0x08;
  private static final DType[] TYPES = {
    DType.U8, DType.I8, null, DType.I16, DType.I32, DType.F32, DType.F64
  };
  private static final int MAX_DIMENSIONS = 8;

  /** What the header says. */
  record Header(DType type, int[] sizes) {
    int count() {
      int count = 1;
      for (int size : sizes) {
        count *= size;
      }
      return count;
    }

    int nIn() {
      return count() / sizes[0];
    }
  }

  int[] sizes() {
    return header.sizes();
  }

  /** A value as a decimal text. */
  String text(ByteBuffer from, int e) throws ModelFormatException {
    DType type = header.type();
    return type.isFloat()
        ? Double.toString(type.toDouble(from, e))
        : Long.toString(type.toLong(from, e));
  }

  /** Reads the sizes, whose product is an int; the file has as many bytes if that is known. */
  static Header readHeader(Path file, InputStream in, boolean compressed) throws IOException {
    byte[] magic = readMagic(file, in);
    DType type = TYPES[magic[2] - FIRST_TYPE];
    int dimensions = magic[3];
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
    if (count > (Integer.MAX_VALUE - 8) / type.bytes()) {
      throw new DataException(file + ": more than 2^31 bytes");
    }
    if (dimensions > 0 && count / sizes[0] > Encoding.MAX) {
      throw new DataException(
          file + ": " + count / sizes[0] + " values a row, more than " + Encoding.MAX);
    }
    long rest = Files.size(file) - 4 - 4L * dimensions;
    if (!compressed && rest != count * type.bytes()) {
      throw sizeMismatch(file, type, count, rest + "");
    }
    return new Header(type, sizes);
  }

  /** Reads a file, which must be as long as its header says. */
  static IdxFile read(Path file) throws IOException {
    boolean compressed = Input.isCompressed(file);
    try (InputStream in = Input.open(file)) {
      Header header = readHeader(file, in, compressed);
      int count = header.count() * header.type().bytes();
      // Allocates as it reads: a header that lies costs no more than the file has.
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw sizeMismatch(file, header.type(), header.count(), bytes.length + "");
      }
      if (in.read() >= 0) {
        throw sizeMismatch(file, header.type(), header.count(), "more");
      }
      return new IdxFile(header, bytes);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  private static byte[] readMagic(Path file, InputStream in) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw new DataException(file + ": not an IDX file");
    }
    int type = magic[2] - FIRST_TYPE;
    if (type < 0 || type >= TYPES.length || TYPES[type] == null) {
      throw new DataException(
          file
              + String.format(
                  Locale.ROOT, ": IDX of type 0x%02x, wanted 0x08, 0x09, 0x0b to 0x0e", magic[2]));
    }
    if (magic[3] < 1 || magic[3] > MAX_DIMENSIONS) {
      throw new DataException(
          file + ": " + (magic[3] & 0xff) + " dimensions, wanted 1.." + MAX_DIMENSIONS);
    }
    return magic;
  }

  private static DataException sizeMismatch(Path file, DType type, long wanted, String got) {
    return new DataException(
        file
            + ": its header says "
            + wanted
            + (type == DType.U8 ? " values" : " values of " + type.bytes() + " bytes")
            + ", the file has "
            + got
            + (type == DType.U8 ? "" : " bytes"));
  }
}
