package io.lanewise.data.numpy;

import io.lanewise.internal.AtomicFile;
import io.lanewise.model.ModelTensor;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a .npz file. The arrays are not copied: they are read when the file is saved. What is
 * given in the same order makes the same bytes.
 */
public final class NpzWriter {
  // The first that a zip file can say; NumPy's files have it too.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final Map<String, NpyArray> arrays = new LinkedHashMap<>();
  private boolean compressed;

  NpzWriter() {}

  /** Compresses the arrays, as {@code numpy.savez_compressed} does. */
  public NpzWriter compressed() {
    compressed = true;
    return this;
  }

  /**
   * Adds an array of type f4.
   *
   * @param shape its shape, without dimensions for a single number
   * @param values as many as the shape has, row-major
   * @throws IllegalArgumentException if there is one of that name, or the values are not so many
   */
  public NpzWriter add(String name, long[] shape, float[] values) {
    return add(name, new NpyArray(shape, values));
  }

  /** Adds an array of type f8; see {@link #add(String, long[], float[])}. */
  public NpzWriter add(String name, long[] shape, double[] values) {
    return add(name, new NpyArray(shape, values));
  }

  /** Adds an array of type i4; see {@link #add(String, long[], float[])}. */
  public NpzWriter add(String name, long[] shape, int[] values) {
    return add(name, new NpyArray(shape, values));
  }

  /** Adds an array of type i8; see {@link #add(String, long[], float[])}. */
  public NpzWriter add(String name, long[] shape, long[] values) {
    return add(name, new NpyArray(shape, values));
  }

  /**
   * Adds the numbers of a network: arrays of type f4 with the names and the layout of PyTorch's
   * state_dict. They are copied.
   *
   * @throws IllegalArgumentException if there is an array of one of the names
   */
  public NpzWriter add(Network network) {
    for (ModelTensor tensor : ModelTensor.of(network)) {
      long[] shape = tensor.shape();
      int columns = (int) shape[shape.length - 1];
      float[] values = new float[tensor.count()];
      for (int e = 0; e < values.length; e++) {
        int row = e / columns * tensor.rowStride();
        values[e] = tensor.array()[tensor.off() + row + e % columns * tensor.columnStride()];
      }
      add(tensor.name(), shape, values);
    }
    return this;
  }

  private NpzWriter add(String name, NpyArray array) {
    if (arrays.putIfAbsent(Objects.requireNonNull(name, "name"), array) != null) {
      throw new IllegalArgumentException("array: \"" + name + "\" is there already");
    }
    return this;
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   */
  public void save(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    AtomicFile.write(file, this::writeTo);
  }

  /** Such as "2 arrays: [x, y]". */
  @Override
  public String toString() {
    return arrays.size() + " arrays: " + arrays.keySet();
  }

  private void writeTo(OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, NpyArray> named : arrays.entrySet()) {
      NpyArray array = named.getValue();
      ZipEntry entry = new ZipEntry(named.getKey() + ".npy");
      entry.setTimeLocal(TIME);
      if (!compressed) {
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(array.size());
        entry.setCrc(crc(array));
      }
      zip.putNextEntry(entry);
      array.writeTo(zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  private static long crc(NpyArray array) throws IOException {
    CRC32 crc = new CRC32();
    array.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    return crc.getValue();
  }
}
