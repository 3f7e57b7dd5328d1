package io.lanewise.data.numpy;

import io.lanewise.internal.AtomicFile;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.NamedTensors.DType;
import io.lanewise.nn.Network;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Arrays of NumPy by name: a .npz file, which is a zip of .npy files, compressed or not.
 *
 * <p>Against zip bombs it has limits: at most 10,000 entries, no name twice, the compressed bytes
 * of all together no more than the file, and an array of more than a mebibyte, or all together, no
 * more than {@value #DEFAULT_RATIO} times as large as the compressed bytes, unless the caller
 * allows more. What an entry really has is counted: not a byte more than it says is read, and its
 * CRC32 is compared.
 *
 * <pre>{@code
 * try (Npz file = Npz.open(Path.of("data.npz"));
 *     Npy x = file.array("x")) {
 *   float[] values = x.floats();
 * }
 * }</pre>
 *
 * <p>As a state_dict of PyTorch it is a network, {@link io.lanewise.data.weights.StateDict}:
 *
 * <pre>{@code
 * try (StateDict file = StateDict.open(Path.of("torch.npz"))) {
 *   Model model = file.load(Activation.RELU, Activation.SOFTMAX);
 * }
 * }</pre>
 *
 * <p>Not for several threads at a time.
 */
public final class Npz implements NamedTensors, Closeable {
  /** How many times as large as its compressed bytes an array may be. */
  public static final int DEFAULT_RATIO = 200;

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries;

  private Npz(Path file, ZipFile zip, Map<String, ZipEntry> entries) {
    this.file = file;
    this.zip = zip;
    this.entries = entries;
  }

  /** {@link #open(Path, int)} with {@link #DEFAULT_RATIO}. */
  public static Npz open(Path file) throws IOException {
    return open(file, DEFAULT_RATIO);
  }

  /**
   * Opens a file and reads its directory.
   *
   * @param maxRatio how many times as large as its compressed bytes an array of more than a
   *     mebibyte may be, at least 1; deflate reaches 1032
   * @throws ModelFormatException if it is no zip file, or beyond the limits; the message names the
   *     file
   * @throws IOException if it cannot be read
   */
  public static Npz open(Path file, int maxRatio) throws IOException {
    if (maxRatio < 1) {
      throw new IllegalArgumentException("maxRatio must be >= 1, got " + maxRatio);
    }
    if (!Files.exists(Objects.requireNonNull(file, "file"))) {
      throw new NoSuchFileException(file.toString());
    }
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw new ModelFormatException(file + ": not a .npz file: " + e.getMessage());
    }
    try {
      return new Npz(file, zip, ZipDirectory.read(zip, file, maxRatio));
    } catch (ModelFormatException e) {
      zip.close();
      throw Npy.named(file.toString(), e);
    } catch (IOException | RuntimeException | Error e) {
      zip.close();
      throw e;
    }
  }

  /** Returns the names of the arrays, in the order of the file. */
  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * Opens an array; it can be read until this is closed.
   *
   * @throws ModelFormatException if there is none of that name, or it is not what it should be
   */
  public Npy array(String name) throws IOException {
    ZipEntry entry = entries.get(Objects.requireNonNull(name, "name"));
    if (entry == null) {
      throw new ModelFormatException(file + ": has no array \"" + name + "\", it has " + names());
    }
    return Npy.open(
        file + ": array \"" + name + "\"",
        new Npy.Bytes() {
          @Override
          public NpyBytes from(long position) throws IOException {
            return new ZipSource(zip, entry, position);
          }

          @Override
          public long size() {
            return entry.getSize();
          }

          @Override
          public boolean seekable() {
            return false;
          }

          @Override
          public void close() {}
        });
  }

  /** The texts that {@link Writer#metadata} wrote, which stand in the comment of the zip file. */
  @Override
  public Map<String, String> metadata() {
    return ZipComment.parse(zip.getComment());
  }

  @Override
  public DType type(String name) throws IOException {
    try (Npy array = array(name)) {
      return array.type();
    }
  }

  @Override
  public long[] shape(String name) throws IOException {
    try (Npy array = array(name)) {
      return array.shape();
    }
  }

  @Override
  public void read(String name, float[] to, int off, int rowStride, int columnStride)
      throws IOException {
    try (Npy array = array(name)) {
      long[] shape = array.shape();
      if (shape.length > 2) {
        throw new ModelFormatException(array + " is no matrix");
      }
      int columns = shape.length == 0 ? 1 : (int) shape[shape.length - 1];
      float[] values = array.floats();
      for (int e = 0; e < values.length; e++) {
        to[off + e / columns * rowStride + e % columns * columnStride] = values[e];
      }
    }
  }

  /** Begins a file. */
  public static Writer writer() {
    return new Writer();
  }

  /** The name of the file. */
  @Override
  public String toString() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /**
   * Writes a .npz file. The arrays are not copied: they are read when the file is saved. What is
   * given in the same order makes the same bytes.
   */
  public static final class Writer {
    // The first that a zip file can say; NumPy's files have it too.
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final Map<String, NpyArray> arrays = new LinkedHashMap<>();
    private boolean compressed;
    private String comment = "";

    Writer() {}

    /**
     * Keeps short texts beside the arrays, in the comment of the zip file, where NumPy does not see
     * them.
     *
     * @throws IllegalArgumentException if they have more than 65,535 bytes
     */
    public Writer metadata(Map<String, String> texts) {
      comment = ZipComment.format(texts);
      return this;
    }

    /** Compresses the arrays, as {@code numpy.savez_compressed} does. */
    public Writer compressed() {
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
    public Writer add(String name, long[] shape, float[] values) {
      return add(name, new NpyArray(shape, values));
    }

    /** Adds an array of type f8; see {@link #add(String, long[], float[])}. */
    public Writer add(String name, long[] shape, double[] values) {
      return add(name, new NpyArray(shape, values));
    }

    /** Adds an array of type i4; see {@link #add(String, long[], float[])}. */
    public Writer add(String name, long[] shape, int[] values) {
      return add(name, new NpyArray(shape, values));
    }

    /** Adds an array of type i8; see {@link #add(String, long[], float[])}. */
    public Writer add(String name, long[] shape, long[] values) {
      return add(name, new NpyArray(shape, values));
    }

    /**
     * Adds the numbers of a network: arrays of type f4 with the names and the layout of PyTorch's
     * state_dict. They are copied.
     *
     * @throws IllegalArgumentException if there is an array of one of the names
     */
    public Writer add(Network network) {
      for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
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

    private Writer add(String name, NpyArray array) {
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
      if (!comment.isEmpty()) {
        zip.setComment(comment);
      }
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
}
