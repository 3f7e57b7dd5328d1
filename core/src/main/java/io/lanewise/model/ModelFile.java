package io.lanewise.model;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Dense;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Model files in safetensors: 8 bytes with the header's length (little-endian), the header (JSON:
 * name, dtype, shape and place of each tensor, and the metadata), the tensors' bytes without gaps.
 *
 * <p>Tensors are named and laid out as PyTorch's state_dict of a Sequential has them: {@code
 * 0.weight} is [out, in], the transpose of W here, {@code 0.bias} is [out], and an activation
 * counts as a module, so that the layer after one has the next number but one. The architecture is
 * in the metadata: {@code lanewise.layers} = "64 32:relu 10:softmax", {@code lanewise.loss}, {@code
 * lanewise.reduction}.
 */
public final class ModelFile {
  private static final String METADATA = "__metadata__";
  private static final String PREFIX = "lanewise.";
  private static final String LAYERS = PREFIX + "layers";
  private static final String LOSS = PREFIX + "loss";
  private static final String REDUCTION = PREFIX + "reduction";

  // A header of a network that we can build has some hundred bytes a layer.
  private static final int MAX_HEADER = 1 << 24;
  private static final int CHUNK = 1 << 16;

  private ModelFile() {}

  /** Saves a network without metadata; see {@link #save(Model, Path)}. */
  public static void save(Network network, Path file) throws IOException {
    save(new Model(network, Map.of()), file);
  }

  /**
   * Saves a model, whole or not at all: see {@link AtomicFile}.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   * @throws IllegalArgumentException if a name of the metadata begins with "lanewise."
   */
  public static void save(Model model, Path file) throws IOException {
    for (String name : model.metadata().keySet()) {
      if (name.startsWith(PREFIX)) {
        throw new IllegalArgumentException("metadata: the name \"" + name + "\" is taken");
      }
    }
    byte[] header = header(model).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        file,
        out -> {
          ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(header.length).array());
          out.write(header);
          writeTensors(model.network(), out);
        });
  }

  private static String header(Model model) {
    Network network = model.network();
    Map<String, String> metadata = new TreeMap<>(model.metadata());
    metadata.put(LAYERS, architecture(network));
    metadata.put(LOSS, Names.of(network.loss()));
    metadata.put(REDUCTION, Names.of(network.reduction()));
    StringBuilder out = new StringBuilder("{\"" + METADATA + "\":{");
    String separator = "";
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      out.append(separator);
      Json.quote(out, entry.getKey());
      out.append(':');
      Json.quote(out, entry.getValue());
      separator = ",";
    }
    out.append('}');
    long offset = 0;
    for (Tensor tensor : tensors(network)) {
      long end = offset + 4L * tensor.count();
      out.append(",\"").append(tensor.name()).append("\":{\"dtype\":\"F32\",\"shape\":");
      out.append(tensor.shape()).append(",\"data_offsets\":[");
      out.append(offset).append(',').append(end).append("]}");
      offset = end;
    }
    out.append('}');
    // The format's own writer aligns the tensors to 8 bytes with spaces.
    while (out.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
      out.append(' ');
    }
    return out.toString();
  }

  private static String architecture(Network network) {
    StringBuilder out = new StringBuilder().append(network.nIn());
    for (Dense layer : network.layers()) {
      out.append(' ').append(layer.nOut()).append(':').append(Names.of(layer.activation()));
    }
    return out.toString();
  }

  /** A tensor of the file: W transposed, or b. */
  private record Tensor(String name, Dense layer, boolean weight) {
    long count() {
      return weight ? layer.weightCount() : layer.nOut();
    }

    String shape() {
      return (weight ? List.of(layer.nOut(), layer.nIn()) : List.of(layer.nOut()))
          .toString()
          .replace(" ", "");
    }

    /** The index in the flat parameters of element e of the file. */
    int index(int e) {
      return weight
          ? layer.weightOff() + e % layer.nIn() * layer.nOut() + e / layer.nIn()
          : layer.biasOff() + e;
    }
  }

  private static List<Tensor> tensors(Network network) {
    List<Tensor> tensors = new ArrayList<>();
    int module = 0;
    for (Dense layer : network.layers()) {
      tensors.add(new Tensor(module + ".weight", layer, true));
      tensors.add(new Tensor(module + ".bias", layer, false));
      module += layer.activation() == Activation.IDENTITY ? 1 : 2;
    }
    return tensors;
  }

  private static void writeTensors(Network network, OutputStream out) throws IOException {
    float[] parameters = network.parameters();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors(network)) {
      for (int e = 0; e < tensor.count(); e++) {
        if (!buffer.hasRemaining()) {
          out.write(buffer.array(), 0, buffer.position());
          buffer.clear();
        }
        buffer.putFloat(parameters[tensor.index(e)]);
      }
    }
    out.write(buffer.array(), 0, buffer.position());
  }

  /**
   * Loads a model.
   *
   * @throws ModelFormatException if the file is not a model of ours, truncated or inconsistent; the
   *     message names the file
   * @throws IOException if it cannot be read
   */
  public static Model load(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    try (FileChannel channel = FileChannel.open(file)) {
      return read(channel);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage());
    }
  }

  private static Model read(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new ModelFormatException("not a safetensors file: it has only " + size + " bytes");
    }
    long length = readFully(channel, ByteBuffer.allocate(8)).getLong();
    if (length < 2 || length > MAX_HEADER) {
      throw new ModelFormatException(
          "not a safetensors file: a header of "
              + Long.toUnsignedString(length)
              + " bytes, wanted 2.."
              + MAX_HEADER);
    }
    if (length > size - 8) {
      throw new ModelFormatException(
          "truncated: a header of " + length + " bytes in a file of " + size);
    }
    Map<String, Object> header =
        Json.parseObject(utf8(readFully(channel, ByteBuffer.allocate((int) length))));
    Map<String, String> metadata = metadata(header);
    Network network = network(metadata, size - 8 - length);
    readTensors(network, header, size - 8 - length, channel);
    metadata.keySet().removeIf(name -> name.startsWith(PREFIX));
    return new Model(network, metadata);
  }

  private static ByteBuffer readFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new ModelFormatException("truncated");
      }
    }
    return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String utf8(ByteBuffer bytes) throws ModelFormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException("header: not UTF-8");
    }
  }

  private static Map<String, String> metadata(Map<String, Object> header)
      throws ModelFormatException {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (header.get(METADATA) instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!(entry.getValue() instanceof String text)) {
          throw new ModelFormatException("header: metadata \"" + entry.getKey() + "\" is no text");
        }
        metadata.put((String) entry.getKey(), text);
      }
    }
    return metadata;
  }

  /** Builds the network that the metadata describes, if its parameters have that many bytes. */
  private static Network network(Map<String, String> metadata, long bytes)
      throws ModelFormatException {
    String layers = metadata.get(LAYERS);
    if (layers == null) {
      throw new ModelFormatException(
          "its metadata has no \"" + LAYERS + "\": not a model that Lanewise saved");
    }
    try {
      String[] parts = layers.split(" ");
      long nIn = Integer.parseInt(parts[0]);
      long parameters = 0;
      int[] sizes = new int[parts.length];
      for (int l = 1; l < parts.length; l++) {
        sizes[l] = Integer.parseInt(parts[l].substring(0, Math.max(0, parts[l].indexOf(':'))));
        parameters += (nIn + 1) * sizes[l];
        nIn = sizes[l];
        if (nIn < 1 || parameters > bytes / 4) {
          throw new ModelFormatException(
              LAYERS + " \"" + layers + "\" has more parameters than the file has bytes for");
        }
      }
      Network.Builder builder = Network.builder(Integer.parseInt(parts[0])).zeros();
      for (int l = 1; l < parts.length; l++) {
        String activation = parts[l].substring(parts[l].indexOf(':') + 1);
        builder.dense(sizes[l], Names.parse(Activation.class, activation));
      }
      return builder
          .loss(Names.parse(Loss.class, metadata.getOrDefault(LOSS, "")))
          .reduction(Names.parse(Reduction.class, metadata.getOrDefault(REDUCTION, "")))
          .build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ModelFormatException("metadata: " + e.getMessage());
    }
  }

  /** The tensors must be those of the network, each once, in order, without gaps or a rest. */
  private static void readTensors(
      Network network, Map<String, Object> header, long bytes, FileChannel channel)
      throws IOException {
    List<Tensor> tensors = tensors(network);
    int given = header.size() - (header.containsKey(METADATA) ? 1 : 0);
    if (given != tensors.size()) {
      throw new ModelFormatException(
          "header: the network has " + tensors.size() + " tensors, the file has " + given);
    }
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + 4 * tensor.count();
      Object wanted =
          new TreeMap<>(
              Map.of("dtype", "F32", "shape", shape(tensor), "data_offsets", List.of(offset, end)));
      if (!wanted.equals(header.get(tensor.name()))) {
        throw new ModelFormatException(
            "header: tensor \""
                + tensor.name()
                + "\" must be "
                + wanted
                + ", got "
                + header.get(tensor.name()));
      }
      offset = end;
    }
    if (offset != bytes) {
      throw new ModelFormatException(
          (offset > bytes ? "truncated: " : "")
              + "the tensors need "
              + offset
              + " bytes, the file has "
              + bytes);
    }
    readValues(network, tensors, channel);
  }

  private static List<Long> shape(Tensor tensor) {
    long nIn = tensor.layer().nIn();
    long nOut = tensor.layer().nOut();
    return tensor.weight() ? List.of(nOut, nIn) : List.of(nOut);
  }

  private static void readValues(Network network, List<Tensor> tensors, FileChannel channel)
      throws IOException {
    float[] parameters = network.parameters();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    float[] values = new float[CHUNK / Float.BYTES];
    int next = 0;
    int read = 0;
    for (Tensor tensor : tensors) {
      int columns = tensor.weight() ? tensor.layer().nIn() : tensor.layer().nOut();
      int step = tensor.weight() ? tensor.layer().nOut() : 1;
      int rows = (int) tensor.count() / columns;
      for (int row = 0; row < rows; row++) {
        int index = tensor.index(row * columns);
        for (int column = 0; column < columns; column++) {
          if (next == read) {
            buffer.clear().limit((int) Math.min(CHUNK, channel.size() - channel.position()));
            readFully(channel, buffer);
            read = buffer.remaining() / Float.BYTES;
            buffer.asFloatBuffer().get(values, 0, read);
            next = 0;
          }
          parameters[index] = values[next++];
          index += step;
        }
      }
    }
  }
}
