package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Scaling;
import io.lanewise.dataset.Streamed;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that scales targets gives a network of targets as they are. */
class TargetScalingTest {
  private static final int ROWS = 120;

  /** Two targets, of some 100,000 and of some 0.001. */
  private static Dataset rows() {
    Random random = new Random(4);
    float[] x = new float[ROWS * 2];
    float[] y = new float[ROWS * 2];
    for (int i = 0; i < ROWS; i++) {
      x[2 * i] = random.nextFloat() - 0.5f;
      x[2 * i + 1] = random.nextFloat() - 0.5f;
      y[2 * i] = 200_000 + 10_000 * x[2 * i];
      y[2 * i + 1] = 0.001f * x[2 * i + 1];
    }
    return Dataset.ofTargets(x, 2, y, 2);
  }

  private static Network network() {
    return Network.builder(2)
        .dense(8, Activation.TANH)
        .dense(2, Activation.IDENTITY)
        .seed(1)
        .build();
  }

  private static Trainer trainer(Network network) {
    return new Trainer(network)
        .optimizer(new Adam(0.02))
        .targetScaling(Scaling.STANDARD.fitTargets(rows()))
        .seed(2)
        .epochs(30);
  }

  @Test
  void theMetricsWhileItTrainsAreThoseOfTheNetworkAfterwards() {
    Dataset held = rows().slice(0, 40);
    Network network = network();
    Figure rmse = Figure.VALIDATION_ROOT_MEAN_SQUARED_ERROR;
    History history =
        trainer(network)
            .validation(held)
            .metrics(Metric.R2, Metric.MEAN_ABSOLUTE_ERROR)
            .earlyStopping(new EarlyStopping(rmse, 0, 0, true))
            .fit(rows());
    Evaluation after = Evaluation.of(network, held);
    History.Epoch best = history.epochs().get(history.bestEpoch() - 1);
    assertTrue(after.value(Metric.R2) > 0.9, () -> "R2 " + after.value(Metric.R2));
    assertEquals(after.value(Metric.R2), best.figure(Figure.VALIDATION_R2), 1e-4);
    assertEquals(1, best.figure(rmse) / after.value(Metric.ROOT_MEAN_SQUARED_ERROR), 1e-3);
    assertEquals(
        1,
        best.figure(Figure.VALIDATION_MEAN_ABSOLUTE_ERROR)
            / after.value(Metric.MEAN_ABSOLUTE_ERROR),
        1e-3);
    // The losses are of scaled targets: 2 is that of their means.
    assertTrue(history.epochs().getFirst().loss() < 4, () -> "" + history);
    assertTrue(best.validationLoss() < 0.2, () -> "" + history);
  }

  @Test
  void aStreamGivesTheSameBitsAndAStoppedTrainingTheSameUnit() throws IOException {
    Network one = network();
    trainer(one).shuffle(false).fit(rows());
    Network two = network();
    trainer(two).shuffle(false).fit(new Streamed(rows()));
    assertArrayEquals(one.parameters(), two.parameters());
    Scaling.Fit fit = Scaling.STANDARD.fitTargets(new Streamed(rows()));
    assertArrayEquals(Scaling.STANDARD.fitTargets(rows()).scale(), fit.scale());
    Network stopped = network();
    Training.Listener stop =
        new Training.Listener() {
          @Override
          public void onBatch(Training training) {
            training.stop();
          }
        };
    trainer(stopped).listener(stop).fit(rows());
    assertEquals(200_000, stopped.predict(new float[2], 1)[0], 10_000);
  }

  @Test
  void aResumedTrainingEndsWithTheSameBits(@TempDir Path folder) {
    Network whole = network();
    trainer(whole).fit(rows());
    trainer(network()).epochs(7).checkpoint(folder).fit(rows());
    Network resumed = network();
    trainer(resumed).checkpoint(folder).resume(true).fit(rows());
    assertArrayEquals(whole.parameters(), resumed.parameters());
    Trainer other = new Trainer(network()).optimizer(new Adam(0.02)).seed(2).epochs(30);
    other.checkpoint(folder).resume(true);
    String message =
        assertThrows(IllegalStateException.class, () -> other.fit(rows())).getMessage();
    assertTrue(message.contains("of scaled targets"), message);
  }

  @Test
  void aConstantTargetIsGivenItself() {
    Dataset data = Dataset.ofTargets(new float[] {1, 2, 3}, 1, new float[] {7, 7, 7}, 1);
    Scaling.Fit fit = Scaling.STANDARD.fitTargets(data);
    assertArrayEquals(new float[] {7}, fit.shift());
    assertArrayEquals(new float[] {0}, fit.scale());
    Network network = Network.builder(1).dense(1, Activation.IDENTITY).build();
    new Trainer(network).targetScaling(fit).fit(data);
    assertArrayEquals(new float[] {7, 7}, network.predict(new float[] {5, -1e6f}, 2));
  }

  @Test
  void itIsForALastLayerThatGivesTheTargets() {
    Scaling.Fit two = new Scaling.Fit(new float[2], new float[] {1, 1});
    for (Network network :
        new Network[] {
          Network.builder(2).dense(2, Activation.SIGMOID).build(),
          Network.builder(2).dense(3, Activation.IDENTITY).build(),
          Network.builder(2).dense(2, Activation.IDENTITY).layerNorm().build()
        }) {
      Trainer trainer = new Trainer(network);
      String message =
          assertThrows(IllegalArgumentException.class, () -> trainer.targetScaling(two))
              .getMessage();
      assertTrue(message.contains("fit: of 2 targets, wanted a last layer"), message);
    }
    Dataset labels = Dataset.ofLabels(new float[] {1, 2}, 1, new int[] {0, 1}, 2);
    assertThrows(IllegalStateException.class, () -> Scaling.STANDARD.fitTargets(labels));
  }
}
