package io.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;

  /** The outputs are the features, or what the activation makes of them. */
  private static Network identity(int n, Activation output, Loss loss) {
    Network network = Network.builder(n).dense(n, output).loss(loss).zeros().build();
    for (int j = 0; j < n; j++) {
      network.parameters()[j * n + j] = 1;
    }
    return network;
  }

  @Test
  void ofTwoClassesHasLogLossAndRocAuc() {
    float[] x = {2, 0, 0, 1, 1, 0, 0, 3};
    Dataset data = Dataset.ofLabels(x, 2, new int[] {0, 1, 1, 1}, 2);
    double logLoss =
        (Math.log1p(Math.exp(-2))
                + Math.log1p(Math.exp(-1))
                + Math.log1p(Math.exp(1))
                + Math.log1p(Math.exp(-3)))
            / 4;
    // Softmax, and logits that the loss makes a softmax of: the same.
    for (Activation output : new Activation[] {Activation.SOFTMAX, Activation.IDENTITY}) {
      Evaluation evaluation = Evaluation.of(identity(2, output, Loss.CROSS_ENTROPY), data, SCALAR);
      assertEquals(0.75, evaluation.accuracy());
      assertEquals(logLoss, evaluation.value(Metric.LOG_LOSS), 1e-6);
      assertEquals(logLoss, evaluation.loss(), 1e-6);
      assertEquals(1, evaluation.value(Metric.ROC_AUC));
      assertEquals(Double.NaN, evaluation.value(Metric.R2));
    }
    // Outputs that are no probabilities have an order, but no log loss.
    Evaluation squared =
        Evaluation.of(identity(2, Activation.IDENTITY, Loss.MEAN_SQUARED_ERROR), data, SCALAR);
    assertEquals(Double.NaN, squared.value(Metric.LOG_LOSS));
    assertEquals(5 / 6.0, squared.value(Metric.ROC_AUC), 1e-12);
  }

  @Test
  void aSingleOutputIsThatOfClassOne() {
    Dataset data = Dataset.ofLabels(new float[] {-1, 2, -3, 1}, 1, new int[] {0, 1, 0, 0}, 2);
    double logLoss =
        (Math.log1p(Math.exp(-1))
                + Math.log1p(Math.exp(-2))
                + Math.log1p(Math.exp(-3))
                + Math.log1p(Math.exp(1)))
            / 4;
    for (Activation output : new Activation[] {Activation.SIGMOID, Activation.IDENTITY}) {
      Evaluation evaluation =
          Evaluation.of(identity(1, output, Loss.BINARY_CROSS_ENTROPY), data, SCALAR);
      assertEquals(logLoss, evaluation.value(Metric.LOG_LOSS), 1e-6);
      assertEquals(1, evaluation.value(Metric.ROC_AUC));
      assertEquals(0.75, evaluation.accuracy());
    }
  }

  @Test
  void rowsThatDoNotCountAndMissingClassesAreLeftOut() {
    float[] x = {3, 0, 0, 0, 3, 0, 0, 0, 3, 9, 9, 9};
    Network network = identity(3, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    int[] labels = {0, 1, 2, Loss.Options.IGNORED_INDEX};
    Evaluation evaluation = Evaluation.of(network, Dataset.ofLabels(x, 3, labels, 3), SCALAR);
    assertEquals(1, evaluation.accuracy());
    assertEquals(1, evaluation.value(Metric.ROC_AUC));
    assertEquals(1, evaluation.confusion().support(2));
    Evaluation missing =
        Evaluation.of(network, Dataset.ofLabels(x, 3, new int[] {0, 1, 1, 0}, 3), SCALAR);
    assertEquals(Double.NaN, missing.value(Metric.ROC_AUC));
    int none = Loss.Options.IGNORED_INDEX;
    Evaluation nothing =
        Evaluation.of(
            network, Dataset.ofLabels(x, 3, new int[] {none, none, none, none}, 3), SCALAR);
    assertEquals(Double.NaN, nothing.value(Metric.LOG_LOSS));
    assertEquals(Double.NaN, nothing.accuracy());
  }

  /** Scores of many classes do not go into memory at once: what is left out is computed again. */
  @Test
  void aFewColumnsAtATimeGiveTheSameBits() {
    Random random = new Random(4);
    int rows = 23;
    int classes = 7;
    float[] x = new float[rows * classes];
    int[] labels = new int[rows];
    float[] weights = new float[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i < 2 ? Loss.Options.IGNORED_INDEX : i % classes;
      weights[i] = random.nextFloat();
      for (int c = 0; c < classes; c++) {
        x[i * classes + c] = (float) random.nextGaussian() + (c == labels[i] ? 1 : 0);
      }
    }
    Network network = identity(classes, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    Dataset data = Dataset.ofLabels(x, classes, labels, classes).withWeights(weights);
    Evaluation whole = Evaluation.of(network, data, SCALAR);
    float[] p = network.predict(x, rows, SCALAR);
    int[] own = Arrays.copyOfRange(labels, 2, rows);
    p = Arrays.copyOfRange(p, 2 * classes, p.length);
    float[] w = Arrays.copyOfRange(weights, 2, rows);
    assertEquals(
        Metric.rocAuc(own, p, classes, Confusion.Average.MACRO, w), whole.value(Metric.ROC_AUC));
    assertEquals(Metric.logLoss(own, p, classes, w), whole.value(Metric.LOG_LOSS));
    for (int room : new int[] {1, 2 * rows, 3 * rows, 6 * rows + 5, 7 * rows}) {
      Workspace workspace = new Workspace(network, SCALAR, 5);
      Outputs outputs = new Outputs(workspace, data, room);
      assertEquals(Math.max(1, room / rows) * rows, outputs.y.length);
      for (int from = 0; from < rows; from += 5) {
        int m = Math.min(5, rows - from);
        workspace.loss(m, x, from * classes, classes, data.asTargets(), from);
        outputs.take(from, m);
      }
      assertEquals(whole.value(Metric.ROC_AUC), outputs.rocAuc(), "room " + room);
      assertEquals(whole.value(Metric.LOG_LOSS), outputs.logLoss());
    }
  }

  /** Beside the weight of the others its own is lost in a sum. */
  @Test
  void aClassOfLittleWeightHasAnAreaToo() {
    Network network = identity(1, Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY);
    Dataset data = Dataset.ofLabels(new float[] {-1, 2, 1}, 1, new int[] {0, 1, 0}, 2);
    float[] weights = {1e8f, 1e-30f, 1e8f};
    assertEquals(
        1, Evaluation.of(network, data.withWeights(weights), SCALAR).value(Metric.ROC_AUC));
    float[] none = {1, 0, 1};
    assertEquals(
        Double.NaN, Evaluation.of(network, data.withWeights(none), SCALAR).value(Metric.ROC_AUC));
  }

  @Test
  void ofQuantitiesHasR2AndErrors() {
    Network network = identity(1, Activation.IDENTITY, Loss.HUBER);
    Dataset data = Dataset.ofTargets(new float[] {1, 2, 4}, 1, new float[] {1, 3, 5}, 1);
    Evaluation evaluation = Evaluation.of(network, data, SCALAR);
    assertEquals(0.75, evaluation.value(Metric.R2), 1e-12);
    assertEquals(2 / 3.0, evaluation.value(Metric.MEAN_ABSOLUTE_ERROR), 1e-12);
    assertEquals(Math.sqrt(2 / 3.0), evaluation.value(Metric.ROOT_MEAN_SQUARED_ERROR), 1e-12);
    assertNull(evaluation.confusion());
    assertEquals(Double.NaN, evaluation.value(Metric.LOG_LOSS));
    Evaluation weighted = Evaluation.of(network, data.withWeights(new float[] {1, 0, 3}), SCALAR);
    assertEquals(0.75, weighted.value(Metric.MEAN_ABSOLUTE_ERROR), 1e-12);
  }

  /** A NaN in any place, and an infinity whose softmax is NaN; the last row is right. */
  @Test
  void aRowOfNanHasNoClassAndIsWrong() {
    float nan = Float.NaN;
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {nan, 0, 0, 0, nan, 0, 9, 0, nan, inf, 0, 0, -inf, -inf, -inf, -9, 0, 1};
    int[] labels = {0, 1, 0, 0, 2, 2};
    Dataset data = Dataset.ofLabels(x, 3, labels, 3);
    for (Activation output : new Activation[] {Activation.SOFTMAX, Activation.IDENTITY}) {
      Network network = identity(3, output, Loss.CROSS_ENTROPY);
      for (int i = 0; i < 6; i++) {
        int wanted = i == 5 ? 2 : Evaluation.NO_CLASS;
        assertEquals(wanted, Evaluation.predictedClass(network, x, 3 * i), "row " + i);
      }
      Workspace workspace = new Workspace(network, SCALAR, 2);
      assertEquals(1 / 6.0, Evaluation.of(workspace, data, Set.of()).accuracy());
    }
    Network network = identity(3, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    float[] weights = {1, 2, 4, 8, 16, 32};
    Evaluation evaluation = Evaluation.of(network, data.withWeights(weights), SCALAR);
    assertEquals(32 / 63.0, evaluation.accuracy());
    assertEquals(Double.NaN, evaluation.loss());
    Confusion confusion = evaluation.confusion();
    assertEquals(13, confusion.noClass(0));
    assertEquals(2, confusion.noClass(1));
    assertEquals(16, confusion.noClass(2));
    for (int c = 0; c < 3; c++) {
      double line = confusion.noClass(c);
      for (int other = 0; other < 3; other++) {
        line += confusion.count(c, other);
        assertEquals(c == 2 && other == 2 ? 32 : 0, confusion.count(c, other));
      }
      assertEquals(confusion.support(c), line);
    }
    assertEquals(0, confusion.precision(0));
    assertEquals(1, confusion.precision(2));
    assertEquals(2 / 3.0, confusion.recall(2));
    assertEquals((0 + 0 + 2 / 3.0) / 3, evaluation.value(Metric.RECALL_MACRO), 1e-15);
    assertEquals(0.8 / 3, evaluation.value(Metric.F1_MACRO), 1e-15);
    assertEquals(Double.NaN, evaluation.value(Metric.ROC_AUC));
    assertEquals(Double.NaN, evaluation.value(Metric.LOG_LOSS));
  }

  @Test
  void aSingleNanHasNoClassEither() {
    Dataset data =
        Dataset.ofLabels(
            new float[] {Float.NaN, Float.NaN, 2, -2, Float.POSITIVE_INFINITY},
            1,
            new int[] {0, 1, 1, 0, 1},
            2);
    for (Activation output : new Activation[] {Activation.SIGMOID, Activation.IDENTITY}) {
      for (Loss loss : new Loss[] {Loss.BINARY_CROSS_ENTROPY, Loss.MEAN_SQUARED_ERROR}) {
        Evaluation evaluation = Evaluation.of(identity(1, output, loss), data, SCALAR);
        assertEquals(0.6, evaluation.accuracy(), output + ", " + loss);
        assertEquals(1, evaluation.confusion().noClass(0));
        assertEquals(1, evaluation.confusion().noClass(1));
        assertEquals(2, evaluation.confusion().count(1, 1));
      }
    }
  }

  /** Each loss, with labels and with targets: none of them takes a NaN for a number. */
  @Test
  void noFigureOfNanIsANumber() {
    float[] x = {1, 0, 0, Float.NaN, 0, 1};
    for (Loss loss : Loss.values()) {
      for (Activation output : List.of(loss.link(), Activation.IDENTITY, Activation.SIGMOID)) {
        Network network = identity(2, output, loss);
        float[] y = {1, 0, 0, 1, 1, 0};
        Evaluation targets = Evaluation.of(network, Dataset.ofTargets(x, 2, y, 2), SCALAR);
        assertEquals(Double.NaN, targets.loss(), loss + ", " + output);
        for (Metric metric : Metric.values()) {
          assertEquals(Double.NaN, targets.value(metric), metric + " of " + loss);
        }
        Evaluation labels =
            Evaluation.of(network, Dataset.ofLabels(x, 2, new int[] {0, 1, 1}, 2), SCALAR);
        assertEquals(Double.NaN, labels.loss(), loss + ", " + output);
        assertEquals(2 / 3.0, labels.accuracy(), loss + ", " + output);
      }
    }
  }

  @Test
  void namesABadArgument() {
    Network network = identity(2, Activation.SOFTMAX, Loss.CROSS_ENTROPY);
    Dataset data = Dataset.ofLabels(new float[2], 2, new int[1], 2);
    assertThrows(NullPointerException.class, () -> Evaluation.of(null, data, SCALAR));
    assertThrows(NullPointerException.class, () -> Evaluation.of(network, null, SCALAR));
    assertThrows(NullPointerException.class, () -> Evaluation.of(network, data, null));
    Dataset none = Dataset.ofLabels(new float[0], 2, new int[0], 2);
    assertThrows(IllegalArgumentException.class, () -> Evaluation.of(network, none, SCALAR));
    Dataset wide = Dataset.ofLabels(new float[3], 3, new int[1], 2);
    assertThrows(IllegalArgumentException.class, () -> Evaluation.of(network, wide, SCALAR));
  }
}
