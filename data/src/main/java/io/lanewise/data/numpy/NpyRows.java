package io.lanewise.data.numpy;

import io.lanewise.model.ModelFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an array, some at a time. Those that follow the last ones are read without looking
 * for them.
 */
final class NpyRows implements Closeable {
  private final Npy array;
  private final String name;
  private final Npy.Bytes bytes;
  private final NpyHeader header;
  private @Nullable NpyBytes source;
  private @Nullable NpyElements elements;
  private long next;
  private @Nullable FortranRows fortran;

  /**
   * Makes it.
   *
   * @param array is read as a whole if its rows are all over it, and no place can be reached
   * @param name stands before what is wrong
   */
  NpyRows(Npy array, String name, Npy.Bytes bytes, NpyHeader header) {
    this.array = array;
    this.name = name;
    this.bytes = bytes;
    this.header = header;
  }

  /** Reads rows as floats, in C order. */
  void floats(long first, int m, float[] to, int off) throws IOException {
    if (header.isSwapped()) {
      fortran(first, m, to, off);
      return;
    }
    long width = seek(first, m, to.length, off);
    try {
      elements.floats((int) (m * width), to, off, first * width);
      moved(first + m);
    } catch (ModelFormatException e) {
      throw Npy.named(name, e);
    }
  }

  /** Reads rows as texts. */
  void texts(long first, int m, String[] to, int off) throws IOException {
    long width = seek(first, m, to.length, off);
    try {
      elements.texts((int) (m * width), to, off);
      moved(first + m);
    } catch (ModelFormatException e) {
      throw Npy.named(name, e);
    }
  }

  private void fortran(long first, int m, float[] to, int off) throws IOException {
    long[] shape = header.shape();
    Objects.checkFromIndexSize(first, m, shape[0]);
    long width = array.count() / shape[0];
    Objects.checkFromIndexSize(off, Math.multiplyExact(m, width), to.length);
    if (fortran == null) {
      fortran =
          bytes.seekable()
              ? new FortranRows(header, bytes, Math.toIntExact(width))
              : new FortranRows(header, array.floats());
    }
    try {
      fortran.read(first, m, to, off);
    } catch (ModelFormatException e) {
      throw Npy.named(name, e);
    }
  }

  /** Goes to a row, and returns the elements of one. */
  private long seek(long first, int m, int length, int off) throws IOException {
    long[] shape = header.shape();
    if (shape.length == 0 || header.isSwapped()) {
      throw new IllegalStateException(
          name + ": only an array of rows can be read by rows, texts in C order");
    }
    Objects.checkFromIndexSize(first, m, shape[0]);
    long width = shape[0] == 0 ? 0 : array.count() / shape[0];
    Objects.checkFromIndexSize(off, Math.multiplyExact(m, width), length);
    try {
      if (source == null || next != first) {
        close();
        source = bytes.from(header.dataOff() + first * width * header.elementBytes());
        elements = new NpyElements(header, source);
      }
    } catch (ModelFormatException e) {
      throw Npy.named(name, e);
    }
    return width;
  }

  private void moved(long row) throws IOException {
    next = row;
    if (next == header.shape()[0]) {
      source.end();
    }
  }

  /** Lets go of where it was; not of the array. */
  @Override
  public void close() throws IOException {
    if (source != null) {
      source.close();
      source = null;
    }
  }
}
