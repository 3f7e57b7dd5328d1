package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Tensor.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The tensors of layers, each with its name: counts the modules that PyTorch's Sequential would
 * have, where an activation is a module of its own and a residual block one with modules inside.
 */
final class TensorNames {
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Tensor> state = new ArrayList<>();
  private final Deque<Integer> outer = new ArrayDeque<>();
  private String prefix = "";
  private int module;

  TensorNames(List<Layer> layers) {
    int[] begins = new int[layers.size()];
    for (Layer layer : layers) {
      if (layer instanceof ResidualAdd add) {
        begins[add.from() + 1]++;
      }
    }
    for (Layer layer : layers) {
      for (int block = 0; block < begins[layer.index()]; block++) {
        begin();
      }
      add(layer);
    }
  }

  List<Tensor> parameters() {
    return List.copyOf(parameters);
  }

  List<Tensor> state() {
    return List.copyOf(state);
  }

  private void begin() {
    prefix += module + ".";
    outer.push(module);
    module = 0;
  }

  private void end() {
    module = outer.pop() + 1;
    prefix = prefix.substring(0, prefix.lastIndexOf('.', prefix.length() - 2) + 1);
  }

  private void add(Layer layer) {
    int l = layer.index();
    int n = layer.nOut();
    if (layer instanceof ResidualAdd) {
      end();
      return;
    }
    if (layer instanceof Dense dense) {
      parameters.add(new Tensor(name("weight"), Kind.WEIGHT, l, dense.weightOff(), dense.nIn(), n));
      parameters.add(new Tensor(name("bias"), Kind.BIAS, l, dense.biasOff(), 1, n));
      module += dense.activation() == Activation.IDENTITY ? 0 : 1;
    } else if (layer instanceof BatchNorm norm) {
      norm(l, n, norm.gammaOff(), norm.betaOff());
      state.add(new Tensor(name("running_mean"), Kind.STATE, l, norm.meanOff(), 1, n));
      state.add(new Tensor(name("running_var"), Kind.STATE, l, norm.varianceOff(), 1, n));
    } else if (layer instanceof LayerNorm norm) {
      norm(l, n, norm.gammaOff(), norm.betaOff());
    } else if (layer instanceof Normalization fixed) {
      state.add(new Tensor(name("shift"), Kind.STATE, l, fixed.shiftOff(), 1, n));
      state.add(new Tensor(name("scale"), Kind.STATE, l, fixed.scaleOff(), 1, n));
    }
    module++;
  }

  private void norm(int l, int n, int gammaOff, int betaOff) {
    parameters.add(new Tensor(name("weight"), Kind.NORM, l, gammaOff, 1, n));
    parameters.add(new Tensor(name("bias"), Kind.NORM, l, betaOff, 1, n));
  }

  private String name(String tensor) {
    return prefix + module + "." + tensor;
  }
}
