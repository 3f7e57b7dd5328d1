package io.lanewise.model;

import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Model files: {@link Safetensors} with the architecture in the metadata, and a checksum.
 *
 * <p>Tensors are named and laid out as PyTorch's state_dict has them: see {@link ModelTensor}. The
 * architecture is in the metadata: {@code lanewise.layers} = "64 32:relu 10:softmax", see {@link
 * Architecture}; {@code lanewise.loss}, {@code lanewise.reduction}.
 */
public final class ModelFile {
  private static final String PREFIX = "lanewise.";
  private static final String LAYERS = PREFIX + "layers";
  private static final String LOSS = PREFIX + "loss";
  private static final String REDUCTION = PREFIX + "reduction";

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
    Network network = model.network();
    SafetensorsWriter writer = Safetensors.writer().checksum();
    model.metadata().forEach(writer::metadata);
    writer.metadata(LAYERS, Architecture.format(network));
    writer.metadata(LOSS, Names.of(network.loss()));
    writer.metadata(REDUCTION, Names.of(network.reduction()));
    for (ModelTensor tensor : ModelTensor.of(network)) {
      writer.add(
          tensor.name(),
          tensor.shape(),
          tensor.array(),
          tensor.off(),
          tensor.rowStride(),
          tensor.columnStride());
    }
    writer.save(file);
  }

  /**
   * Loads a model.
   *
   * @throws ModelFormatException if the file is not a model of ours, truncated or inconsistent; the
   *     message names the file
   * @throws IOException if it cannot be read
   */
  public static Model load(Path file) throws IOException {
    try (Safetensors tensors = Safetensors.open(file)) {
      tensors.verify();
      long bytes = 0;
      for (Safetensors.Entry entry : tensors.entries()) {
        bytes += entry.count() * Float.BYTES;
      }
      Map<String, String> metadata = new TreeMap<>(tensors.metadata());
      Network network;
      try {
        network = network(metadata, bytes);
      } catch (ModelFormatException e) {
        throw e.in(file);
      }
      readTensors(network, tensors);
      metadata.keySet().removeIf(name -> name.startsWith(PREFIX));
      return new Model(network, metadata);
    }
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
      Network.Builder builder = Architecture.parse(layers).zeros();
      if (builder.parameterCount() + builder.stateCount() > bytes / 4) {
        throw new ModelFormatException(
            LAYERS + " \"" + layers + "\" has more parameters than the file has bytes for");
      }
      return builder
          .loss(Names.parse(Loss.class, metadata.getOrDefault(LOSS, "")))
          .reduction(Names.parse(Reduction.class, metadata.getOrDefault(REDUCTION, "")))
          .build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ModelFormatException("metadata: " + e.getMessage());
    }
  }

  /** The tensors must be those of the network, of any floating-point type, and no others. */
  private static void readTensors(Network network, Safetensors file) throws IOException {
    List<ModelTensor> tensors = ModelTensor.of(network);
    int given = file.entries().size();
    if (given != tensors.size()) {
      throw file.error("the network has " + tensors.size() + " tensors, the file has " + given);
    }
    for (ModelTensor tensor : tensors) {
      Safetensors.Entry entry = file.entry(tensor.name());
      if (!entry.type().isFloat() || !entry.hasShape(tensor.shape())) {
        throw file.error(
            "tensor \""
                + tensor.name()
                + "\" must be floats "
                + Arrays.toString(tensor.shape())
                + ", got "
                + entry);
      }
    }
    for (ModelTensor tensor : tensors) {
      file.read(
          tensor.name(), tensor.array(), tensor.off(), tensor.rowStride(), tensor.columnStride());
    }
  }
}
