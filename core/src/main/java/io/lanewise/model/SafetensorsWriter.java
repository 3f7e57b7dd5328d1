package io.lanewise.model;

import io.lanewise.internal.AtomicFile;
import io.lanewise.internal.IoConsumer;
import io.lanewise.model.NamedTensors.DType;
import io.lanewise.model.Safetensors.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Writes a file in the safetensors format. The arrays are not copied: they are read when the file
 * is saved. What is given in the same order makes the same bytes.
 */
public final class SafetensorsWriter {
  private final Map<String, String> metadata = new TreeMap<>();
  private final Map<Entry, IoConsumer<Output>> tensors = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private boolean checksum;
  private long bytes;

  SafetensorsWriter() {}

  /**
   * Adds a text.
   *
   * @throws IllegalArgumentException if there is one of that name, or it is no Unicode text
   */
  public SafetensorsWriter metadata(String name, String value) {
    requireText("name", name);
    requireText("value", value);
    if (metadata.size() == SafetensorsHeader.MAX_METADATA) {
      throw new IllegalArgumentException("metadata: more than " + metadata.size());
    }
    if (metadata.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("metadata: \"" + name + "\" is there already");
    }
    return this;
  }

  private static void requireText(String what, String text) {
    Objects.requireNonNull(text, what);
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(what + ": half of a surrogate pair is no text");
    }
  }

  /**
   * Adds the CRC32C of the names, types, shapes, values and metadata as a text of the name {@link
   * Safetensors#CHECKSUM}, which {@link Safetensors#verify} looks at. It does not depend on the
   * order of the tensors.
   */
  public SafetensorsWriter checksum() {
    checksum = true;
    return this;
  }

  /**
   * Adds a tensor of type F32.
   *
   * @param shape its shape, without dimensions for a single number
   * @param values as many as the shape has, row-major
   * @throws IllegalArgumentException if there is one of that name, or the values are not so many
   */
  public SafetensorsWriter add(String name, long[] shape, float[] values) {
    return add(name, DType.F32, shape, values.length, out -> putFloats(out, values));
  }

  private static void putFloats(Output out, float[] values) throws IOException {
    for (float value : values) {
      out.putFloat(value);
    }
  }

  /** Adds a tensor of type F64; see {@link #add(String, long[], float[])}. */
  public SafetensorsWriter add(String name, long[] shape, double[] values) {
    return add(
        name,
        DType.F64,
        shape,
        values.length,
        out -> {
          for (double value : values) {
            out.putDouble(value);
          }
        });
  }

  /** Adds a tensor of type I64; see {@link #add(String, long[], float[])}. */
  public SafetensorsWriter add(String name, long[] shape, long[] values) {
    return add(
        name,
        DType.I64,
        shape,
        values.length,
        out -> {
          for (long value : values) {
            out.putLong(value);
          }
        });
  }

  /** Adds a tensor of type U8; see {@link #add(String, long[], float[])}. */
  public SafetensorsWriter add(String name, long[] shape, byte[] values) {
    return add(
        name,
        DType.U8,
        shape,
        values.length,
        out -> {
          for (byte value : values) {
            out.putByte(value);
          }
        });
  }

  /**
   * Adds a matrix of type F32 that is part of an array: element (i, j) is {@code values[off + i *
   * rowStride + j * columnStride]}; with strides 1 and the number of rows it is transposed.
   *
   * @param shape (columns) or (rows, columns)
   * @throws IllegalArgumentException if there is one of that name, or it is not inside the array
   */
  public SafetensorsWriter add(
      String name, long[] shape, float[] values, int off, int rowStride, int columnStride) {
    Objects.requireNonNull(shape, "shape");
    if (shape.length != 1 && shape.length != 2) {
      throw new IllegalArgumentException(
          "shape must have 1 or 2 dimensions, got " + shape.length + " for \"" + name + "\"");
    }
    long rows = shape.length == 1 ? 1 : shape[0];
    long columns = shape[shape.length - 1];
    Safetensors.requireWindow(off, rowStride, columnStride);
    long count = Math.multiplyExact(rows, columns);
    if (count > 0
        && (count > values.length
            || off + (rows - 1) * rowStride + (columns - 1) * columnStride >= values.length)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not inside the array of " + values.length + " values");
    }
    return add(
        name,
        DType.F32,
        shape,
        count,
        out -> {
          for (int i = 0; i < rows; i++) {
            int at = off + i * rowStride;
            for (int j = 0; j < columns; j++) {
              out.putFloat(values[at + j * columnStride]);
            }
          }
        });
  }

  private SafetensorsWriter add(
      String name, DType type, long[] shape, long length, IoConsumer<Output> contents) {
    requireText("name", name);
    Objects.requireNonNull(shape, "shape");
    long count;
    try {
      count = type.count("shape of \"" + name + "\"", shape);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(e.getMessage());
    }
    if (count != length) {
      throw new IllegalArgumentException(
          "\"" + name + "\": a shape of " + count + " elements, but " + length + " values");
    }
    if (name.equals(SafetensorsHeader.METADATA) || !names.add(name)) {
      throw new IllegalArgumentException("tensor: \"" + name + "\" is there already");
    }
    long end = Math.addExact(bytes, count * type.bytes());
    tensors.put(new Entry(name, type, shape.clone(), bytes, end), contents);
    bytes = end;
    return this;
  }

  /**
   * Writes the file, whole or not at all: into a file beside it, which then takes its name.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   */
  public void save(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    AtomicFile.write(file, this::writeTo);
  }

  /** Writes the bytes of the file; does not close the stream. */
  public void writeTo(OutputStream out) throws IOException {
    Map<String, String> all = new TreeMap<>(metadata);
    if (checksum) {
      all.put(Safetensors.CHECKSUM, Safetensors.text(crc()));
    }
    byte[] header = header(all);
    if (header.length > SafetensorsHeader.MAX_LENGTH) {
      throw new IOException("metadata: " + header.length + " bytes, a file has at most 100 MB");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
    Output numbers = new Output(out);
    for (IoConsumer<Output> contents : tensors.values()) {
      contents.accept(numbers);
    }
    numbers.flush();
  }

  private byte[] header(Map<String, String> all) {
    StringBuilder out = new StringBuilder("{");
    if (!all.isEmpty()) {
      out.append('"').append(SafetensorsHeader.METADATA).append("\":{");
      all.forEach(
          (name, value) -> {
            Json.quote(out, name);
            out.append(':');
            Json.quote(out, value);
            out.append(',');
          });
      out.setCharAt(out.length() - 1, '}');
      out.append(',');
    }
    for (Entry entry : tensors.keySet()) {
      Json.quote(out, entry.name());
      out.append(":{\"dtype\":\"").append(entry.type()).append("\",\"shape\":[");
      String separator = "";
      for (long dimension : entry.shape()) {
        out.append(separator).append(dimension);
        separator = ",";
      }
      out.append("],\"data_offsets\":[").append(entry.begin()).append(',');
      out.append(entry.end()).append("]},");
    }
    if (out.length() > 1) {
      out.setLength(out.length() - 1);
    }
    byte[] text = out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    // The format's own writer aligns the tensors to 8 bytes with spaces.
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  private CRC32C crc() throws IOException {
    CRC32C crc = new CRC32C();
    Output out = new Output(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    Safetensors.putMetadata(out, metadata);
    Map<Entry, IoConsumer<Output>> sorted = new TreeMap<>(Safetensors.BY_NAME);
    sorted.putAll(tensors);
    for (Map.Entry<Entry, IoConsumer<Output>> each : sorted.entrySet()) {
      Safetensors.putEntry(out, each.getKey());
      each.getValue().accept(out);
    }
    out.flush();
    return crc;
  }

  @Override
  public String toString() {
    return tensors.size() + " tensors, " + bytes + " bytes";
  }
}
