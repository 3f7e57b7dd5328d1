package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.optim.Sgd;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static Dataset xor() {
    return Dataset.ofLabels(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 2, new int[] {0, 1, 1, 0}, 2);
  }

  private static Trainer trainer(Network network) {
    return new Trainer(network).kernels(ScalarKernels.INSTANCE);
  }

  @Test
  void learnsXorWithOneOutput() {
    Network network =
        Network.builder(2).dense(8, Activation.TANH).dense(1, Activation.SIGMOID).seed(1).build();
    History history =
        trainer(network).optimizer(new Adam(0.05)).batchSize(4).epochs(200).fit(xor());
    assertEquals(1.0, history.last().accuracy());
    assertTrue(history.last().loss() < 0.05, "loss " + history.last().loss());
    assertTrue(history.last().loss() < history.epochs().get(0).loss());
    assertEquals(200, history.epochs().size());
    assertTrue(Double.isNaN(history.last().validationLoss()));
  }

  @Test
  void learnsBlobsBySgdAndReportsTheValidation() {
    Network network = Clouds.network();
    Dataset data = Clouds.rows(300);
    History history =
        trainer(network)
            .optimizer(new Sgd(0.1))
            .batchSize(16)
            .epochs(20)
            .validation(data.slice(200, 300))
            .fit(data.slice(0, 200));
    assertTrue(history.last().validationAccuracy() >= 0.98);
    Evaluation metrics = Evaluation.of(network, data.slice(200, 300), ScalarKernels.INSTANCE);
    assertEquals(metrics.accuracy(), history.last().validationAccuracy());
    assertEquals(metrics.loss(), history.last().validationLoss(), 1e-6);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    float[] first = trained(3);
    assertArrayEquals(first, trained(3));
    boolean same = java.util.Arrays.equals(first, trained(4));
    assertEquals(false, same);
  }

  private static float[] trained(long seed) {
    Network network = Clouds.network();
    trainer(network).batchSize(7).epochs(3).seed(seed).fit(Clouds.rows(50));
    return network.parameters();
  }

  @Test
  void namesABadArgument() {
    Trainer trainer = trainer(Clouds.network());
    assertThrows(IllegalArgumentException.class, () -> trainer.batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> trainer.epochs(0));
    assertThrows(NullPointerException.class, () -> trainer.optimizer(null));
    assertThrows(IllegalArgumentException.class, () -> trainer.fit(Clouds.rows(3).slice(0, 0)));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> trainer.fit(Dataset.ofLabels(new float[9], 3, new int[3], 3)));
    assertEquals("data has 3 features a row, the network takes 2", e.getMessage());
  }

  /**
   * Optimizer and schedule are settings: the moments and the rate of one fit are not the next's.
   */
  @Test
  void everyFitBeginsAnew() {
    Network network = Clouds.network();
    Trainer trainer =
        trainer(network).optimizer(new Adam(0.05)).schedule(new ReduceOnPlateau(0.5, 0)).epochs(6);
    float[] start = network.parameters().clone();
    trainer.fit(Clouds.rows(30));
    float[] first = network.parameters().clone();
    System.arraycopy(start, 0, network.parameters(), 0, start.length);
    trainer.fit(Clouds.rows(30));
    assertArrayEquals(first, network.parameters());
  }
}
