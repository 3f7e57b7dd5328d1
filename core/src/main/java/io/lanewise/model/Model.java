package io.lanewise.model;

import io.lanewise.internal.Names;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A network and what its owner wants to be kept with it, in memory and in a file: {@link
 * Safetensors} with the architecture in the metadata, and a checksum.
 *
 * <p>Tensors are named and laid out as PyTorch's state_dict has them: see {@link
 * NamedTensors.Slot}. The architecture is in the metadata: {@code lanewise.layers} = "64 32:relu
 * 10:softmax", see {@link Architecture}; {@code lanewise.loss}, {@code lanewise.reduction}, and
 * {@code lanewise.loss.options} where there are any.
 *
 * <p>NaN and infinite values are loaded as they are, and a warning in the log says so.
 *
 * @param network the network
 * @param metadata short texts by name; names that begin with "lanewise." are taken
 */
public record Model(Network network, Map<String, String> metadata) {
  private static final String PREFIX = "lanewise.";
  private static final String LAYERS = PREFIX + "layers";
  private static final String LOSS = PREFIX + "loss";
  private static final String LOSS_OPTIONS = LOSS + ".options";
  private static final String REDUCTION = PREFIX + "reduction";

  /** Takes a copy of the map, sorted by name. */
  public Model {
    Objects.requireNonNull(network, "network");
    // Of names that a file has: Map.copyOf would search a line of those whose hashes are near.
    Map<String, String> copy = new TreeMap<>(metadata);
    copy.values().forEach(text -> Objects.requireNonNull(text, "metadata"));
    metadata = Collections.unmodifiableMap(copy);
  }

  /** Saves a network without metadata; see {@link #save(Path)}. */
  public static void save(Network network, Path file) throws IOException {
    new Model(network, Map.of()).save(file);
  }

  /**
   * Saves a model, whole or not at all: into a file beside it, which then takes its name.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   * @throws IllegalArgumentException if a name of the metadata begins with "lanewise."
   */
  public void save(Path file) throws IOException {
    for (String name : metadata.keySet()) {
      if (name.startsWith(PREFIX)) {
        throw new IllegalArgumentException("metadata: the name \"" + name + "\" is taken");
      }
    }
    SafetensorsWriter writer = Safetensors.writer().checksum();
    metadata.forEach(writer::metadata);
    writer.metadata(LAYERS, Architecture.format(network));
    writer.metadata(LOSS, Names.of(network.loss()));
    String options = LossOptionsText.format(network.lossOptions());
    if (!options.isEmpty()) {
      writer.metadata(LOSS_OPTIONS, options);
    }
    writer.metadata(REDUCTION, Names.of(network.reduction()));
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
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
    return load(Safetensors.open(file));
  }

  /**
   * Loads a model from what was opened, and closes it; see {@link #load(Path)}.
   *
   * @throws ModelFormatException as there
   * @throws IOException if it cannot be read
   */
  public static Model load(Safetensors file) throws IOException {
    try (Safetensors tensors = file) {
      tensors.verify();
      long bytes = 0;
      for (Safetensors.Entry entry : tensors.entries()) {
        bytes += entry.type().isRead() ? entry.count() * Float.BYTES : 0;
      }
      Map<String, String> metadata = new TreeMap<>(tensors.metadata());
      Network network;
      try {
        network = network(metadata, bytes);
      } catch (ModelFormatException e) {
        throw e.in(file);
      }
      readTensors(network, tensors);
      warnIfNotFinite(network, file);
      metadata.keySet().removeIf(name -> name.startsWith(PREFIX));
      return new Model(network, metadata);
    }
  }

  private static void warnIfNotFinite(Network network, Object file) {
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      int count = 0;
      for (int i = tensor.off(); i < tensor.off() + tensor.count(); i++) {
        count += Float.isFinite(tensor.array()[i]) ? 0 : 1;
      }
      if (count > 0) {
        System.getLogger("io.lanewise")
            .log(
                System.Logger.Level.WARNING,
                "{0}: tensor \"{1}\" has {2} values that are NaN or infinite",
                file,
                tensor.name(),
                count);
      }
    }
  }

  /** Builds the network that the metadata describes, if its parameters have that many bytes. */
  private static Network network(Map<String, String> metadata, long bytes)
      throws ModelFormatException {
    String layers = metadata.get(LAYERS);
    if (layers == null) {
      throw new ModelFormatException(
          "its metadata has no \""
              + LAYERS
              + "\": not a model that Lanewise saved: make one of it with import");
    }
    try {
      NetworkBuilder builder = Architecture.parse(layers).zeros();
      if (builder.parameterCount() + builder.stateCount() > bytes / 4) {
        throw new ModelFormatException(
            LAYERS
                + " "
                + Names.shown(layers)
                + " has more parameters than the file has bytes for");
      }
      return builder
          .loss(Names.parse(Loss.class, metadata.getOrDefault(LOSS, "")))
          .lossOptions(
              LossOptionsText.parse(metadata.getOrDefault(LOSS_OPTIONS, ""), builder.width()))
          .reduction(Names.parse(Reduction.class, metadata.getOrDefault(REDUCTION, "")))
          .build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ModelFormatException("metadata: " + e.getMessage());
    }
  }

  /** The tensors must be those of the network, of any floating-point type, and no others. */
  private static void readTensors(Network network, Safetensors file) throws IOException {
    List<NamedTensors.Slot> tensors = NamedTensors.Slot.of(network);
    int given = file.entries().size();
    if (given != tensors.size()) {
      throw file.error("the network has " + tensors.size() + " tensors, the file has " + given);
    }
    for (NamedTensors.Slot tensor : tensors) {
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
    for (NamedTensors.Slot tensor : tensors) {
      file.read(
          tensor.name(), tensor.array(), tensor.off(), tensor.rowStride(), tensor.columnStride());
    }
  }
}
