package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.optim.Sgd;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights of rows, and rows that do not count, through the training loop. */
class WeightedTrainingTest {
  private static final int ROWS = 24;
  private static final int NONE = Loss.Options.IGNORED_INDEX;

  private static Dataset data() {
    RandomStream random = new RandomStream(8, RandomStream.Purpose.DATA);
    float[] x = new float[ROWS * 2];
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = (float) random.nextGaussian();
      labels[i] = x[2 * i] > 0.3f ? 2 : x[2 * i + 1] > 0 ? 1 : 0;
    }
    return Dataset.ofLabels(x, 2, labels, 3);
  }

  private static Network network(Reduction reduction) {
    return Network.builder(2)
        .dense(4, Activation.TANH)
        .dense(3, Activation.SOFTMAX)
        .reduction(reduction)
        .seed(1)
        .build();
  }

  /** The parameters after two epochs of batches of that size. */
  private static float[] trained(Dataset data, Reduction reduction, int batch, int k, int shards) {
    Network network = network(reduction);
    new Trainer(network)
        .optimizer(new Sgd(0.05))
        .kernels(ScalarKernels.INSTANCE)
        .batchSize(batch)
        .accumulate(k)
        .shards(shards)
        .shuffle(false)
        .epochs(2)
        .fit(data);
    return network.parameters();
  }

  /** A row of weight 2 is that row twice, where a mean is by weights or there is only a sum. */
  @ParameterizedTest
  @EnumSource(names = {"WEIGHTED_MEAN", "SUM"})
  void aWeightIsHowOftenARowIsThere(Reduction reduction) {
    Dataset data = data();
    float[] weights = new float[ROWS];
    Arrays.fill(weights, 1f);
    weights[3] = 2;
    weights[7] = 0;
    float[] x = new float[ROWS * 2];
    int[] labels = new int[ROWS];
    int rows = 0;
    for (int i = 0; i < ROWS; i++) {
      for (int copy = 0; copy < weights[i]; copy++) {
        System.arraycopy(data.features(), 2 * i, x, 2 * rows, 2);
        labels[rows++] = data.labels()[i];
      }
    }
    assertEquals(ROWS, rows);
    assertArrayEquals(
        trained(Dataset.ofLabels(x, 2, labels, 3), reduction, ROWS, 1, 1),
        trained(data.withWeights(weights), reduction, ROWS, 1, 1),
        1e-6f);
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatDoNotCountMightBeAway(Reduction reduction) {
    Dataset data = data();
    float[] x = Arrays.copyOf(data.features(), (ROWS + 6) * 2);
    int[] labels = Arrays.copyOf(data.labels(), ROWS + 6);
    Arrays.fill(labels, ROWS, ROWS + 6, NONE);
    Dataset more = Dataset.ofLabels(x, 2, labels, 3);
    assertArrayEquals(
        trained(data, reduction, ROWS, 1, 1), trained(more, reduction, ROWS + 6, 1, 1), 1e-6f);
    Evaluation with = Evaluation.of(network(reduction), more, ScalarKernels.INSTANCE);
    Evaluation without = Evaluation.of(network(reduction), data, ScalarKernels.INSTANCE);
    assertEquals(without.accuracy(), with.accuracy());
    assertEquals(ROWS + 6, with.rows());
  }

  /** What a mean divides by is known only when all pieces of an update are read. */
  @ParameterizedTest
  @EnumSource
  void piecesOfAnUpdateAreOneBatch(Reduction reduction) {
    Dataset data = data();
    data.labels()[1] = NONE;
    data.labels()[20] = NONE;
    float[] weights = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      weights[i] = i % 4 * 0.5f;
    }
    Dataset weighted = data.withWeights(weights);
    float[] whole = trained(weighted, reduction, ROWS, 1, 1);
    assertArrayEquals(whole, trained(weighted, reduction, ROWS, 1, 3), 1e-6f);
    assertArrayEquals(whole, trained(weighted, reduction, 8, 3, 2), 1e-6f);
  }

  @Test
  void theLossOfAnEpochIsByWeights() {
    Dataset data = data();
    float[] weights = new float[ROWS];
    weights[5] = 4;
    Network network = network(Reduction.WEIGHTED_MEAN);
    History history =
        new Trainer(network)
            .optimizer(new Sgd(0))
            .kernels(ScalarKernels.INSTANCE)
            .batchSize(5)
            .epochs(1)
            .fit(data.withWeights(weights));
    Dataset one = data.slice(5, 6);
    double loss = Evaluation.of(network, one, ScalarKernels.INSTANCE).loss();
    assertEquals(loss, history.last().loss(), 1e-6);
    Evaluation metrics = Evaluation.of(network, data.withWeights(weights), ScalarKernels.INSTANCE);
    assertEquals(loss, metrics.loss(), 1e-6);
    assertTrue(metrics.accuracy() == 0 || metrics.accuracy() == 1);
  }
}
