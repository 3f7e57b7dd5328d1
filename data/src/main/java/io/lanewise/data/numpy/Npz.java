package io.lanewise.data.numpy;

import io.lanewise.internal.AtomicFile;
import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.NamedTensors.DType;
import io.lanewise.nn.Network;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

  private static final int MAX_ENTRIES = 10_000;
  private static final long SMALL = 1 << 20;
  private static final String SUFFIX = ".npy";
  private static final String MARK = "#lanewise\n";

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  private Npz(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
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
      Npz npz = new Npz(file, zip);
      npz.readDirectory(maxRatio);
      return npz;
    } catch (ModelFormatException e) {
      zip.close();
      throw Npy.named(file.toString(), e);
    } catch (IOException | RuntimeException | Error e) {
      zip.close();
      throw e;
    }
  }

  private void readDirectory(int maxRatio) throws IOException {
    if (zip.size() > MAX_ENTRIES) {
      throw new ModelFormatException(zip.size() + " entries, wanted at most " + MAX_ENTRIES);
    }
    long length = Files.size(file);
    long left = length;
    long sizes = 0;
    for (Iterator<? extends ZipEntry> all = zip.entries().asIterator(); all.hasNext(); ) {
      ZipEntry entry = all.next();
      String name = entry.getName();
      if (!name.endsWith(SUFFIX)) {
        continue;
      }
      long size = entry.getSize();
      long compressed = entry.getCompressedSize();
      // Entries that share bytes are the best bombs.
      if (size < 0 || compressed < 0 || compressed > left) {
        throw new ModelFormatException(
            "entry " + Names.shown(name) + ": its sizes are more than the file has");
      }
      left -= compressed;
      sizes += size;
      if (tooMuch(size, compressed, maxRatio)) {
        throw new ModelFormatException(
            "entry " + Names.shown(name) + ": " + bomb(size, compressed, maxRatio));
      }
      if (entries.put(name.substring(0, name.length() - SUFFIX.length()), entry) != null) {
        throw new ModelFormatException("entry " + Names.shown(name) + " is there twice");
      }
    }
    if (tooMuch(sizes, length - left, maxRatio)) {
      throw new ModelFormatException("all together: " + bomb(sizes, length - left, maxRatio));
    }
  }

  private static boolean tooMuch(long size, long compressed, int maxRatio) {
    return size > SMALL && size / maxRatio > compressed;
  }

  private static String bomb(long size, long compressed, int maxRatio) {
    return size + " bytes of " + compressed + " are more than " + maxRatio + " times as many";
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
    String comment = zip.getComment();
    if (comment == null || !comment.startsWith(MARK)) {
      return Map.of();
    }
    Properties texts = new Properties();
    try {
      texts.load(new StringReader(comment));
    } catch (IOException | IllegalArgumentException e) {
      return Map.of();
    }
    Map<String, String> all = new TreeMap<>();
    texts.stringPropertyNames().forEach(name -> all.put(name, texts.getProperty(name)));
    return all;
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
      Properties properties = new Properties();
      properties.putAll(texts);
      StringWriter out = new StringWriter();
      try {
        properties.store(out, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      // Without the date that stands in the first line; not ASCII is escaped.
      String lines =
          out.toString().lines().skip(1).map(line -> line + '\n').collect(Collectors.joining());
      comment = texts.isEmpty() ? "" : MARK + ascii(lines);
      if (comment.length() > 0xffff) {
        throw new IllegalArgumentException(
            "metadata: "
                + comment.length()
                + " bytes, more than the 65535 of a .npz file: take safetensors");
      }
      return this;
    }

    private static String ascii(String text) {
      StringBuilder out = new StringBuilder();
      for (char c : text.toCharArray()) {
        out.append(c < 128 ? String.valueOf(c) : "\\u" + HexFormat.of().toHexDigits(c));
      }
      return out.toString();
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
