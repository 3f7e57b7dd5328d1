package io.lanewise.model;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tensors that PyTorch saved, without a word on the architecture: {@code net.0.weight} and {@code
 * net.0.bias} are those of the module {@code net.0}. The modules are taken in the order of their
 * names, numbers in them by their value: a weight of two dimensions is a linear layer, one of a
 * single dimension a layer norm, or with running statistics a batch norm.
 */
final class StateDict {
  private static final Set<String> PARTS =
      Set.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked");

  private final NamedTensors tensors;
  private final List<Module> modules = new ArrayList<>();

  /** A module: the names of its tensors by their last part. */
  private record Module(String name, Map<String, String> tensors) {
    String weight() {
      return tensors.get("weight");
    }

    boolean hasStatistics() {
      return tensors.containsKey("running_mean");
    }
  }

  StateDict(NamedTensors tensors) throws IOException {
    this.tensors = tensors;
    Map<String, Module> byName = new TreeMap<>(StateDict::compareNames);
    for (String name : tensors.names()) {
      int dot = name.lastIndexOf('.');
      String part = name.substring(dot + 1);
      if (!PARTS.contains(part)) {
        throw error("tensor " + Names.shown(name) + " is of no layer that is known");
      }
      String module = name.substring(0, Math.max(0, dot));
      Module owner = byName.computeIfAbsent(module, m -> new Module(m, new LinkedHashMap<>()));
      if (owner.tensors().put(part, name) != null) {
        throw error("module " + Names.shown(module) + " has two of " + part);
      }
      boolean counter = part.equals("num_batches_tracked");
      if (!counter && !tensors.type(name).isFloat()) {
        throw error("tensor " + Names.shown(name) + " is of type " + tensors.type(name));
      }
    }
    for (Module module : byName.values()) {
      if (module.weight() == null) {
        throw error("module " + Names.shown(module.name()) + " has no weight");
      }
      modules.add(module);
    }
    if (modules.isEmpty()) {
      throw error("has no tensors");
    }
  }

  ModelFormatException error(String message) {
    return new ModelFormatException(message).in(tensors);
  }

  /** Numbers by their value, so that 10 comes after 9. */
  static int compareNames(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int order;
      if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
        int iEnd = endOfNumber(a, i);
        int jEnd = endOfNumber(b, j);
        i = firstNotZero(a, i, iEnd);
        j = firstNotZero(b, j, jEnd);
        order = Integer.compare(iEnd - i, jEnd - j);
        for (; order == 0 && i < iEnd; i++, j++) {
          order = Character.compare(a.charAt(i), b.charAt(j));
        }
      } else {
        order = Character.compare(a.charAt(i++), b.charAt(j++));
      }
      if (order != 0) {
        return order;
      }
    }
    int left = Integer.compare(a.length() - i, b.length() - j);
    return left != 0 ? left : a.compareTo(b);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int endOfNumber(String s, int from) {
    int end = from;
    while (end < s.length() && isDigit(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int firstNotZero(String s, int from, int end) {
    int first = from;
    while (first < end && s.charAt(first) == '0') {
      first++;
    }
    return first;
  }

  private long[] shape(String name) throws IOException {
    return tensors.shape(name);
  }

  private boolean isDense(Module module) throws IOException {
    return shape(module.weight()).length == 2;
  }

  /** The network that the shapes speak of, with these activations, its parameters 0. */
  NetworkBuilder builder(Activation hidden, Activation output) throws IOException {
    int width = width(modules.get(0), isDense(modules.get(0)) ? 1 : 0);
    NetworkBuilder builder = Network.builder(width).zeros();
    boolean afterDense = false;
    for (Module module : modules) {
      if (isDense(module)) {
        if (afterDense) {
          activation(builder, hidden);
        }
        builder.dense(width(module, 0), Activation.IDENTITY);
        afterDense = true;
      } else if (module.hasStatistics()) {
        builder.batchNorm();
      } else {
        builder.layerNorm();
      }
    }
    activation(builder, output);
    return builder;
  }

  private static void activation(NetworkBuilder builder, Activation f) {
    if (f != Activation.IDENTITY) {
      builder.activation(f);
    }
  }

  private int width(Module module, int dimension) throws IOException {
    long[] shape = shape(module.weight());
    if (shape.length < 1
        || shape.length > 2
        || shape[dimension] < 1
        || shape[dimension] > Integer.MAX_VALUE) {
      throw error(
          "tensor " + Names.shown(module.weight()) + " has the shape " + Arrays.toString(shape));
    }
    return (int) shape[dimension];
  }

  /** Reads the tensors into the network's layers, in order; a bias that is missing is 0. */
  void read(Network network) throws IOException {
    int next = 0;
    int layer = -1;
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      if (tensor.tensor().layer() != layer) {
        if (next == modules.size()) {
          throw error("has " + modules.size() + " modules, the architecture has more");
        }
        layer = tensor.tensor().layer();
        requireKind(network.layers().get(layer), modules.get(next++));
      }
      read(tensor, modules.get(next - 1));
    }
    if (next < modules.size()) {
      throw error("has " + modules.size() + " modules, the architecture has " + next);
    }
  }

  private void requireKind(Layer layer, Module module) throws IOException {
    boolean statistics =
        layer.tensors().stream().anyMatch(tensor -> tensor.name().equals("running_mean"));
    boolean fits =
        layer.parameterCount() > 0
            && layer.hasWeights() == isDense(module)
            && (isDense(module) || statistics == module.hasStatistics());
    if (!fits) {
      throw error(
          "module "
              + Names.shown(module.name())
              + " does not fit layer "
              + layer.index()
              + ", a "
              + layer.getClass().getSimpleName());
    }
  }

  private void read(NamedTensors.Slot tensor, Module module) throws IOException {
    String part = tensor.name().substring(tensor.name().lastIndexOf('.') + 1);
    String name = module.tensors().get(part);
    if (name == null) {
      if (part.equals("bias")) {
        return;
      }
      throw error("module " + Names.shown(module.name()) + " has no " + part);
    }
    if (!Arrays.equals(shape(name), tensor.shape())) {
      throw error(
          "tensor "
              + Names.shown(name)
              + " must be "
              + Arrays.toString(tensor.shape())
              + ", got "
              + Arrays.toString(shape(name)));
    }
    tensors.read(name, tensor.array(), tensor.off(), tensor.rowStride(), tensor.columnStride());
  }
}
