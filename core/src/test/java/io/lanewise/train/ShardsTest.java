package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ShardsTest {
  @Test
  void aCutHasAllRowsInPiecesOfAboutOneSize() {
    for (int m = 0; m < 40; m++) {
      for (int shards = 1; shards < 12; shards++) {
        assertEquals(0, UpdateGradient.firstRow(m, shards, 0));
        assertEquals(m, UpdateGradient.firstRow(m, shards, shards));
        for (int s = 0; s < shards; s++) {
          int size =
              UpdateGradient.firstRow(m, shards, s + 1) - UpdateGradient.firstRow(m, shards, s);
          assertEquals(m / shards + (s < m % shards ? 1 : 0), size);
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> UpdateGradient.firstRow(-1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> UpdateGradient.firstRow(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> UpdateGradient.firstRow(1, 2, 3));
  }

  /** Those without a row take no time: there are 2^31 - 1 of them in each of 1,000 steps. */
  @Test
  void moreShardsThanRowsAreOneForEachRow() {
    Dataset data = Clouds.rows(61);
    float[][] parameters = new float[2][];
    int[] shards = {61, Integer.MAX_VALUE};
    for (int i = 0; i < 2; i++) {
      Network network = Clouds.network();
      Trainer trainer = new Trainer(network).kernels(ScalarKernels.INSTANCE).shards(shards[i]);
      trainer.batchSize(61).accumulate(Integer.MAX_VALUE / 61).epochs(1000).fit(data);
      parameters[i] = network.parameters();
    }
    assertArrayEquals(parameters[0], parameters[1]);
  }

  /** What workers elsewhere would do, each with its own workspace; the sum is in shard order. */
  @Test
  void shardsOnThreadsOfTheirOwnGiveTheBitsOfTheTrainer() throws Exception {
    Dataset data = Clouds.rows(23);
    for (int shards : new int[] {2, 3, 5, 30}) {
      Network alone = Clouds.network();
      new Trainer(alone)
          .kernels(ScalarKernels.INSTANCE)
          .optimizer(new Sgd(0.1))
          .batchSize(23)
          .shuffle(false)
          .shards(shards)
          .epochs(1)
          .fit(data);
      Network network = Clouds.network();
      float[] sum = sum(network, data, shards);
      new Sgd(0.1).begin(network.tensors()).step(ScalarKernels.INSTANCE, network.parameters(), sum);
      assertArrayEquals(network.parameters(), alone.parameters(), "shards " + shards);
    }
  }

  private static float[] sum(Network network, Dataset data, int shards) throws Exception {
    int m = data.rows();
    ExecutorService workers = Executors.newFixedThreadPool(3);
    List<Future<float[]>> results = new ArrayList<>();
    for (int s = shards - 1; s >= 0; s--) {
      int from = UpdateGradient.firstRow(m, shards, s);
      int count = UpdateGradient.firstRow(m, shards, s + 1) - from;
      if (count > 0) {
        results.add(0, workers.submit(() -> gradient(network, data, from, count)));
      }
    }
    float[] sum = null;
    for (Future<float[]> result : results) {
      float[] gradient = result.get();
      for (int i = 0; sum != null && i < sum.length; i++) {
        sum[i] += gradient[i];
      }
      sum = sum == null ? gradient : sum;
    }
    workers.shutdown();
    return sum;
  }

  private static float[] gradient(Network network, Dataset data, int from, int count) {
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, count);
    workspace.divideBy(workspace.divisor(data.rows(), data.asTargets(), 0));
    workspace.gradient(count, data.features(), from * 2, 2, data.labels(), from);
    return workspace.gradients();
  }

  @Test
  void batchesThatAreAccumulatedAreThoseShards() {
    // Batches of 8 and 8 rows, or shards of 8 and 8 of a batch of 16: the same sum.
    assertArrayEquals(trained(32, 8, 2, 1), trained(32, 16, 1, 2));
    // The last update has one batch of 2 rows: 34 = 16 + 16 + 2.
    float[] whole = trained(34, 16, 1, 1);
    float[] pieces = trained(34, 4, 4, 2);
    for (int i = 0; i < whole.length; i++) {
      assertEquals(whole[i], pieces[i], 1e-5);
    }
    assertTrue(!Arrays.equals(trained(34, 8, 1, 1), whole));
  }

  /** A mask is a function of step and row of the update: pieces draw what the whole draws. */
  @Test
  void whatIsDroppedDoesNotDependOnThePieces() {
    float[] whole = trained(dropout(), 36, 12, 1, 1);
    float[] pieces = trained(dropout(), 36, 6, 2, 3);
    for (int i = 0; i < whole.length; i++) {
      assertEquals(whole[i], pieces[i], 1e-5);
    }
    assertArrayEquals(trained(dropout(), 32, 8, 2, 1), trained(dropout(), 32, 16, 1, 2));
  }

  private static Network dropout() {
    return Network.builder(2)
        .dense(8, Activation.TANH)
        .dropout(0.4)
        .dense(3, Activation.SOFTMAX)
        .seed(1)
        .build();
  }

  private static float[] trained(int rows, int batchSize, int accumulate, int shards) {
    return trained(Clouds.network(), rows, batchSize, accumulate, shards);
  }

  private static float[] trained(
      Network network, int rows, int batchSize, int accumulate, int shards) {
    new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .batchSize(batchSize)
        .accumulate(accumulate)
        .shards(shards)
        .epochs(3)
        .fit(Clouds.rows(rows));
    return network.parameters();
  }
}
