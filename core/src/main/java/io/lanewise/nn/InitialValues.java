package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.math.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the numbers of a new network are. */
final class InitialValues {
  private final Network network;
  private final List<Layer> layers;

  InitialValues(Network network) {
    this.network = network;
    layers = network.layers();
  }

  /**
   * What the tensors of the state say, and the constants of the normalizations.
   *
   * @param normalizations shift and scale by the layer's index, where they are not 0 and 1
   */
  void state(Map<Integer, float[][]> normalizations) {
    network.stateTensors().forEach(tensor -> fill(tensor, network.state()));
    normalizations.forEach(
        (index, both) -> {
          List<Tensor> tensors = layers.get(index).tensors();
          for (int i = 0; i < both.length; i++) {
            int off = tensors.get(i).off();
            System.arraycopy(both[i], 0, network.state(), off, both[i].length);
          }
        });
  }

  private static void fill(Tensor tensor, float[] values) {
    Arrays.fill(values, tensor.off(), tensor.off() + tensor.count(), tensor.initial());
  }

  /**
   * Weights from their distributions, the other parameters as their tensors say.
   *
   * @param initializers by the layer's index, where the layer has its own
   * @param common of the others; null for what suits each
   */
  void parameters(Map<Integer, Initializer> initializers, Initializer common, long seed) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.WEIGHTS);
    float[] parameters = network.parameters();
    for (Tensor tensor : network.tensors()) {
      if (tensor.kind() != Tensor.Kind.WEIGHT) {
        fill(tensor, parameters);
        continue;
      }
      int l = tensor.layer();
      Initializer given = initializers.getOrDefault(l, common);
      Initializer chosen = given != null ? given : Initializer.of(activationAfter(l));
      chosen.fill(parameters, tensor.off(), tensor.rows(), tensor.columns(), random);
    }
  }

  /** The activation that the outputs come to before a sum or other weights. */
  private Activation activationAfter(int layer) {
    int l = layer;
    while (layers.get(l).activation() == Activation.IDENTITY
        && l + 1 < layers.size()
        && !layers.get(l + 1).hasWeights()
        && !(layers.get(l + 1) instanceof ResidualAdd)) {
      l++;
    }
    return layers.get(l).activation();
  }
}
