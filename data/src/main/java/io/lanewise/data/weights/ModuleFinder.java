package io.lanewise.data.weights;

import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the modules of a file: the tensors of the same module by their names. What is of no layer
 * is left out and told, or refused where it may be weights.
 */
final class ModuleFinder {
  private static final int MAX_MODULES = 2048;

  private final NamedTensors tensors;
  private final @Nullable String prefix;
  private final List<String> ignored;
  private final Set<String> remarks;

  /**
   * Makes one.
   *
   * @param prefix only what is below that name; null for all
   * @param ignored the tensors and modules that are left out
   * @param remarks receives what is left out else, a line each
   */
  ModuleFinder(
      NamedTensors tensors, @Nullable String prefix, List<String> ignored, Set<String> remarks) {
    this.tensors = tensors;
    this.prefix = prefix;
    this.ignored = ignored;
    this.remarks = remarks;
  }

  /**
   * Returns the modules in the order of the file, at least one.
   *
   * @throws ModelFormatException if a tensor is none of a layer and may be one of weights, a name
   *     that is to be ignored is not there, or nothing is left
   */
  List<WeightModule> find() throws IOException {
    Map<String, WeightModule> byName = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    Set<String> used = new LinkedHashSet<>();
    int outside = 0;
    for (String name : tensors.names()) {
      if (prefix != null && !isBelow(name, prefix)) {
        outside++;
        continue;
      }
      String without = ignored.stream().filter(each -> isBelow(name, each)).findAny().orElse(null);
      WeightModule.Place place = WeightModule.place(name);
      if (without != null || name.endsWith("num_batches_tracked")) {
        used.add(without);
      } else if (place == null) {
        requireNoWeights(name);
        left.add(name);
      } else {
        requireFloats(name);
        byName
            .computeIfAbsent(place.module(), m -> new WeightModule(tensors, m))
            .add(place.part(), name);
        if (byName.size() > MAX_MODULES) {
          throw error("has more than " + MAX_MODULES + " modules");
        }
      }
    }
    for (String name : ignored) {
      if (!used.contains(name)) {
        throw error("has nothing of the name " + Names.shown(name) + ", which is to be ignored");
      }
    }
    if (byName.isEmpty()) {
      throw error(
          prefix == null
              ? "has no tensors of layers"
              : "has no layers below " + Names.shown(prefix) + ", but " + prefixes());
    }
    if (outside > 0) {
      remarks.add("left out: " + outside + " tensors that are not below " + prefix);
    }
    if (!left.isEmpty()) {
      remarks.add("left out, as they are of no layer: " + some(left));
    }
    List<WeightModule> modules = List.copyOf(byName.values());
    for (WeightModule module : modules) {
      module.settle();
    }
    return modules;
  }

  private static boolean isBelow(String name, String outer) {
    return name.startsWith(outer)
        && (name.length() == outer.length() || "./".indexOf(name.charAt(outer.length())) >= 0);
  }

  private String prefixes() {
    Set<String> first = new LinkedHashSet<>();
    for (String name : tensors.names()) {
      first.add(name.split("[./]", 2)[0]);
    }
    return some(List.copyOf(first));
  }

  /** The first of the names, and how many more there are. */
  static String some(List<String> names) {
    String all = String.join(", ", names.subList(0, Math.min(8, names.size())));
    String shown = Names.shown(all);
    return shown.substring(1, shown.length() - 1)
        + (names.size() > 8 ? " and " + (names.size() - 8) + " more" : "");
  }

  /** A number of a type that no weight has is no layer's; one that may be a weight is not lost. */
  private void requireNoWeights(String name) throws IOException {
    boolean floats;
    try {
      floats = tensors.type(name).isFloat();
    } catch (ModelFormatException e) {
      // Text, or what else NumPy keeps.
      floats = false;
    }
    if (floats) {
      throw error(
          "tensor "
              + Names.shown(name)
              + " is of no layer that is known (wanted names such as fc1.weight and fc1.bias,"
              + " dense/kernel, coefs_0): if it is not needed, --ignore "
              + name);
    }
  }

  private void requireFloats(String name) throws IOException {
    if (!tensors.type(name).isFloat()) {
      throw error(
          "tensor "
              + Names.shown(name)
              + " is of type "
              + tensors.type(name)
              + ", wanted floats of 16 to 64 bits: make it float32 where it comes from, or leave it"
              + " out with --ignore "
              + name);
    }
  }

  private ModelFormatException error(String message) {
    return new ModelFormatException(tensors + ": " + message);
  }
}
