package io.lanewise.nn;

import io.lanewise.kernel.Activation;
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
   * Running means 0 and variances 1, and the constants of the normalizations.
   *
   * @param constants shift and scale by the layer's index, where they are not 0 and 1
   */
  void state(Map<Integer, float[][]> constants) {
    float[] state = network.state();
    for (Layer layer : layers) {
      if (layer instanceof BatchNorm norm) {
        Arrays.fill(state, norm.varianceOff(), norm.varianceOff() + norm.n(), 1f);
      } else if (layer instanceof Normalization fixed) {
        float[][] both = constants.get(fixed.index());
        if (both == null) {
          Arrays.fill(state, fixed.scaleOff(), fixed.scaleOff() + fixed.n(), 1f);
        } else {
          System.arraycopy(both[0], 0, state, fixed.shiftOff(), fixed.n());
          System.arraycopy(both[1], 0, state, fixed.scaleOff(), fixed.n());
        }
      }
    }
  }

  /**
   * Weights from their distributions, gammas 1, biases and betas 0.
   *
   * @param initializers by the layer's index, where the layer has its own
   * @param common of the others; null for what suits each
   */
  void parameters(Map<Integer, Initializer> initializers, Initializer common, long seed) {
    float[] parameters = network.parameters();
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.WEIGHTS);
    for (Layer layer : layers) {
      if (layer instanceof Dense dense) {
        Initializer given = initializers.getOrDefault(dense.index(), common);
        Initializer chosen = given != null ? given : Initializer.of(activationAfter(dense));
        chosen.fill(parameters, dense.weightOff(), dense.nIn(), dense.nOut(), random);
      } else if (layer instanceof BatchNorm norm) {
        Arrays.fill(parameters, norm.gammaOff(), norm.gammaOff() + norm.n(), 1f);
      } else if (layer instanceof LayerNorm norm) {
        Arrays.fill(parameters, norm.gammaOff(), norm.gammaOff() + norm.n(), 1f);
      }
    }
  }

  /** The activation that the outputs come to before a sum or another dense layer. */
  private Activation activationAfter(Dense dense) {
    int l = dense.index();
    while (layers.get(l).activation() == Activation.IDENTITY
        && l + 1 < layers.size()
        && !(layers.get(l + 1) instanceof Dense)
        && !(layers.get(l + 1) instanceof ResidualAdd)) {
      l++;
    }
    return layers.get(l).activation();
  }
}
