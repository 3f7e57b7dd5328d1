package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Network;

/** Small data and a small network, for tests of the loop. */
final class Clouds {
  private Clouds() {}

  /** Three clouds of deviation 0.5 round corners of a triangle with sides of 4 and more. */
  static Dataset rows(int rows) {
    RandomStream random = new RandomStream(12, RandomStream.Purpose.DATA);
    float[] x = new float[rows * 2];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 3;
      x[2 * i] = (float) ((labels[i] - 1) * 2 + 0.5 * random.nextGaussian());
      x[2 * i + 1] = (float) ((labels[i] == 1 ? 4 : 0) + 0.5 * random.nextGaussian());
    }
    return Dataset.ofLabels(x, 2, labels, 3);
  }

  static Network network() {
    return Network.builder(2)
        .dense(8, Activation.TANH)
        .dense(3, Activation.SOFTMAX)
        .seed(1)
        .build();
  }
}
