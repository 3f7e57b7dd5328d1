package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static Dataset xor() {
    return Dataset.ofLabels(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 2, new int[] {0, 1, 1, 0}, 2);
  }

  /** Three clouds of deviation 0.5 round corners of a triangle with sides of 4 and more. */
  private static Dataset blobs(int rows) {
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

  private static Network network() {
    return Network.builder(2)
        .dense(8, Activation.TANH)
        .dense(3, Activation.SOFTMAX)
        .seed(1)
        .build();
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
    Network network = network();
    Dataset data = blobs(300);
    History history =
        trainer(network)
            .optimizer(new Sgd(0.1))
            .batchSize(16)
            .epochs(20)
            .validation(data.slice(200, 300))
            .fit(data.slice(0, 200));
    assertTrue(history.last().validationAccuracy() >= 0.98);
    Metrics metrics = Metrics.evaluate(network, data.slice(200, 300), ScalarKernels.INSTANCE);
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
    Network network = network();
    trainer(network).batchSize(7).epochs(3).seed(seed).fit(blobs(50));
    return network.parameters();
  }

  @Test
  void theLastBatchHasTheRestOfTheRows() {
    List<String> calls = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onBatch(Training training) {
            calls.add(training.epoch() + ":" + training.rowsDone());
          }

          @Override
          public void onEpoch(Training training, History.Epoch epoch) {
            calls.add("epoch " + epoch.epoch());
          }
        };
    trainer(network()).batchSize(4).epochs(2).listener(listener).fit(blobs(10));
    assertEquals(List.of("1:4", "1:8", "1:10", "epoch 1", "2:4", "2:8", "2:10", "epoch 2"), calls);
  }

  @Test
  void nanStopsAndSaysWhere() {
    float[] x = new float[10];
    x[8] = Float.NaN;
    Dataset data = Dataset.ofLabels(x, 2, new int[5], 3);
    Trainer trainer = trainer(network()).batchSize(2).shuffle(false);
    var e = assertThrows(NonFiniteException.class, () -> trainer.fit(data));
    assertEquals("NaN in the features", e.place());
    assertEquals(1, e.epoch());
    assertEquals(3, e.step());
  }

  @Test
  void namesABadArgument() {
    Trainer trainer = trainer(network());
    assertThrows(IllegalArgumentException.class, () -> trainer.batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> trainer.epochs(0));
    assertThrows(NullPointerException.class, () -> trainer.optimizer(null));
    assertThrows(IllegalArgumentException.class, () -> trainer.fit(blobs(3).slice(0, 0)));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> trainer.fit(Dataset.ofLabels(new float[9], 3, new int[3], 3)));
    assertEquals("data has 3 features a row, the network takes 2", e.getMessage());
  }
}
