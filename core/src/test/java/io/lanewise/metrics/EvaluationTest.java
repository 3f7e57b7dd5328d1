package io.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Loss;
import io.lanewise.nn.LossOptions;
import io.lanewise.nn.Network;
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
    int[] labels = {0, 1, 2, LossOptions.IGNORED_INDEX};
    Evaluation evaluation = Evaluation.of(network, Dataset.ofLabels(x, 3, labels, 3), SCALAR);
    assertEquals(1, evaluation.accuracy());
    assertEquals(1, evaluation.value(Metric.ROC_AUC));
    assertEquals(1, evaluation.confusion().support(2));
    Evaluation missing =
        Evaluation.of(network, Dataset.ofLabels(x, 3, new int[] {0, 1, 1, 0}, 3), SCALAR);
    assertEquals(Double.NaN, missing.value(Metric.ROC_AUC));
    int none = LossOptions.IGNORED_INDEX;
    Evaluation nothing =
        Evaluation.of(
            network, Dataset.ofLabels(x, 3, new int[] {none, none, none, none}, 3), SCALAR);
    assertEquals(Double.NaN, nothing.value(Metric.LOG_LOSS));
    assertEquals(Double.NaN, nothing.accuracy());
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
