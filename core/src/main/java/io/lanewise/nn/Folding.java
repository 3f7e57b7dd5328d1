package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the network for inference: dropout is left out, and a batch normalization that follows a
 * dense layer without an activation, and nothing else that takes that layer's output, becomes part
 * of its weights and biases. With s = gamma / sqrt(running variance + epsilon), column by column, W
 * s and (b - running mean) s + beta: computed in double, rounded once.
 */
final class Folding {
  private final Network network;
  private final LayerList list;
  // For each new layer the old one, and the normalizations that it takes in.
  private final List<Layer> origins = new ArrayList<>();
  private final List<List<BatchNorm>> folded = new ArrayList<>();
  private int begun = -1;

  Folding(Network network) {
    this.network = network;
    list = new LayerList(network.nIn());
  }

  Network fold() {
    int[] begins = new int[network.layers().size()];
    for (Layer layer : network.layers()) {
      if (layer instanceof ResidualAdd add) {
        begins[add.from() + 1]++;
      }
    }
    for (Layer layer : network.layers()) {
      for (int block = 0; block < begins[layer.index()]; block++) {
        list.beginBlock();
        begun = list.layers().size() - 1;
      }
      add(layer);
    }
    float[] parameters = new float[(int) list.parameterCount()];
    float[] state = new float[(int) list.stateCount()];
    for (Layer layer : list.layers()) {
      copy(origins.get(layer.index()), layer, parameters, state);
      for (BatchNorm norm : folded.get(layer.index())) {
        fold(norm, (Dense) layer, parameters);
      }
    }
    return network.with(list.layers(), parameters, state);
  }

  private void add(Layer layer) {
    int last = list.layers().size() - 1;
    if (layer instanceof Dense dense) {
      list.dense(dense.nOut(), dense.activation());
    } else if (layer instanceof ActivationLayer activate) {
      list.activation(activate.activation());
    } else if (layer instanceof BatchNorm norm) {
      // What a block begins from is also what is added to its output.
      if (last > begun
          && list.layers().get(last) instanceof Dense dense
          && dense.activation() == Activation.IDENTITY) {
        folded.get(last).add(norm);
      } else {
        list.batchNorm(norm.momentum(), norm.epsilon());
      }
    } else if (layer instanceof LayerNorm norm) {
      list.layerNorm(norm.epsilon());
    } else if (layer instanceof Normalization) {
      list.normalization();
    } else if (layer instanceof ResidualAdd) {
      list.endBlock();
    }
    if (list.layers().size() - 1 > last) {
      origins.add(layer);
      folded.add(new ArrayList<>());
    }
  }

  /** The two have the same shape, and their numbers each lie together. */
  private void copy(Layer from, Layer to, float[] parameters, float[] state) {
    int count = from.parameterCount();
    if (count > 0) {
      int off = parameterOff(from);
      System.arraycopy(network.parameters(), off, parameters, parameterOff(to), count);
    }
    if (from.stateCount() > 0) {
      int off = stateOff(from);
      System.arraycopy(network.state(), off, state, stateOff(to), from.stateCount());
    }
  }

  private static int parameterOff(Layer layer) {
    if (layer instanceof Dense dense) {
      return dense.weightOff();
    }
    return layer instanceof BatchNorm norm ? norm.gammaOff() : ((LayerNorm) layer).gammaOff();
  }

  private static int stateOff(Layer layer) {
    return layer instanceof BatchNorm norm ? norm.meanOff() : ((Normalization) layer).shiftOff();
  }

  private void fold(BatchNorm norm, Dense dense, float[] parameters) {
    float[] p = network.parameters();
    float[] state = network.state();
    int n = norm.n();
    for (int j = 0; j < n; j++) {
      double variance = (double) state[norm.varianceOff() + j] + norm.epsilon();
      double scale = p[norm.gammaOff() + j] / Math.sqrt(variance);
      for (int k = 0; k < dense.nIn(); k++) {
        int w = dense.weightOff() + k * n + j;
        parameters[w] = (float) (parameters[w] * scale);
      }
      int b = dense.biasOff() + j;
      double centred = (double) parameters[b] - state[norm.meanOff() + j];
      parameters[b] = (float) (centred * scale + p[norm.betaOff() + j]);
    }
  }
}
