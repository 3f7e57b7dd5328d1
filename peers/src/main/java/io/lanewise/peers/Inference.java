package io.lanewise.peers;

import io.lanewise.check.Reference;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** The probabilities of a network with ReLU and softmax, for some rows. */
final class Inference implements Task {
  /** Probabilities are near 0.1; the worst that was seen is 4e-7. */
  private static final double TOLERANCE = 3e-6;

  final int[] sizes;
  final int rows;
  final float[] x;

  Inference(int rows, int... sizes) {
    this.rows = rows;
    this.sizes = sizes;
    x = Product.uniform(new SplittableRandom(2), rows * sizes[0]);
  }

  static List<Task> all() {
    return List.of(new Inference(128, 784, 512, 512, 10), new Inference(1, 784, 512, 512, 10));
  }

  static String sizes(int... sizes) {
    return Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining("-"));
  }

  /** The same network at each call; its biases are not 0, so that one left out is seen. */
  static Network network(int... sizes) {
    NetworkBuilder builder = Network.builder(sizes[0]).seed(1);
    for (int l = 1; l < sizes.length; l++) {
      builder.dense(sizes[l], l < sizes.length - 1 ? Activation.RELU : Activation.SOFTMAX);
    }
    Network network = builder.build();
    SplittableRandom random = new SplittableRandom(3);
    for (Dense layer : DenseLayers.of(network)) {
      for (int j = 0; j < layer.nOut(); j++) {
        network.parameters()[layer.biasOff() + j] = (float) random.nextDouble(-0.1, 0.1);
      }
    }
    return network;
  }

  Network network() {
    return network(sizes);
  }

  @Override
  public String name() {
    return sizes(sizes) + " rows " + rows;
  }

  @Override
  public double operations() {
    double sum = 0;
    for (int l = 1; l < sizes.length; l++) {
      sum += 2.0 * rows * sizes[l - 1] * sizes[l];
    }
    return sum;
  }

  @Override
  public int runs() {
    return 1;
  }

  @Override
  public void check(float[] y) {
    Reference reference = Reference.of(network());
    reference.batch(x, rows, new int[rows]);
    reference.loss();
    double[] wanted = reference.outputs(sizes.length - 2);
    for (int i = 0; i < wanted.length; i++) {
      if (!(Math.abs(y[i] - wanted[i]) <= TOLERANCE)) {
        throw new IllegalStateException(
            String.format(Locale.ROOT, "y[%d] is %s, not %s", i, y[i], wanted[i]));
      }
    }
  }
}
