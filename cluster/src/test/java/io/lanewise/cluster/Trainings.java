package io.lanewise.cluster;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import io.lanewise.optim.AdamW;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Trainer;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/** Trainings that any worker makes the same. */
final class Trainings {
  // More than one chunk of parameters, and a state.
  private static final String LAYERS =
      "20 300 batchnorm relu dropout:0.3 120 batchnorm tanh 5:softmax";

  private Trainings() {}

  static Network network() {
    return Architecture.parse(LAYERS).seed(4).build();
  }

  static Dataset rows() {
    Random random = new Random(7);
    int rows = 230;
    float[] x = new float[rows * 20];
    int[] labels = new int[rows];
    float[] weights = new float[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = random.nextInt(5);
      weights[i] = 0.5f + random.nextFloat();
      for (int j = 0; j < 20; j++) {
        x[i * 20 + j] = (float) random.nextGaussian() + (j % 5 == labels[i] ? 1 : 0);
      }
    }
    return Dataset.ofLabels(x, 20, labels, 5).withWeights(weights);
  }

  /** Two micro-batches an update, clipped, with validation, and the best weights at the end. */
  static Trainer trainer(Network network, int shards) {
    return new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .optimizer(new AdamW(1e-2).clipNorm(1))
        .batchSize(30)
        .accumulate(2)
        .epochs(2)
        .dropLast(true)
        .seed(3)
        .shards(shards)
        .validationSplit(0.1)
        .earlyStopping(new EarlyStopping(3));
  }

  static String hash(Network network) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (float[] values : new float[][] {network.parameters(), network.state()}) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String alone(int shards) {
    Network network = network();
    trainer(network, shards).fit(rows());
    return hash(network);
  }
}
