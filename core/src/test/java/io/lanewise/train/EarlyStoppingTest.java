package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  @Test
  void betterIsByMoreThanTheDeltaInTheRightDirection() {
    EarlyStopping loss = new EarlyStopping(Figure.LOSS, 1, 0.5, true);
    assertTrue(loss.better(1, 2, 0.5));
    assertFalse(loss.better(1.5, 2, 0.5));
    assertFalse(loss.better(Double.NaN, 2, 0));
    assertTrue(loss.better(1, Double.POSITIVE_INFINITY, 0.5));
    EarlyStopping accuracy = new EarlyStopping(Figure.VALIDATION_ACCURACY, 1, 0, true);
    assertTrue(accuracy.better(0.6, 0.5, 0));
    assertFalse(accuracy.better(0.5, 0.5, 0));
    assertTrue(accuracy.figure().largerIsBetter());
    assertThrows(NullPointerException.class, () -> new EarlyStopping(null, 1, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(-1));
    assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(Figure.LOSS, 1, -1, true));
  }

  private static History.Epoch epoch(int number, double loss) {
    return new History.Epoch(number, loss, 0, 0, 0, 0, 0, Map.of());
  }

  @Test
  void patienceCountsEpochsInARowAndTheBestWeightsComeBack() {
    Network network = Clouds.network();
    BestWeights best = new BestWeights(new EarlyStopping(Figure.LOSS, 2, 0, true), network);
    double[] losses = {3, 2, 2.5, 1, 1, 1.5};
    for (int i = 0; i < losses.length; i++) {
      assertNull(best.givesUp(), "epoch " + i);
      network.parameters()[0] = i + 1;
      best.take(epoch(i + 1, losses[i]));
    }
    assertEquals("loss was no better for 2 epochs; its best is 1.0 in epoch 4", best.givesUp());
    assertEquals(4, best.restore());
    assertEquals(4, network.parameters()[0]);
  }

  @Test
  void theDeltaMayBeAShareOfWhatIsToBeBeaten() {
    EarlyStopping share = new EarlyStopping(Figure.LOSS, 3, 0.25, false, true);
    assertEquals(0.5, share.delta(2));
    // Of a figure less than 0, and of none yet.
    assertEquals(0.5, share.delta(-2));
    assertTrue(share.better(7, Double.POSITIVE_INFINITY, share.delta(Double.POSITIVE_INFINITY)));
    assertEquals(0.25, new EarlyStopping(Figure.LOSS, 3, 0.25, false).delta(2));
    BestWeights best = new BestWeights(share, Clouds.network());
    // Three no better than 8 by 2; then 4 is, and three no better than that by 1.
    double[] losses = {8, 6.5, 6.25, 4, 3.5, 3.25, 3};
    for (int i = 0; i < losses.length; i++) {
      assertNull(best.givesUp(), "epoch " + i);
      best.take(epoch(i + 1, losses[i]));
    }
    assertEquals("loss was no better for 3 epochs; its best is 3.0 in epoch 7", best.givesUp());
  }

  @Test
  void theLeastIsKeptThoughItIsBetterByLessThanTheDelta() {
    for (int patience : new int[] {0, 4}) {
      Network network = Clouds.network();
      BestWeights best =
          new BestWeights(new EarlyStopping(Figure.LOSS, patience, 0.5, true), network);
      double[] losses = {3, 2.8, 2.9, 2.7, 2.75};
      for (int i = 0; i < losses.length; i++) {
        assertNull(best.givesUp());
        network.parameters()[0] = i + 1;
        best.take(epoch(i + 1, losses[i]));
      }
      assertEquals(patience == 0, best.givesUp() == null, "the patience counts by the delta");
      assertEquals(4, best.restore());
      assertEquals(4, network.parameters()[0]);
    }
  }

  @Test
  void anUndefinedFigureIsRefusedBeforeTheFirstEpoch() {
    Dataset oneClass = Dataset.ofLabels(new float[8], 2, new int[4], 3);
    Trainer trainer =
        new Trainer(Clouds.network())
            .validation(oneClass)
            .earlyStopping(new EarlyStopping(Figure.VALIDATION_ROC_AUC, 2, 0, true));
    String message =
        assertThrows(IllegalArgumentException.class, () -> trainer.fit(Clouds.rows(30)))
            .getMessage();
    assertTrue(message.startsWith("to watch validation_roc_auc: it is undefined"), message);
  }

  @Test
  void theWeightsAreThoseOfTheBestEpochOfTheHistory() {
    Network network = Clouds.network();
    List<float[]> weights = new ArrayList<>();
    History history =
        trainer(network, 3)
            .listener(
                new Training.Listener() {
                  @Override
                  public void onEpoch(Training training, History.Epoch epoch) {
                    weights.add(training.network().parameters().clone());
                  }
                })
            .fit(Clouds.rows(30));
    assertTrue(history.epochs().size() < 100);
    assertEquals(history.epochs().size() - 3, history.bestEpoch());
    assertArrayEquals(weights.get(history.bestEpoch() - 1), network.parameters());
    for (History.Epoch epoch : history.epochs()) {
      assertTrue(
          epoch.validationLoss() >= history.epochs().get(history.bestEpoch() - 1).validationLoss());
    }
  }

  /** With wrong labels, so that what is learned soon makes it worse. */
  private static Dataset heldBack() {
    Dataset data = Clouds.rows(90).slice(30, 90);
    int[] labels = data.labels();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2 == 0 ? labels[i] : 2 - labels[i];
    }
    return data;
  }

  private static Trainer trainer(Network network, int patience) {
    return new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .optimizer(new Sgd(0.1))
        .batchSize(4)
        .epochs(100)
        .validation(heldBack())
        .earlyStopping(new EarlyStopping(patience));
  }

  @Test
  void aMetricIsTakenIntoTheHistoryAndStopsTheTraining() {
    Network network = Clouds.network();
    EarlyStopping rule = new EarlyStopping(Figure.VALIDATION_F1_MACRO, 3, 0, true);
    History history =
        trainer(network, 1)
            .earlyStopping(rule)
            .metrics(Metric.ROC_AUC, Metric.LOG_LOSS)
            .fit(Clouds.rows(30));
    assertTrue(history.epochs().size() < 100);
    assertEquals(history.epochs().size() - 3, history.bestEpoch());
    Dataset data = heldBack();
    Evaluation evaluation = Evaluation.of(network, data, ScalarKernels.INSTANCE);
    Map<Metric, Double> best = history.epochs().get(history.bestEpoch() - 1).metrics();
    assertEquals(3, best.size());
    for (Metric metric : best.keySet()) {
      assertEquals(evaluation.value(metric), best.get(metric), 1e-12, metric.toString());
    }
    String csv = history.toCsv();
    String first = csv.lines().findFirst().orElseThrow();
    assertTrue(
        first.endsWith(
            ",rows_per_second,validation_f1_macro,validation_roc_auc,validation_log_loss"),
        first);
    assertEquals(history.epochs(), History.parse(csv));
  }

  @Test
  void metricsDoNotChangeWhatIsTrained() {
    Network with = Clouds.network();
    Network without = Clouds.network();
    History more = trainer(with, 3).metrics(Metric.RECALL_MACRO).fit(Clouds.rows(30));
    History less = trainer(without, 3).fit(Clouds.rows(30));
    assertArrayEquals(without.parameters(), with.parameters());
    assertEquals(less.last().validationLoss(), more.last().validationLoss());
    assertTrue(more.last().figure(Figure.VALIDATION_RECALL_MACRO) > 0);
    assertTrue(Double.isNaN(less.last().figure(Figure.VALIDATION_RECALL_MACRO)));
  }

  /** What a schedule watches is taken, and decides: the F1 does not get better for long. */
  @Test
  void aScheduleMayWatchAMetric() {
    Trainer trainer =
        trainer(Clouds.network(), 3)
            .epochs(12)
            .schedule(new ReduceOnPlateau(0.5, 0).monitor(Figure.VALIDATION_F1_MACRO));
    History history = trainer.fit(Clouds.rows(30));
    assertEquals(Set.of(Metric.F1_MACRO), history.last().metrics().keySet());
    double best = Double.NEGATIVE_INFINITY;
    double rate = 0.1;
    for (History.Epoch epoch : history.epochs()) {
      assertEquals(rate, epoch.learningRate(), 1e-15);
      double f1 = epoch.figure(Figure.VALIDATION_F1_MACRO);
      rate *= f1 > best * (1 + 1e-4) || best < 0 ? 1 : 0.5;
      best = Math.max(best, f1);
    }
    assertTrue(rate < 0.1);
    Trainer none =
        new Trainer(Clouds.network())
            .schedule(new ReduceOnPlateau().monitor(Figure.VALIDATION_LOSS));
    var e = assertThrows(IllegalArgumentException.class, () -> none.fit(Clouds.rows(9)));
    assertEquals("to watch validation_loss needs a validation set", e.getMessage());
  }

  @Test
  void aMetricMustBeOfTheRowsThatThereAre() {
    Trainer none = new Trainer(Clouds.network()).metrics(Metric.F1_MACRO);
    var e = assertThrows(IllegalArgumentException.class, () -> none.fit(Clouds.rows(9)));
    assertEquals("metrics: f1-macro needs a validation set", e.getMessage());
    Trainer targets = trainer(Clouds.network(), 1).metrics(Metric.R2);
    e = assertThrows(IllegalArgumentException.class, () -> targets.fit(Clouds.rows(9)));
    assertEquals("metrics: r2 is of targets, the rows have labels", e.getMessage());
    assertTrue(Figure.VALIDATION_R2.largerIsBetter());
    assertFalse(Figure.VALIDATION_MEAN_ABSOLUTE_ERROR.largerIsBetter());
    assertFalse(Figure.VALIDATION_LOG_LOSS.largerIsBetter());
  }

  @Test
  void aFigureOfTheValidationNeedsOne() {
    Trainer trainer = new Trainer(Clouds.network()).earlyStopping(new EarlyStopping(1));
    var e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(Clouds.rows(9)));
    assertEquals("to watch validation_loss needs a validation set", e.getMessage());
  }
}
