package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The modules that layers are and their tensors, each with its name: counts the modules that
 * PyTorch's Sequential would have, where an activation is a module of its own and a residual block
 * one with modules inside.
 */
final class ModuleNames {
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Tensor> state = new ArrayList<>();
  private final List<String> modules = new ArrayList<>();
  private final boolean ofAll;
  private final Deque<Integer> outer = new ArrayDeque<>();
  private String prefix = "";
  private int module;

  /**
   * @param network its layers and blocks
   * @param ofAll whether the modules without tensors are named too
   */
  ModuleNames(Network network, boolean ofAll) {
    this.ofAll = ofAll;
    for (Layer layer : network.layers()) {
      for (ResidualAdd _ : network.blocksFrom(layer.index())) {
        begin();
      }
      if (layer instanceof ResidualAdd) {
        end();
      } else {
        add(layer);
      }
    }
  }

  List<Tensor> parameters() {
    return List.copyOf(parameters);
  }

  List<Tensor> state() {
    return List.copyOf(state);
  }

  /**
   * The name of each layer's module, where all were asked for; for the end of a residual block,
   * that of the block.
   */
  List<String> modules() {
    return List.copyOf(modules);
  }

  private void begin() {
    prefix += module + ".";
    outer.push(module);
    module = 0;
  }

  private void end() {
    module = outer.pop() + 1;
    if (ofAll) {
      modules.add(prefix.substring(0, prefix.length() - 1));
    }
    prefix = prefix.substring(0, prefix.lastIndexOf('.', prefix.length() - 2) + 1);
  }

  /** A layer with numbers and an activation is two modules. */
  private void add(Layer layer) {
    List<Tensor> tensors = layer.tensors();
    if (ofAll) {
      modules.add(prefix + module);
    }
    module++;
    if (tensors.isEmpty()) {
      return;
    }
    String name = prefix + (module - 1) + ".";
    for (Tensor tensor : tensors) {
      List<Tensor> all = tensor.isParameter() ? parameters : state;
      all.add(tensor.named(name + tensor.name()));
    }
    module += layer.activation() != Activation.IDENTITY ? 1 : 0;
  }
}
