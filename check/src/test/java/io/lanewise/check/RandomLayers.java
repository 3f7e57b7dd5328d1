package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import java.util.List;
import java.util.SplittableRandom;

/** Architectures at random, in their text, of all layers and blocks in blocks. */
final class RandomLayers {
  private static final String[] NORMS = {
    "batchnorm", "layernorm", "batchnorm:0.25:0.001", "layernorm:0.01"
  };
  private static final String[] OTHERS = {
    "dropout:0.25", "alphadropout:0.1", "dropout:0.7", "normalization"
  };

  private final SplittableRandom random;
  private final StringBuilder text = new StringBuilder();
  private int n;
  // Two norms in a row make gradients that cancel all but wholly.
  private boolean norm;

  private RandomLayers(SplittableRandom random) {
    this.random = random;
    n = size();
    text.append(n);
  }

  /** Returns inputs and layers; each layer has 3 values a row or more. */
  static String text(SplittableRandom random) {
    RandomLayers layers = new RandomLayers(random);
    layers.pieces(1 + random.nextInt(4), 2);
    layers.dense();
    return layers.text.toString();
  }

  private void pieces(int count, int depth) {
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(depth > 0 ? 6 : 5)) {
        case 0, 1 -> dense();
        case 2 -> {
          if (!norm) {
            add(NORMS[random.nextInt(NORMS.length)]);
            norm = true;
          }
        }
        case 3 -> add(OTHERS[random.nextInt(OTHERS.length)]);
        case 4 -> add(activation());
        default -> block(depth - 1);
      }
    }
  }

  private void block(int depth) {
    int before = n;
    boolean after = norm;
    add("[");
    pieces(1 + random.nextInt(3), depth);
    n = before;
    add(before + (random.nextBoolean() ? ":" + activation() : ""));
    norm = after;
    add("]");
  }

  private void dense() {
    n = size();
    add(n + (random.nextBoolean() ? ":" + activation() : ""));
    norm = false;
  }

  private int size() {
    return 3 + random.nextInt(9);
  }

  private String activation() {
    List<Activation> all = GradientCheckTest.activations();
    return all.get(random.nextInt(all.size())).toString();
  }

  private void add(String word) {
    text.append(' ').append(word);
  }

  /** No gamma of 1, no beta, bias or shift of 0, no running variance of 1 but all positive. */
  static void unusual(Network network) {
    RandomStream random = new RandomStream(11, RandomStream.Purpose.DATA);
    for (Tensor tensor : network.tensors()) {
      for (int i = tensor.off(); i < tensor.off() + tensor.count() && tensor.rows() == 1; i++) {
        network.parameters()[i] += (float) (0.4 * random.nextDouble() - 0.2);
      }
    }
    for (int i = 0; i < network.state().length; i++) {
      network.state()[i] += (float) (0.4 * random.nextDouble() - 0.2);
    }
    for (Layer layer : network.layers()) {
      if (layer instanceof BatchNorm norm) {
        for (int j = norm.varianceOff(); j < norm.varianceOff() + norm.n(); j++) {
          network.state()[j] = Math.abs(network.state()[j]);
        }
      }
    }
  }
}
