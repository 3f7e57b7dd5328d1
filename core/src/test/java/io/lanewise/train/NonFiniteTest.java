package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.optim.Sgd;
import io.lanewise.train.Training.NonFiniteException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A NaN or an infinity is found where it is made first. */
class NonFiniteTest {
  private static NonFiniteException fit(Trainer trainer, RowSource data) {
    return assertThrows(
        NonFiniteException.class,
        () -> trainer.kernels(ScalarKernels.INSTANCE).shuffle(false).fit(data));
  }

  @Test
  void inTheData() {
    float[] x = new float[20];
    x[16] = Float.NaN;
    Dataset data = Dataset.ofLabels(x, 2, new int[10], 3);
    var e = fit(new Trainer(Clouds.network()).batchSize(3).shards(2), data);
    assertEquals("NaN in the features", e.place());
    assertEquals(1, e.epoch());
    assertEquals(3, e.step());
    assertTrue(e.getMessage().startsWith("the loss is NaN in epoch 1, step 3;"), e.getMessage());
  }

  @Test
  void inTheInitialWeights() {
    Network network = Clouds.network();
    network.parameters()[network.parameters().length - 1] = Float.POSITIVE_INFINITY;
    var e = fit(new Trainer(network), Clouds.rows(9));
    assertEquals("Infinity in 2.bias of layer 1 (8 to 3, softmax)", e.place());
    assertEquals(0, e.step());
  }

  @Test
  void byAnUpdate() {
    Dataset data = Dataset.ofLabels(new float[12], 2, new int[6], 3);
    for (int batchSize : new int[] {3, 6}) {
      Network network =
          Network.builder(2).dense(3, Activation.SOFTMAX).reduction(Reduction.SUM).zeros().build();
      var e = fit(new Trainer(network).optimizer(new Sgd(3e38)).batchSize(batchSize), data);
      assertEquals("Infinity in 0.bias of layer 0 (2 to 3, softmax)", e.place());
      assertEquals(1, e.step(), "found by the next step, or at the end of the epoch");
      assertEquals(1, e.epoch());
    }
  }

  @Test
  void inTheOutputOfALayer() {
    Network network =
        Network.builder(2).dense(2, Activation.RELU).dense(3, Activation.SOFTMAX).zeros().build();
    Arrays.fill(network.parameters(), 0, 4, 1e30f);
    float[] x = {1, 1, 1e20f, 1};
    var e = fit(new Trainer(network).batchSize(1), Dataset.ofLabels(x, 2, new int[2], 3));
    assertEquals("Infinity in the output of layer 0 (2 to 2, relu)", e.place());
    assertEquals(2, e.step());
  }

  @Test
  void inTheLossAlone() {
    Network network =
        Network.builder(1)
            .dense(1, Activation.IDENTITY)
            .loss(Loss.MEAN_SQUARED_ERROR)
            .zeros()
            .build();
    var e = fit(new Trainer(network), Dataset.ofTargets(new float[1], 1, new float[] {1e30f}, 1));
    assertEquals("Infinity in the loss", e.place());
  }

  @Test
  void inTheGradientAlone() {
    Network network =
        Network.builder(1).dense(3, Activation.SOFTMAX).reduction(Reduction.SUM).zeros().build();
    float[] x = new float[9];
    Arrays.fill(x, 1e38f);
    var e = fit(new Trainer(network), Dataset.ofLabels(x, 1, new int[9], 3));
    assertEquals("-Infinity in the gradient of 0.weight of layer 0 (1 to 3, softmax)", e.place());
    assertTrue(e.getMessage().startsWith("the gradient is not finite in epoch 1, step 1;"));
  }
}
