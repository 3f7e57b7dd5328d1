package io.lanewise.nn;

import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network.Tensor;
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

  Folding(Network network) {
    this.network = network;
    list = new LayerList(network.nIn());
  }

  Network fold() {
    for (Layer layer : network.layers()) {
      for (ResidualAdd _ : network.blocksFrom(layer.index())) {
        list.beginBlock();
      }
      add(layer);
    }
    float[] parameters = new float[list.parameterCount()];
    float[] state = new float[list.stateCount()];
    for (Layer layer : list.layers()) {
      copy(origins.get(layer.index()), layer, parameters, state);
      for (BatchNorm norm : folded.get(layer.index())) {
        fold(norm, (Dense) layer, parameters);
      }
    }
    return network.with(list.layers(), parameters, state);
  }

  private void add(Layer layer) {
    int before = list.layers().size();
    switch (layer) {
      case Dropout _ -> {}
      case ActivationLayer f -> list.activation(f.activation());
      case ResidualAdd _ -> list.endBlock();
      case BatchNorm norm when list.endsPlainDense() -> folded.getLast().add(norm);
      case BatchNorm _, Dense _, LayerNorm _, Normalization _ -> list.add(layer);
    }
    if (list.layers().size() > before) {
      origins.add(layer);
      folded.add(new ArrayList<>());
    }
  }

  private void copy(Layer from, Layer to, float[] parameters, float[] state) {
    for (int i = 0; i < from.tensors().size(); i++) {
      Tensor tensor = from.tensors().get(i);
      boolean trained = tensor.isParameter();
      float[] source = trained ? network.parameters() : network.state();
      float[] target = trained ? parameters : state;
      int off = to.tensors().get(i).off();
      System.arraycopy(source, tensor.off(), target, off, tensor.count());
    }
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
