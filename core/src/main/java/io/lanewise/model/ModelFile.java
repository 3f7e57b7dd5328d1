package io.lanewise.model;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Dense;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Model files: {@link Safetensors} with the architecture in the metadata, and a checksum.
 *
 * <p>Tensors are named and laid out as PyTorch's state_dict of a Sequential has them: {@code
 * 0.weight} is [out, in], the transpose of W here, {@code 0.bias} is [out], and an activation
 * counts as a module, so that the layer after one has the next number but one. The architecture is
 * in the metadata: {@code lanewise.layers} = "64 32:relu 10:softmax", {@code lanewise.loss}, {@code
 * lanewise.reduction}.
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
    writer.metadata(LAYERS, architecture(network));
    writer.metadata(LOSS, Names.of(network.loss()));
    writer.metadata(REDUCTION, Names.of(network.reduction()));
    for (Tensor tensor : tensors(network)) {
      writer.add(
          tensor.name(),
          tensor.shape(),
          network.parameters(),
          tensor.off(),
          tensor.rowStride(),
          tensor.columnStride());
    }
    writer.save(file);
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
    long[] shape() {
      return weight ? new long[] {layer.nOut(), layer.nIn()} : new long[] {layer.nOut()};
    }

    int off() {
      return weight ? layer.weightOff() : layer.biasOff();
    }

    int rowStride() {
      return 1;
    }

    int columnStride() {
      return weight ? layer.nOut() : 1;
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

  /** The tensors must be those of the network, of any floating-point type, and no others. */
  private static void readTensors(Network network, Safetensors file) throws IOException {
    List<Tensor> tensors = tensors(network);
    int given = file.entries().size();
    if (given != tensors.size()) {
      throw file.error("the network has " + tensors.size() + " tensors, the file has " + given);
    }
    for (Tensor tensor : tensors) {
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
    for (Tensor tensor : tensors) {
      file.read(
          tensor.name(),
          network.parameters(),
          tensor.off(),
          tensor.rowStride(),
          tensor.columnStride());
    }
  }
}
