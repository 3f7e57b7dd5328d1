package io.lanewise.model;

import io.lanewise.internal.IoConsumer;
import io.lanewise.internal.Names;
import io.lanewise.model.NamedTensors.DType;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A file in the safetensors format: tensors by name, and short texts. 8 bytes with the header's
 * length (little-endian), the header (JSON: type, shape and place of each tensor, and the
 * metadata), the tensors' bytes.
 *
 * <p>Opening reads the header alone, and holds the file to the rules of the format: no name twice,
 * no byte of the data in two tensors or in none, as many bytes as shape and type say, a header of
 * at most 100 MB that is not longer than the file. A file that breaks one is refused with a {@link
 * ModelFormatException} before anything is allocated for its contents. The order of the tensors is
 * free. Beyond the format: a shape has at most 64 dimensions, as in NumPy, there are at most 8,192
 * metadata, at most 256 KiB of names and texts that are not ASCII, and at most 16,384 tensors or
 * one for each 256 bytes of the file.
 *
 * <pre>{@code
 * try (Safetensors file = Safetensors.open(path)) {
 *   float[] weight = file.floats("0.weight");
 * }
 * Safetensors.writer().add("0.weight", new long[] {3, 2}, weight).save(path);
 * }</pre>
 *
 * <p>Not for several threads at a time.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors implements NamedTensors, Closeable {
  /** The name of the metadata that {@link SafetensorsWriter#checksum} writes. */
  public static final String CHECKSUM = "lanewise.crc32c";

  private final Object file;
  private final SeekableByteChannel channel;
  private final SafetensorsHeader header;

  /** One tensor: what it is, and where its bytes are. */
  public static final class Entry {
    private final String name;
    private final DType type;
    private final long[] shape;
    private final long begin;
    private final long end;

    Entry(String name, DType type, long[] shape, long begin, long end) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.begin = begin;
      this.end = end;
    }

    /** Returns its name. */
    public String name() {
      return name;
    }

    /** Returns the type of its elements. */
    public DType type() {
      return type;
    }

    /** Returns a copy of its shape; without dimensions it is a single number. */
    public long[] shape() {
      return shape.clone();
    }

    /** Returns the number of its elements. */
    public long count() {
      long count = 1;
      for (long dimension : shape) {
        count *= dimension;
      }
      return count;
    }

    long begin() {
      return begin;
    }

    long end() {
      return end;
    }

    /** Returns whether it has this shape. */
    public boolean hasShape(long... other) {
      return Arrays.equals(shape, other);
    }

    /** Such as "F32 [3, 2]". */
    @Override
    public String toString() {
      return type + " " + Arrays.toString(shape);
    }
  }

  private Safetensors(Object file, SeekableByteChannel channel, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws ModelFormatException if it breaks a rule of the format; the message names the file
   * @throws IOException if it cannot be read
   */
  public static Safetensors open(Path file) throws IOException {
    return open(FileChannel.open(Objects.requireNonNull(file, "file")), file);
  }

  /**
   * Opens what a channel holds, and closes the channel with it.
   *
   * @param file the name of it in messages
   * @throws ModelFormatException if it breaks a rule of the format; the message names the file
   * @throws IOException if it cannot be read
   */
  public static Safetensors open(SeekableByteChannel channel, Object file) throws IOException {
    try {
      return new Safetensors(file, channel, SafetensorsHeader.read(channel));
    } catch (ModelFormatException e) {
      channel.close();
      throw e.in(file);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** Begins a file. */
  public static SafetensorsWriter writer() {
    return new SafetensorsWriter();
  }

  /** Returns the metadata, as they are in the file. */
  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Returns the tensors, in the order of their bytes. */
  public List<Entry> entries() {
    return header.inOrder();
  }

  /** Returns the names of the tensors, in the order of their bytes. */
  @Override
  public List<String> names() {
    return entries().stream().map(Entry::name).toList();
  }

  /** Returns whether there is a tensor of that name. */
  public boolean contains(String name) {
    return header.find(name) != null;
  }

  /**
   * Returns the tensor of that name.
   *
   * @throws ModelFormatException if there is none
   */
  public Entry entry(String name) throws ModelFormatException {
    Entry entry = header.find(Objects.requireNonNull(name, "name"));
    if (entry == null) {
      throw error("has no tensor " + Names.shown(name));
    }
    return entry;
  }

  /** An error of this file: the message begins with its name. */
  ModelFormatException error(String message) {
    return new ModelFormatException(message).in(file);
  }

  private void read(Entry entry, IoConsumer<Elements> reader) throws IOException {
    Source source = Source.of(channel, header.dataOff() + entry.begin());
    try {
      if (!entry.type().isRead()) {
        throw new ModelFormatException(
            entry + " is not read: make it float32 or float16 where it comes from");
      }
      reader.accept(new Elements(entry.type(), source));
    } catch (ModelFormatException e) {
      throw error("tensor " + Names.shown(entry.name()) + ": " + e.getMessage());
    }
  }

  private int arrayLength(Entry entry) throws ModelFormatException {
    try {
      return Elements.arrayLength(entry, entry.count());
    } catch (ModelFormatException e) {
      throw error("tensor " + Names.shown(entry.name()) + ": " + e.getMessage());
    }
  }

  /**
   * Reads a tensor as floats, row-major. F16 and BF16 are exact, F64 and long integers are rounded
   * to the nearest, ties to even.
   *
   * @throws ModelFormatException if there is no such tensor or an array cannot hold it
   */
  public float[] floats(String name) throws IOException {
    Entry entry = entry(name);
    float[] values = new float[arrayLength(entry)];
    read(entry, elements -> elements.floats(values.length, values, 0));
    return values;
  }

  @Override
  public DType type(String name) throws ModelFormatException {
    return entry(name).type();
  }

  @Override
  public long[] shape(String name) throws ModelFormatException {
    return entry(name).shape();
  }

  @Override
  public void read(String name, float[] to, int off, int rowStride, int columnStride)
      throws IOException {
    Entry entry = entry(name);
    Objects.requireNonNull(to, "to");
    long[] shape = entry.shape();
    if (shape.length != 1 && shape.length != 2) {
      throw error("tensor " + Names.shown(name) + " is no matrix, it is " + entry);
    }
    long rows = shape.length == 1 ? 1 : shape[0];
    long columns = shape[shape.length - 1];
    requireWindow(off, rowStride, columnStride);
    if (entry.count() > 0) {
      // Each factor is below 2^31 if the elements are no more than an array has.
      arrayLength(entry);
      long end = off + (rows - 1) * rowStride + (columns - 1) * columnStride;
      if (end >= to.length) {
        throw new IllegalArgumentException(
            "to: element " + end + " is needed, the array has " + to.length);
      }
      read(
          entry,
          elements -> elements.floats((int) rows, (int) columns, to, off, rowStride, columnStride));
    }
  }

  /**
   * Reads a tensor as doubles, row-major; long integers are rounded.
   *
   * @throws ModelFormatException if there is no such tensor or an array cannot hold it
   */
  public double[] doubles(String name) throws IOException {
    Entry entry = entry(name);
    double[] values = new double[arrayLength(entry)];
    read(entry, elements -> elements.doubles(values));
    return values;
  }

  /**
   * Reads a tensor as integers, row-major.
   *
   * @throws ModelFormatException if there is no such tensor, an array cannot hold it, or a value is
   *     no integer in [-2^63, 2^63)
   */
  public long[] longs(String name) throws IOException {
    Entry entry = entry(name);
    long[] values = new long[arrayLength(entry)];
    read(entry, elements -> elements.longs(values));
    return values;
  }

  /**
   * Compares the checksum in the metadata, if there is one, with that of what is in the file.
   *
   * @throws ModelFormatException if they differ
   */
  public void verify() throws IOException {
    String wanted = metadata().get(CHECKSUM);
    if (wanted == null) {
      return;
    }
    CRC32C crc = new CRC32C();
    Output out = new Output(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    putMetadata(out, metadata());
    byte[] chunk = new byte[1 << 16];
    for (Entry entry : header.byName()) {
      putEntry(out, entry);
      out.flush();
      Source source = Source.of(channel, header.dataOff() + entry.begin());
      for (long left = entry.end() - entry.begin(); left > 0; ) {
        int n = (int) Math.min(left, chunk.length);
        source.read(chunk, n);
        crc.update(chunk, 0, n);
        left -= n;
      }
    }
    out.flush();
    if (!wanted.equals(text(crc))) {
      throw error(
          "damaged, or changed by a program that kept its checksum: \""
              + CHECKSUM
              + "\" is "
              + Names.shown(wanted)
              + ", its contents have "
              + text(crc));
    }
  }

  static void requireWindow(int off, int rowStride, int columnStride) {
    if (off < 0 || rowStride < 1 || columnStride < 1) {
      throw new IllegalArgumentException(
          "off must be >= 0 and the strides >= 1, got "
              + off
              + ", "
              + rowStride
              + ", "
              + columnStride);
    }
  }

  static String text(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** What the checksum takes of the metadata: those sorted by name, without itself. */
  static void putMetadata(Output out, Map<String, String> sorted) throws IOException {
    for (Map.Entry<String, String> entry : sorted.entrySet()) {
      if (!entry.getKey().equals(CHECKSUM)) {
        out.putText(entry.getKey());
        out.putText(entry.getValue());
      }
    }
  }

  /** What it takes of a tensor before its bytes; the tensors come sorted by name. */
  static void putEntry(Output out, Entry entry) throws IOException {
    out.putText(entry.name);
    out.putText(entry.type.name());
    out.putInt(entry.shape.length);
    for (long dimension : entry.shape) {
      out.putLong(dimension);
    }
  }

  static final Comparator<Entry> BY_NAME = Comparator.comparing(Entry::name);

  /** The name of the file. */
  @Override
  public String toString() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
