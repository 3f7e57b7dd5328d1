package io.lanewise.data.numpy;

import io.lanewise.internal.AtomicFile;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * An array of NumPy: a .npy file, or one inside a .npz. Floats of 2, 4 and 8 bytes, integers with
 * and without sign of 1 to 8 bytes, bool and texts (U and S) are read, little- or big-endian, in C
 * or Fortran order; what is returned is in C order, row-major. Records, complex numbers and Python
 * objects are refused, and so is a file that is shorter or longer than its header says: {@link
 * ModelFormatException}, before anything is allocated for its contents.
 *
 * <pre>{@code
 * try (Npy x = Npy.open(Path.of("x.npy"))) {
 *   long rows = x.shape()[0];
 *   float[] values = x.floats();
 * }
 * Npy.save(Path.of("y.npy"), new long[] {rows, 10}, y);
 * }</pre>
 *
 * <p>Not for several threads at a time.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the
 *     format</a>
 */
public final class Npy implements Closeable {
  /** Where its bytes come from. */
  interface Bytes extends Closeable {
    /** Those from a position of the .npy file on. */
    NpyBytes from(long position) throws IOException;

    /** How many there are. */
    long size() throws IOException;

    /** Whether those from a position on come without what is before. */
    boolean seekable();
  }

  private final String name;
  private final Bytes bytes;
  private final NpyHeader header;
  private final long count;
  private final NpyRows rows;

  private Npy(String name, Bytes bytes, NpyHeader header) throws ModelFormatException {
    this.name = name;
    this.bytes = bytes;
    this.header = header;
    this.count = header.count();
    this.rows = new NpyRows(this, name, bytes, header);
  }

  /**
   * Opens a .npy file and reads its header.
   *
   * @throws ModelFormatException if it is none, or not as long as it says; the message names the
   *     file
   * @throws IOException if it cannot be read
   */
  public static Npy open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(Objects.requireNonNull(file, "file"));
    return open(
        file.toString(),
        new Bytes() {
          @Override
          public NpyBytes from(long position) {
            return NpyBytes.of(channel, position);
          }

          @Override
          public long size() throws IOException {
            return channel.size();
          }

          @Override
          public boolean seekable() {
            return true;
          }

          @Override
          public void close() throws IOException {
            channel.close();
          }
        });
  }

  /** Takes the bytes over: closes them, also if this fails. */
  static Npy open(String name, Bytes bytes) throws IOException {
    try {
      NpyHeader header;
      try (NpyBytes source = bytes.from(0)) {
        header = NpyHeader.read(source);
      }
      long wanted = header.bytes();
      long got = bytes.size() - header.dataOff();
      if (wanted != got) {
        throw new ModelFormatException(
            (got < wanted ? "truncated: " : "")
                + header.typeName()
                + " "
                + Arrays.toString(header.shape())
                + " needs "
                + wanted
                + " bytes, there are "
                + got);
      }
      return new Npy(name, bytes, header);
    } catch (ModelFormatException e) {
      bytes.close();
      throw named(name, e);
    } catch (IOException | RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
  }

  /** Returns the type of its elements; of texts, that of their characters: U8 or U32. */
  public DType type() {
    return header.type();
  }

  /** Returns whether its elements are texts. */
  public boolean isText() {
    return header.text() > 0;
  }

  /** Returns a copy of its shape; without dimensions it is a single number. */
  public long[] shape() {
    return header.shape().clone();
  }

  /** Returns the number of its elements. */
  public long count() {
    return count;
  }

  /** Returns whether the file has it column by column, in Fortran order. */
  public boolean fortranOrder() {
    return header.fortran();
  }

  private ModelFormatException texts() {
    return new ModelFormatException(name + ": its elements are texts, wanted numbers");
  }

  private void read(NpyElements.Reader reader) throws IOException {
    if (isText()) {
      throw texts();
    }
    readAny(reader);
  }

  private void readAny(NpyElements.Reader reader) throws IOException {
    try (NpyBytes source = bytes.from(header.dataOff())) {
      reader.read(new NpyElements(header, source));
      source.end();
    } catch (ModelFormatException e) {
      throw named(name, e);
    }
  }

  /** An array has at most 2^31 - 9 elements. */
  private int length() throws ModelFormatException {
    if (count > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(
          name
              + ": shape "
              + Arrays.toString(header.shape())
              + ": "
              + count
              + " elements are too many for an array");
    }
    return (int) count;
  }

  /** One whose message begins with the name of the array. */
  static ModelFormatException named(String name, ModelFormatException e) {
    ModelFormatException named = new ModelFormatException(name + ": " + e.getMessage());
    named.setStackTrace(e.getStackTrace());
    return named;
  }

  /** Where the elements of the file belong; null if one after the other. */
  private FortranOrder order() {
    return header.isSwapped() ? new FortranOrder(header.shape()) : null;
  }

  /**
   * Returns all elements as floats, in C order. Doubles and long integers are rounded to the
   * nearest, ties to even.
   *
   * @throws ModelFormatException if an array cannot hold them
   */
  public float[] floats() throws IOException {
    float[] values = new float[length()];
    FortranOrder order = order();
    read(elements -> elements.floats(values, order));
    return values;
  }

  /**
   * Returns all elements as doubles, in C order; long integers are rounded.
   *
   * @throws ModelFormatException if an array cannot hold them
   */
  public double[] doubles() throws IOException {
    double[] values = new double[length()];
    FortranOrder order = order();
    read(elements -> elements.doubles(values, order));
    return values;
  }

  /**
   * Returns all elements as integers, in C order.
   *
   * @throws ModelFormatException if an array cannot hold them, or one is no integer in [-2^63,
   *     2^63)
   */
  public long[] longs() throws IOException {
    long[] values = new long[length()];
    FortranOrder order = order();
    read(elements -> elements.longs(values, order));
    return values;
  }

  /**
   * Returns all elements as integers, in C order: labels.
   *
   * @throws ModelFormatException if an array cannot hold them, or one is no integer in [-2^31,
   *     2^31)
   */
  public int[] ints() throws IOException {
    int[] values = new int[length()];
    FortranOrder order = order();
    read(elements -> elements.ints(values, order));
    return values;
  }

  /**
   * Returns all elements as texts, in C order: labels. A number is in decimal.
   *
   * @throws ModelFormatException if an array cannot hold them, or one is no text of UTF-8
   */
  public String[] strings() throws IOException {
    String[] values = new String[length()];
    FortranOrder order = order();
    readAny(elements -> elements.texts(values.length, values, 0));
    if (order == null) {
      return values;
    }
    String[] sorted = new String[values.length];
    for (String value : values) {
      sorted[order.next()] = value;
    }
    return sorted;
  }

  /**
   * Reads some rows as floats, for a file that is larger than memory. A row is what one index of
   * the first dimension has, row-major. Rows that follow those of the call before are read without
   * looking for them. Of Fortran order a block of a mebibyte of rows is gathered from all over the
   * file; one that is inside a .npz file is read as a whole, and kept.
   *
   * @param first the first row, from 0
   * @param m how many
   * @param to receives (m, elements of a row) from {@code off} on
   * @throws IllegalStateException if it has no dimension
   * @throws IndexOutOfBoundsException if there are no such rows, or the array is too short
   */
  public void rows(long first, int m, float[] to, int off) throws IOException {
    if (isText()) {
      throw texts();
    }
    rows.floats(first, m, to, off);
  }

  /**
   * Reads some rows as {@link #strings()} has them; see {@link #rows(long, int, float[], int)}.
   *
   * @param to receives (m, elements of a row) from {@code off} on
   */
  public void rows(long first, int m, String[] to, int off) throws IOException {
    rows.texts(first, m, to, off);
  }

  /** Such as "x.npy: F32 [3, 2]". */
  @Override
  public String toString() {
    return name + ": " + header.typeName() + " " + Arrays.toString(header.shape());
  }

  @Override
  public void close() throws IOException {
    rows.close();
    bytes.close();
  }

  /**
   * Writes a .npy file of type f4, whole or not at all.
   *
   * @param shape its shape, without dimensions for a single number
   * @param values as many as the shape has, row-major
   */
  public static void save(Path file, long[] shape, float[] values) throws IOException {
    save(file, new NpyArray(shape, values));
  }

  /** Writes one of type f8; see {@link #save(Path, long[], float[])}. */
  public static void save(Path file, long[] shape, double[] values) throws IOException {
    save(file, new NpyArray(shape, values));
  }

  /** Writes one of type i4; see {@link #save(Path, long[], float[])}. */
  public static void save(Path file, long[] shape, int[] values) throws IOException {
    save(file, new NpyArray(shape, values));
  }

  /** Writes one of type i8; see {@link #save(Path, long[], float[])}. */
  public static void save(Path file, long[] shape, long[] values) throws IOException {
    save(file, new NpyArray(shape, values));
  }

  private static void save(Path file, NpyArray array) throws IOException {
    Objects.requireNonNull(file, "file");
    AtomicFile.write(file, array::writeTo);
  }
}
